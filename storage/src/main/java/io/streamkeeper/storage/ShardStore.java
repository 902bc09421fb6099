package io.streamkeeper.storage;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.ForkOrigin;
import io.streamkeeper.protocol.JsonSplitter;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Producer;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamInfo;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.memory.Budget;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The streams of one shard: decides commands, logs what they change, and makes it visible when it is durable. Owned by
 * the shard's loop, which makes every call and gets every reply.
 *
 * <p>Why nothing acknowledged is lost (I1): a mutation's reply is handed to the {@link CommitQueue} together with the
 * place of its record in the log, and so is every answer that speaks of staged state: that a stream exists, that an
 * append is a duplicate, that a stream is closed. The queue lets none of them go before the journal is durable up to
 * there. Readers are shown durable state only (I2).
 */
public final class ShardStore implements AutoCloseable {

    /** Gives a fork's count back to its source, which may live in another shard. */
    public interface SourceReleaser {
        /**
         * Has {@link #releaseSource} called on the source's loop, in a later turn of it and never within this call: one
         * release may bring the next, through a chain of any length.
         */
        void release(StreamPath source, long generation);
    }

    /**
     * A run of bytes that a fork inherits.
     *
     * @param bytes owned by the receiver
     * @param end the position behind them
     */
    public record Inherited(ByteBuf bytes, long end) {}

    /**
     * How far a count of messages went.
     *
     * @param position where it came to
     * @param remaining messages that are still to be skipped behind the end of the run
     */
    public record Skipped(long position, long remaining) {}

    /** Streams whose data goes by its age that are looked at in one step, so that a step stays short. */
    private static final int AGED_STEP_MAX = 1_000;

    /** The interval of a store that nothing is recovered from: no use is recorded. */
    static final long NOTHING_IS_KEPT = Long.MAX_VALUE;

    private final Journal journal;
    private final ExtentStore extents;
    private final ContentReader reader;
    private StreamHeap heap = new StreamHeap(null);
    private final Interned interned = new Interned();
    private final ShardClock clock;
    private long useIntervalMillis = NOTHING_IS_KEPT;
    private final SourceReleaser releaser;
    private final ProducerLimits producers;
    private final Generations generations;
    private final StreamTable streams = new StreamTable();
    private final Forks forks;
    private final CommitQueue commits;
    private final ShardFaults faults;
    private final ExpiryQueue expiring = new ExpiryQueue();
    private final Deque<StreamState> aged = new ArrayDeque<>();
    private final JsonSplitter splitter = new JsonSplitter();
    private List<StreamState> recovered = new ArrayList<>();
    private volatile @Nullable StorageFailedException failure;

    /**
     * The store of shard {@code shard} of {@code shards}; it closes the journal and the extents when it is closed.
     *
     * @param budget the memory for what is read from files
     * @param producers how many producers of a stream are remembered
     */
    public ShardStore(
            int shard,
            int shards,
            Journal journal,
            ExtentStore extents,
            ReadBudget budget,
            Clock clock,
            SourceReleaser releaser,
            ProducerLimits producers) {
        this(
                shard,
                shards,
                journal,
                extents,
                budget,
                clock,
                releaser,
                producers,
                new ShardFaults(shard, Runnable::run));
    }

    /** The same with {@code faults}, which guard what runs beside the loop too. */
    ShardStore(
            int shard,
            int shards,
            Journal journal,
            ExtentStore extents,
            ReadBudget budget,
            Clock clock,
            SourceReleaser releaser,
            ProducerLimits producers,
            ShardFaults faults) {
        this.producers = producers;
        this.faults = faults;
        this.journal = journal;
        faults.endsWith(journal);
        this.clock = new ShardClock(clock);
        this.releaser = releaser;
        this.extents = extents;
        this.reader = new ContentReader(extents, budget, splitter);
        this.forks = new Forks(reader, extents);
        this.generations = new Generations(shard, shards);
        this.commits = new CommitQueue(journal);
        journal.listen(new Journal.Listener() {
            @Override
            public void durable(long lsn) {
                commits.durable(lsn);
            }

            @Override
            public void refused(long firstLsn, Refusal refusal) {
                extents.pressed();
                commits.refused(firstLsn, refusal);
            }

            @Override
            public void failed(StorageFailedException reason) {
                failure = reason;
                commits.failed(reason);
            }
        });
    }

    // ---- create ----

    /** Answers a create whose path is taken. Returns false, having answered nothing, if it is free. */
    public boolean answerExisting(Command.Create create, Reply reply) {
        StreamState existing = stagedAt(create.path());
        if (existing == null) {
            return false;
        }
        if (answerExpired(existing, reply)) {
            return true;
        }
        if (!existing.isDeleted()) {
            use(existing);
        }
        commits.add(existing.lastLsn(), CommitQueue.Step.NONE, CreateOperation.decideExisting(existing, create), reply);
        return true;
    }

    /**
     * Creates a stream unless its path is taken. The body is released, and the source given back if no fork came of it.
     *
     * @param source where a fork comes from; present exactly if the command forks
     */
    public void create(Command.Create create, @Nullable ForkSource source, Reply reply) {
        boolean created = false;
        long lsnBefore = journal.lastLsn();
        try {
            created = !answerExisting(create, reply) && tryCreate(create, source, reply);
        } catch (RuntimeException | Error e) {
            created = journal.lastLsn() != lsnBefore;
            failed(e, lsnBefore, reply);
        } finally {
            create.body().release();
            if (!created && source != null) {
                releaser.release(source.path(), source.generation());
            }
        }
    }

    private boolean tryCreate(Command.Create create, @Nullable ForkSource source, Reply reply) {
        ContentType type = contentTypeOf(create, source);
        Body body = create.body();
        if (type.isJson() && !body.isEmpty() && body.messages() == null && body.problem() == null) {
            body = splitter.split(body.bytes());
        }
        Refusal problem = body.problem();
        if (problem != null) {
            reply.complete(problem);
            return false;
        }
        Refusal unmet = create.preconditions().evaluate(create.path(), null);
        if (unmet != null) {
            commits.add(lastLsn(create.path()), CommitQueue.Step.NONE, unmet, reply);
            return false;
        }
        if (!heap.hasRoomForMore()) {
            reply.complete(heap.exhausted());
            return false;
        }
        long now = clock.wallMillis();
        long generation = generations.next(now, source == null ? 0 : source.generation());
        LogRecord.Created record = new LogRecord.Created(
                generation,
                create.path(),
                interned.contentType(type),
                source != null && create.expiry().equals(Expiry.never()) ? source.expiry() : create.expiry(),
                create.retention(),
                create.closed(),
                source == null ? null : fork(create, source),
                now);
        StreamState stream = new StreamState(record);
        stream.usedFirst(clock.steadyMillis());
        if (source != null) {
            stream.inherit(source.lineage().upTo(source.position()));
        }
        Payload payload = payload(stream, body);
        Journal.Staged staged = stage(record, payload, reply);
        if (staged == null) {
            return false;
        }
        stream.stageCreated(staged, payload.runs());
        streams.put(stream);
        heap.count(stream);
        extents.changed(stream);
        StreamInfo info = new StreamInfo(
                generation,
                type,
                stream.offsetAt(stream.tail()),
                stream.isClosed(),
                stream.expiry(),
                stream.retention(),
                stream.offsetAt(stream.earliest()));
        commits.add(staged.lsn(), creation(stream), new Outcome.Created(false, info), reply);
        trim(stream);
        return true;
    }

    private static Payload payload(StreamState stream, Body body) {
        return body.isEmpty()
                ? Payload.NONE
                : Payload.of(body.bytes(), body.messages(), stream.content().limits());
    }

    private static ContentType contentTypeOf(Command.Create create, @Nullable ForkSource source) {
        ContentType asked = create.contentType();
        if (source != null) {
            return source.contentType();
        }
        return asked == null ? ContentType.OCTET_STREAM : asked;
    }

    private static LogRecord.Fork fork(Command.Create create, ForkSource source) {
        ForkOrigin origin = create.fork();
        if (origin == null) {
            throw new IllegalStateException("a source was found for a create that does not fork: " + create.path());
        }
        return new LogRecord.Fork(origin, source.generation(), source.position(), source.earliest());
    }

    private CommitQueue.Step creation(StreamState stream) {
        long tail = stream.tail();
        boolean closed = stream.isClosed();
        return new CommitQueue.Step() {
            @Override
            public void publish() {
                stream.publish(tail, closed);
                streams.settled(stream);
                expiring.add(stream);
                keepAged(stream);
            }

            @Override
            public void undo() {
                streams.takeBack(stream);
                drop(stream);
                stream.undoCreated();
            }
        };
    }

    // ---- append ----

    /** Appends to a stream, closes it, or both. The body is released. */
    public void append(Command.Append append, Reply reply) {
        long lsnBefore = journal.lastLsn();
        try {
            StreamState stream = stagedAt(append.path());
            if (stream == null || stream.isDeleted()) {
                commits.add(lastLsn(append.path()), CommitQueue.Step.NONE, absent(append.path(), stream), reply);
                return;
            }
            if (answerExpired(stream, reply)) {
                return;
            }
            long now = clock.wallMillis();
            stream.use(clock.steadyMillis());
            Outcome answer = AppendOperation.decide(stream, append, producers, now);
            if (answer != null) {
                recordUse(stream);
                commits.add(stream.lastLsn(), CommitQueue.Step.NONE, answer, reply);
            } else {
                apply(stream, append, now, reply);
            }
        } catch (RuntimeException | Error e) {
            failed(e, lsnBefore, reply);
        } finally {
            append.body().release();
        }
    }

    /** Answers a command that has failed, unless it is answered with what it waits for. */
    private void failed(Throwable fault, long lsnBefore, Reply reply) {
        boolean waits = commits.holds(reply);
        Refusal refusal = faults.inCommand(fault, lsnBefore);
        if (!waits) {
            reply.complete(refusal);
        }
    }

    /** Work of the shard's own has failed: nothing more is acknowledged (I9, I12). */
    public void fail(Throwable fault) {
        faults.fail(fault);
    }

    /** Ends what this shard was to do for a command with what that is to be answered, after a throwable of it. */
    public Refusal faultIn(Throwable fault, long lsnBefore) {
        return faults.inCommand(fault, lsnBefore);
    }

    /** The time of day that the store goes by: milliseconds since 1970 UTC. */
    public long nowMillis() {
        return clock.wallMillis();
    }

    /** The place of the record that was staged last. */
    public long lastLsn() {
        return journal.lastLsn();
    }

    private void apply(StreamState stream, Command.Append append, long now, Reply reply) {
        LogRecord.Appended record = new LogRecord.Appended(
                stream.generation(),
                append.producer(),
                stream.evictionsFor(append.producer(), producers, now),
                append.streamSeq(),
                append.close(),
                now);
        if (!hasRoom(stream, append)) {
            reply.complete(heap.exhausted());
            return;
        }
        Payload payload = payload(stream, append.body());
        Journal.Staged staged = stage(record, payload, reply);
        if (staged == null) {
            return;
        }
        StreamState.Mark before = stream.mark(record);
        stream.stageAppended(record, staged, payload.runs());
        heap.count(stream);
        extents.changed(stream);
        long tail = stream.tail();
        boolean closed = stream.isClosed();
        CommitQueue.Step step = new CommitQueue.Step() {
            @Override
            public void publish() {
                stream.publish(tail, closed);
                TailWaiters waiters = stream.waiters();
                if (waiters != null) {
                    waiters.moved(stream);
                }
            }

            @Override
            public void undo() {
                stream.undo(before);
            }
        };
        Outcome outcome =
                new Outcome.Appended(stream.offsetAt(tail), closed, payload.storedBytes() > 0, append.producer());
        commits.add(staged.lsn(), step, outcome, reply);
        trim(stream);
    }

    /** Whether there is heap for an append; one that only closes always has it. */
    private boolean hasRoom(StreamState stream, Command.Append append) {
        if (append.body().isEmpty()) {
            return true;
        }
        Producer producer = append.producer();
        boolean isKnown = producer == null || stream.lastOf(producer.id()) != null;
        return isKnown ? heap.hasRoom() : heap.hasRoomForMore();
    }

    // ---- retention ----

    /**
     * Lets go of what retention does not keep. Where there is no room for the record that says so, a later one says it.
     */
    private void trim(StreamState stream) {
        if (stream.retention().isNone() || stream.isDeleted()) {
            return;
        }
        long position = RetentionPolicy.earliest(stream, clock.ageMillis());
        if (position <= stream.earliest()) {
            return;
        }
        LogRecord.Trimmed record = new LogRecord.Trimmed(stream.generation(), position, clock.wallMillis());
        Journal.Staged staged = stage(record, Payload.NONE, outcome -> {});
        if (staged == null) {
            return;
        }
        long earliestBefore = stream.earliest();
        long lsnBefore = stream.lastLsn();
        stream.stageTrimmed(position, staged.lsn());
        extents.changed(stream);
        CommitQueue.Step step = new CommitQueue.Step() {
            @Override
            public void publish() {
                stream.publishTrimmed(position);
                if (stream.forks() == 0) {
                    stream.content().dropBefore(position, extents::left);
                    heap.count(stream);
                }
            }

            @Override
            public void undo() {
                stream.undoTrimmed(earliestBefore, lsnBefore);
            }
        };
        commits.add(staged.lsn(), step, new Outcome.Deleted(), outcome -> {});
    }

    /** Looks at some of the streams of which data goes by its age; all of them in turn. */
    private void trimAged() {
        for (int looks = Math.min(AGED_STEP_MAX, aged.size()); looks > 0; looks--) {
            StreamState stream = aged.remove();
            if (!stream.isDurablyDeleted()) {
                trim(stream);
                aged.add(stream);
            }
        }
    }

    /** Takes in a stream whose creation is durable; it stays until its deletion is, so it is in the queue once. */
    private void keepAged(StreamState stream) {
        if (stream.retention().maxAgeSeconds() >= 0) {
            aged.add(stream);
        }
    }

    // ---- delete ----

    /** Deletes a stream; its bytes stay for as long as forks inherit them. */
    public void delete(Command.Delete delete, Reply reply) {
        delete(delete, reply, true);
    }

    /**
     * The same.
     *
     * @param repeats whether it is decided again, once, where it is refused with other records
     */
    private void delete(Command.Delete delete, Reply reply, boolean repeats) {
        long lsnBefore = journal.lastLsn();
        try {
            decideDelete(delete, reply, repeats);
        } catch (RuntimeException | Error e) {
            failed(e, lsnBefore, reply);
        }
    }

    private void decideDelete(Command.Delete delete, Reply reply, boolean repeats) {
        StreamState stream = stagedAt(delete.path());
        if (stream == null || stream.isDeleted()) {
            commits.add(lastLsn(delete.path()), CommitQueue.Step.NONE, absent(delete.path(), stream), reply);
            return;
        }
        if (answerExpired(stream, reply)) {
            return;
        }
        Refusal unmet = delete.preconditions()
                .evaluate(stream.path(), stream.offsetAt(stream.tail()), stream.formerOffsetAt(stream.tail()));
        if (unmet != null) {
            commits.add(stream.lastLsn(), CommitQueue.Step.NONE, unmet, reply);
        } else {
            remove(stream, new Outcome.Deleted(), reply, refusal -> {
                if (repeats) {
                    delete(delete, reply, false);
                }
                return repeats;
            });
        }
    }

    /**
     * Stages the deletion of a stream.
     *
     * @param again see {@link CommitQueue.Step#again}
     */
    private void remove(StreamState stream, Outcome outcome, Reply reply, Predicate<Refusal> again) {
        long lsnBefore = stream.lastLsn();
        LogRecord.Deleted record = new LogRecord.Deleted(stream.generation(), clock.wallMillis());
        Journal.Staged staged = stage(record, Payload.NONE, reply);
        if (staged == null) {
            return;
        }
        stream.stageDeleted(staged.lsn());
        extents.changed(stream);
        CommitQueue.Step step = new CommitQueue.Step() {
            @Override
            public void publish() {
                stream.publishDeleted();
                expiring.remove(stream);
                TailWaiters waiters = stream.waiters();
                if (waiters != null) {
                    waiters.gone(stream);
                }
                if (stream.forks() == 0) {
                    drop(stream);
                }
            }

            @Override
            public void undo() {
                stream.undoDeleted(lsnBefore);
                if (stream.isVisible()) {
                    expiring.add(stream);
                }
            }

            @Override
            public boolean again(Refusal refusal) {
                return again.test(refusal);
            }
        };
        commits.add(staged.lsn(), step, outcome, reply);
    }

    /** Lets go of a stream that nobody reads or inherits any more, and of what it inherits itself. */
    private void drop(StreamState stream) {
        discard(stream);
        LogRecord.Fork fork = stream.fork();
        if (fork != null) {
            journal.whenSynced(
                    stream.lastLsn(), () -> releaser.release(fork.origin().source(), fork.sourceGeneration()));
        }
    }

    private void discard(StreamState stream) {
        streams.remove(stream);
        stream.content().release(extents::left);
        heap.drop(stream);
        extents.dropped(stream);
    }

    // ---- forks ----

    /**
     * Finds the stream that a fork asks for and counts the fork, so that the source's bytes stay. Refuses where there is no such
     * stream, place or type; nothing is counted then. That the source is deleted is answered when its deletion is durable, and
     * not if the store refuses that (I1).
     *
     * @param contentType what the fork insists on, or null
     */
    public void pinSource(ForkOrigin origin, @Nullable ContentType contentType, Callback<ForkSource> then) {
        ForkSource pinned;
        try {
            StreamState source = visibleAt(origin.source());
            if (source != null && source.isDeleted() && !isGone(source)) {
                commits.add(
                        source.lastLsn(),
                        CommitQueue.Step.NONE,
                        noSource(origin, source.forks() > 0),
                        outcome -> then.refuse((Refusal) outcome));
                return;
            }
            pinned = pin(source, origin, contentType);
        } catch (RefusedException e) {
            then.refuse(e.refusal());
            return;
        }
        then.complete(pinned);
    }

    private static Refusal noSource(ForkOrigin origin, boolean deleted) {
        String names = "Stream-Forked-From names " + Quoted.of(origin.source().value());
        return deleted
                ? Refusal.of(ErrorCode.SOURCE_DELETED, names + ", which is deleted")
                : Refusal.of(ErrorCode.SOURCE_NOT_FOUND, names + ", which does not exist");
    }

    private ForkSource pin(@Nullable StreamState source, ForkOrigin origin, @Nullable ContentType contentType) {
        if (source == null || isGone(source)) {
            throw new RefusedException(noSource(origin, source != null));
        }
        if (contentType != null && !contentType.matches(source.contentType())) {
            throw new RefusedException(
                    ErrorCode.CONTENT_TYPE_MISMATCH,
                    "Content-Type is " + Quoted.of(contentType.value()) + ", expected that of the fork's source, "
                            + Quoted.of(source.contentType().value()));
        }
        long tail = source.durableTail();
        long position = origin.offset() == null ? tail : readable(source, source.positionUpToTail(origin.offset()));
        return forks.pin(source, position);
    }

    /**
     * Goes {@code count} messages on from {@code from} within what a fork inherits of a JSON stream of this shard; refused
     * if {@code from} is inside a message.
     */
    public void skipMessages(Lineage run, long from, long count, Callback<Skipped> then) {
        forks.skip(run, from, count, then);
    }

    /**
     * Finds where the append ends that has the byte at {@code position}, within what a fork inherits of a stream of bytes of
     * this shard; a fork that inherits a part of an append ends that append.
     */
    public void appendEnd(Lineage run, long position, Callback<Long> then) {
        forks.appendEnd(run, position, then);
    }

    /**
     * Calls {@code then} when what a fork is to inherit from this shard survives as much as the fork's own record, which
     * another shard may sync: else, after a power cut, the fork would be there and not all of what it inherits.
     */
    public void whenSourceSynced(Journal.Synced then) {
        journal.whenSynced(journal.durableLsn(), then);
    }

    /** Takes one fork off a source's count; the last one takes a deleted source with it. */
    public void releaseSource(long generation) {
        StreamState unneeded = forks.release(generation);
        if (unneeded != null) {
            drop(unneeded);
        }
    }

    /**
     * Reads what a fork inherits of a stream of this shard, from {@code from} on; refused if {@code from} is inside a
     * message.
     *
     * @throws RefusedException if the stream is gone, or has lost what the run says
     */
    public void readInherited(Lineage run, long from, ReadLimit limit, Callback<Inherited> then) {
        forks.read(run, from, limit, then);
    }

    /** The same for about {@code bytesMax} bytes, refused where there is no memory. */
    public void readInherited(Lineage run, long from, int bytesMax, Callback<Inherited> then) {
        readInherited(run, from, ReadLimit.of(bytesMax), then);
    }

    // ---- reads ----

    /** Room for an answer that is read window by window, or null where there is none. */
    public @Nullable ReadShare admit() {
        return reader.admit();
    }

    /**
     * Finds a stream for a reader, and counts the read as use unless it only asks for the description.
     *
     * @throws RefusedException if there is none
     */
    public StreamState open(StreamPath path, boolean use) {
        StreamState stream = visibleAt(path);
        if (stream == null || isGone(stream)) {
            throw new RefusedException(absent(path, stream));
        }
        if (use) {
            use(stream);
        }
        return stream;
    }

    /**
     * The position at which a read begins: at the tail where the offset is after it. Whether it is inside a message shows when
     * it is read.
     *
     * @throws RefusedException if the offset is not one of this stream, or retention has let go of it
     */
    public long position(StreamState stream, ReadStart start) {
        if (start instanceof ReadStart.At at) {
            return Math.min(readable(stream, stream.positionOf(at.offset())), stream.durableTail());
        }
        if (start instanceof ReadStart.Now) {
            return stream.durableTail();
        }
        if (start instanceof ReadStart.Beginning) {
            return stream.durableEarliest();
        }
        throw new IllegalArgumentException("a read starts at the unknown " + start.getClass());
    }

    private static long readable(StreamState stream, long position) {
        if (position < stream.durableEarliest()) {
            throw new RefusedException(retained(stream, position));
        }
        return position;
    }

    private static Refusal retained(StreamState stream, long position) {
        Offset earliest = stream.offsetAt(stream.durableEarliest());
        return Refusal.retained(
                "offset " + stream.offsetAt(position) + " is before the earliest that is kept, " + earliest, earliest);
    }

    /**
     * Reads what a stream itself wrote, from {@code from} on, and answers with it after {@code inherited}, which was read
     * before and ends at {@code from}. The answer may come at once.
     *
     * @param start where the whole run begins
     * @param inherited owned by the chunk from now on
     * @param limit its bytes none or fewer where {@code inherited} has used up the bound, as a long message may
     */
    public void read(StreamState stream, long start, ByteBuf inherited, long from, ReadLimit limit, Reply reply) {
        boolean full = from < stream.ownStart() || limit.bytesMax() <= 0;
        if (full || from == stream.durableTail()) {
            reply.complete(chunk(stream, start, from, inherited));
            return;
        }
        reader.read(stream, from, stream.durableTail(), limit, new Callback<>() {
            @Override
            public void complete(ByteBuf bytes) {
                long end = from + bytes.readableBytes();
                if (stream.isDurablyDeleted()) {
                    inherited.release();
                    bytes.release();
                    reply.complete(Refusal.of(
                            ErrorCode.STREAM_NOT_FOUND,
                            "stream " + Quoted.of(stream.path().value()) + " was deleted while it was read"));
                } else {
                    reply.complete(chunk(stream, start, end, Buffers.join(inherited, bytes)));
                }
            }

            @Override
            public void refuse(Refusal refusal) {
                inherited.release();
                reply.complete(refusal);
            }
        });
    }

    /** The same for about {@code bytesMax} bytes, refused where there is no memory. */
    public void read(StreamState stream, long start, ByteBuf inherited, long from, int bytesMax, Reply reply) {
        read(stream, start, inherited, from, ReadLimit.of(bytesMax), reply);
    }

    private static Outcome.Chunk chunk(StreamState stream, long start, long end, ByteBuf bytes) {
        boolean upToDate = end == stream.durableTail();
        return new Outcome.Chunk(
                stream.contentType(),
                stream.expiry(),
                stream.generation(),
                stream.offsetAt(start),
                stream.offsetAt(end),
                upToDate,
                upToDate && stream.isDurablyClosed(),
                bytes);
    }

    /**
     * The bytes from {@code from} on that became durable in this turn of the loop, at most about {@code bytesMax}.
     *
     * @throws RefusedException if retention has dropped some of them in the same turn, or there is no memory for them
     */
    public Outcome.Chunk readNew(StreamState stream, long from, int bytesMax) {
        readable(stream, from);
        long end = stream.content().readEnd(from, stream.durableTail(), bytesMax);
        return chunk(stream, from, end, end == from ? Buffers.NONE : reader.readHeld(stream.content(), from, end));
    }

    // ---- expiry ----

    /** Removes streams whose time has come; a bounded step, to be called now and then. */
    public void expire() {
        expiring.step(clock.wallMillis(), clock.steadyMillis(), stream -> {
            if (!expireIfDue(stream)) {
                expiring.add(stream);
            }
        });
        trimAged();
    }

    /** Returns true if the stream is gone; one that a live reader waits at counts as used (section 5.1). */
    private boolean expireIfDue(StreamState stream) {
        if (stream.isDeleted()) {
            return true;
        }
        if (stream.isSliding() && stream.waiters() != null) {
            use(stream);
        }
        if (isExpired(stream)) {
            remove(stream, new Outcome.Deleted(), outcome -> {}, refusal -> false);
        }
        return stream.isDeleted();
    }

    private boolean isExpired(StreamState stream) {
        return stream.isExpired(clock.wallMillis(), clock.steadyMillis());
    }

    /** The stream is read or written, which gives one with a sliding time to live more of it. */
    private void use(StreamState stream) {
        stream.use(clock.steadyMillis());
        recordUse(stream);
    }

    /**
     * Logs that a stream was used, unless a record covers that, for an interval. Nothing waits for that record, and there is
     * nothing to undo where it is refused; where there is no room for it, the use counts until the server ends.
     */
    private void recordUse(StreamState stream) {
        long now = clock.wallMillis();
        if (useIntervalMillis == NOTHING_IS_KEPT
                || !stream.mustRecordUse(now)
                || stream.isDeleted()
                || !stream.isVisible()) {
            return;
        }
        LogRecord.Used record = new LogRecord.Used(stream.generation(), now, useIntervalMillis);
        if (stage(record, Payload.NONE, outcome -> {}) != null) {
            extents.changed(stream);
        }
        stream.recordedUse(now, useIntervalMillis);
    }

    /** What the shard does by itself: a bounded step, to be called now and then. What it fails with fails the shard. */
    public void keepUp() {
        try {
            expire();
            compact();
        } catch (RuntimeException | Error e) {
            faults.fail(e);
        }
    }

    /**
     * Answers a command that meets an expired stream of which the store could not record that it is gone: as the store
     * refuses that record. The stream is not used and not revived: it has expired, whatever becomes of the record.
     *
     * @return false, having answered nothing, if the stream is deleted or has not expired
     */
    private boolean answerExpired(StreamState stream, Reply reply) {
        if (stream.isDeleted() || !isExpired(stream)) {
            return false;
        }
        remove(stream, absent(stream.path(), stream.forks() == 0 ? null : stream), reply, refusal -> false);
        return true;
    }

    /** Goes on with what makes room, in memory and on the disk; a bounded step, to be called now and then. */
    public void compact() {
        extents.step();
    }

    /** Whether a write of {@code bytes} should wait until a checkpoint has made room. */
    public boolean isPressed(int bytes) {
        return journal.isPressed(bytes);
    }

    /** Why nothing more is acknowledged, or null while the disk is well (I9); may be asked by any thread. */
    public @Nullable StorageFailedException failure() {
        return failure;
    }

    // ---- recovery ----

    /**
     * Takes over the streams that recovery has found, in the order of their generations; before anything else.
     *
     * @param newUseIntervalMillis for how long a record of a stream's use covers further ones
     */
    void recover(List<StreamState> found, long lastGeneration, long newUseIntervalMillis) {
        useIntervalMillis = newUseIntervalMillis;
        generations.seen(lastGeneration);
        long now = clock.wallMillis();
        for (StreamState stream : found) {
            generations.seen(stream.generation());
            stream.publishRecovered();
            if (stream.recoverUse(now) && !stream.isDeleted()) {
                extents.changed(stream);
            }
            recovered.add(stream);
            streams.put(stream);
            streams.settled(stream);
            if (!stream.isDeleted()) {
                expiring.add(stream);
                keepAged(stream);
            }
        }
    }

    /** The streams that recovery has found, until {@link #settle}. */
    List<StreamState> recovered() {
        return recovered;
    }

    /** Counts a fork that recovery has found of a stream of this shard; see {@link RecoveredForks}. */
    void countFork(StreamState source) {
        forks.count(source);
    }

    /** Drops a fork that recovery has found and nobody needs; the count at its source is to be given back. */
    void discardRecovered(StreamState fork) {
        discard(fork);
    }

    /** Gives back the count of a fork that recovery has found; a deleted source that was its last is dropped later. */
    void uncountFork(long source) {
        forks.release(source);
    }

    /** The forks of all shards are counted, see {@link RecoveredForks}: drops what nobody needs. */
    public void settle() {
        for (StreamState stream : recovered) {
            if (stream.forks() > 0) {
                continue;
            }
            if (!stream.isDurablyDeleted()) {
                stream.content().dropBefore(stream.durableEarliest(), extents::left);
            } else if (stream.fork() == null) {
                discard(stream);
            }
        }
        recovered = List.of();
    }

    // ---- heap ----

    /** From now on the heap that streams take is counted in {@code budget}, and bounded by it; on the loop or before it runs. */
    public void limitHeap(Budget budget) {
        heap = new StreamHeap(budget);
        streams.forEach(heap::count);
        extents.onMoved(heap::count);
    }

    // ---- lookup ----

    /** The stream that the next mutation of a path meets, or null. */
    private @Nullable StreamState stagedAt(StreamPath path) {
        StreamState stream = streams.at(path);
        if (stream == null) {
            return null;
        }
        expireIfDue(stream);
        return stream.isDeleted() && stream.forks() == 0 ? null : stream;
    }

    /** The last record about a path, also where it has taken the stream away: what an answer about the path waits for. */
    private long lastLsn(StreamPath path) {
        StreamState stream = streams.at(path);
        return stream == null ? 0 : stream.lastLsn();
    }

    /**
     * The stream that readers of a path see, or null; one that is gone is seen while forks hold it. An expired stream is
     * gone by the clock: nobody sees it again, whatever becomes of the record that says so.
     */
    private @Nullable StreamState visibleAt(StreamPath path) {
        StreamState stream = streams.at(path);
        while (stream != null && !stream.isVisible()) {
            stream = stream.replaced();
        }
        if (stream == null) {
            return null;
        }
        expireIfDue(stream);
        return isGone(stream) && stream.forks() == 0 ? null : stream;
    }

    /** Whether nobody may see a stream again: its deletion is durable, or it has expired, whatever becomes of that record. */
    private boolean isGone(StreamState stream) {
        return stream.isDurablyDeleted() || isExpired(stream);
    }

    private static Refusal absent(StreamPath path, @Nullable StreamState deleted) {
        return deleted == null
                ? Refusal.of(ErrorCode.STREAM_NOT_FOUND, "stream " + Quoted.of(path.value()) + " does not exist")
                : Refusal.of(ErrorCode.STREAM_DELETED, "stream " + Quoted.of(path.value()) + " is deleted");
    }

    // ---- journal ----

    private Journal.@Nullable Staged stage(LogRecord record, Payload payload, Reply reply) {
        try {
            return journal.stage(record, payload);
        } catch (StorageFullException e) {
            extents.pressed();
            reply.complete(Refusal.of(ErrorCode.STORAGE_FULL, String.valueOf(e.getMessage())));
        } catch (StorageBusyException e) {
            extents.pressed();
            reply.complete(Refusal.of(ErrorCode.OVERLOADED, String.valueOf(e.getMessage())));
        } catch (StorageFailedException e) {
            reply.complete(CommitQueue.refusal(e));
        }
        return null;
    }

    /** The stream that was staged last at a path, whatever has become of it, or null. */
    @Nullable
    StreamState streamAt(StreamPath path) {
        return streams.at(path);
    }

    /** Streams that this shard holds and that go by themselves. */
    int expiringCount() {
        return expiring.size();
    }

    /** Streams of which data expires by its age. */
    int agedCount() {
        return aged.size();
    }

    /** Streams that this shard holds, deleted ones that forks need included. */
    public int streamCount() {
        return streams.size();
    }

    @Override
    public void close() {
        recovered.forEach(stream -> stream.content().release(extents::left));
        streams.forEach(stream -> stream.content().release(extents::left));
        forks.close();
        extents.close();
        journal.close();
    }
}
