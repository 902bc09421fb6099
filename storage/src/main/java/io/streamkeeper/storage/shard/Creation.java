package io.streamkeeper.storage.shard;

import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.ForkOrigin;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.StreamChange;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.Payload;
import io.streamkeeper.storage.record.Runs;
import io.streamkeeper.storage.stream.ForkSource;
import io.streamkeeper.storage.stream.StreamState;
import org.jspecify.annotations.Nullable;

/** The creation of a stream, which may be a fork (sections 4.2 and 5.1). */
final class Creation implements CommitQueue.Step {
    private final ShardState shard;
    private final StreamState stream;
    private final long tail;
    private final boolean closed;

    private Creation(ShardState shard, StreamState stream) {
        this.shard = shard;
        this.stream = stream;
        this.tail = stream.tail();
        this.closed = stream.isClosed();
    }

    /** Answers a create whose path is taken. Returns false, without an answer, if the path is free. */
    static boolean answerExisting(ShardState shard, Command.Create create, Reply reply) {
        StreamState existing = shard.staged(create.path());
        if (existing == null) {
            return false;
        }
        if (Deletion.answerExpired(shard, existing, reply)) {
            return true;
        }
        if (existing.isDeleted() && existing.forks() == 0) {
            return !Release.decide(shard, existing, reply);
        }
        if (!existing.isDeleted()) {
            Use.of(shard, existing);
        }
        shard.answer(existing, onExisting(existing, create), reply);
        return true;
    }

    /**
     * Creates a stream at a free path. The caller releases the body, which is split if the stream is one of JSON.
     *
     * @param source the source of a fork, or null if the command does not fork
     * @return whether the creation is staged; if not, the command has been answered
     */
    static boolean decide(ShardState shard, Command.Create create, @Nullable ForkSource source, Reply reply) {
        ContentType type = contentTypeOf(create, source);
        Body body = create.body();
        Refusal problem = body.problem();
        if (problem != null) {
            reply.complete(problem);
            return false;
        }
        if (type.isJson() && !body.isEmpty() && body.messages() == null) {
            throw new IllegalArgumentException("the body of " + create.path() + " is not split into messages");
        }
        Refusal unmet = create.preconditions().evaluate(create.path(), null);
        if (unmet != null) {
            shard.answer(create.path(), unmet, reply);
            return false;
        }
        if (!shard.heap().hasRoomForMore()) {
            shard.refuseForHeap(reply);
            return false;
        }
        long now = shard.clock().wallMillis();
        LogRecord.Created record = new LogRecord.Created(
                shard.generations().next(now, source == null ? 0 : source.generation()),
                create.path(),
                shard.interned().config(type, expiryOf(create, source), create.retention()),
                create.closed(),
                source == null ? null : fork(create, source),
                now);
        StreamState stream = new StreamState(record);
        stream.lifetime().usedFirst(shard.clock().steadyMillis());
        if (source != null) {
            stream.inherit(source.lineage().upTo(source.position()));
        }
        Payload payload = Payload.of(body, stream.content().limits(), stream.generation(), stream.tail());
        Journal.Staged staged = shard.stageUse(record, stream, payload, reply);
        if (staged == null) {
            return false;
        }
        CommitQueue.Step step = shard.apply(record, stream, staged, payload.runs());
        shard.commit(staged.lsn(), step, new Outcome.Created(false, stream.stagedInfo()), reply);
        Trim.decide(shard, stream);
        return true;
    }

    private static ContentType contentTypeOf(Command.Create create, @Nullable ForkSource source) {
        ContentType asked = create.contentType();
        if (source != null) {
            return source.contentType();
        }
        return asked == null ? ContentType.OCTET_STREAM : asked;
    }

    private static Expiry expiryOf(Command.Create create, @Nullable ForkSource source) {
        return source != null && create.expiry().equals(Expiry.never()) ? source.expiry() : create.expiry();
    }

    private static LogRecord.Fork fork(Command.Create create, ForkSource source) {
        ForkOrigin origin = create.fork();
        if (origin == null) {
            throw new IllegalStateException("a source was found for a create that does not fork: " + create.path());
        }
        return new LogRecord.Fork(origin, source.generation(), source.position(), source.earliest());
    }

    /** See {@link ShardState#apply}. */
    static Creation apply(ShardState shard, StreamState stream, LogRecord record, Journal.Staged place, Runs runs) {
        stream.apply(record, place, runs);
        shard.put(stream);
        shard.heap().count(stream);
        shard.extents().markDirty(stream);
        return new Creation(shard, stream);
    }

    @Override
    public void publish() {
        stream.publish(tail, closed);
        shard.settle(stream);
        shard.listingOf(stream).add(stream);
        shard.keepUp(stream);
        shard.changed(StreamChange.Kind.CREATED, stream);
    }

    @Override
    public void undo() {
        // This comes first, so that the inherited bytes are released without waiting for the refused record.
        stream.undoCreated();
        shard.takeBack(stream);
    }

    // ---- a path that is taken ----

    /** The answer to a create at the path of {@code existing}. */
    private static Outcome onExisting(StreamState existing, Command.Create create) {
        if (existing.isDeleted()) {
            return Refusal.of(
                    ErrorCode.STREAM_EXISTS,
                    "stream " + Quoted.of(create.path().value()) + " was deleted, but forks still hold its path");
        }
        String difference = difference(existing, create);
        if (difference != null) {
            return Refusal.of(
                    ErrorCode.STREAM_EXISTS,
                    "stream " + Quoted.of(create.path().value()) + " exists with another " + difference);
        }
        Refusal refusal = create.preconditions()
                .evaluate(create.path(), existing.offsetAt(existing.tail()), existing.formerOffsetAt(existing.tail()));
        if (refusal != null) {
            return refusal;
        }
        return new Outcome.Created(true, existing.stagedInfo());
    }

    private static @Nullable String difference(StreamState existing, Command.Create create) {
        boolean forks = create.fork() != null;
        ContentType type = create.contentType();
        if (type == null && !forks) {
            type = ContentType.OCTET_STREAM;
        }
        if (type != null && !type.matches(existing.config().contentType())) {
            return "content type: it is "
                    + Quoted.of(existing.config().contentType().value());
        }
        boolean inherits = forks && create.expiry().equals(Expiry.never());
        if (!inherits && !create.expiry().equals(existing.config().expiry())) {
            return "expiry";
        }
        if (!create.retention().equals(existing.config().retention())) {
            return "retention";
        }
        if (create.closed() != existing.isClosed()) {
            return existing.isClosed() ? "state: it is closed" : "state: it is open";
        }
        return sameOrigin(existing, create.fork()) ? null : "fork origin";
    }

    /**
     * Whether both name the same place: an explicit offset may equal the default of the first request, or be an offset
     * that format version 1 has issued.
     */
    private static boolean sameOrigin(StreamState existing, @Nullable ForkOrigin asked) {
        LogRecord.Fork fork = existing.fork();
        if (fork == null || asked == null) {
            return fork == null && asked == null;
        }
        if (fork.origin().equals(asked)) {
            return true;
        }
        Offset offset = asked.offset();
        if (offset != null
                && fork.origin().equals(new ForkOrigin(asked.source(), existing.present(offset), asked.subOffset()))) {
            return true;
        }
        return fork.origin().source().equals(asked.source())
                && offset != null
                && asked.subOffset() == 0
                && offset.position() == fork.position();
    }
}
