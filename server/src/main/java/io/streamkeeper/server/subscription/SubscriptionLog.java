package io.streamkeeper.server.subscription;

import io.netty.buffer.ByteBufUtil;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.LiveMode;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.shard.Shard;
import io.streamkeeper.storage.shard.Callback;
import java.util.List;
import java.util.function.Consumer;

/**
 * The log of one subscription: a JSON stream with a reserved path, whose messages are {@link SubscriptionEvent}s. Owned by
 * the loop of its shard, which makes every call and receives every answer, in a later task.
 * What is completed receives the position of the end of the log.
 */
final class SubscriptionLog {
    /** Keeps everything, in runs that can be trimmed. */
    private static final Retention ALL = new Retention(Retention.UNBOUNDED, 1L << 52, Retention.UNBOUNDED);

    private static final int READ_BYTES = 64 << 10;

    private final Shard shard;
    private final StreamPath path;
    private final Bodies bodies;
    private final Mailbox mailbox;
    private final long eventsBytesMin;
    private long tail;
    private long snapshotStart;
    private long snapshotEnd;

    /**
     * The log at {@code path}.
     *
     * @param mailbox runs what follows an answer
     * @param eventsBytesMin see {@link SubscriptionServices}
     */
    SubscriptionLog(Shard shard, StreamPath path, Bodies bodies, Mailbox mailbox, long eventsBytesMin) {
        this.shard = shard;
        this.path = path;
        this.bodies = bodies;
        this.mailbox = mailbox;
        this.eventsBytesMin = eventsBytesMin;
    }

    /** Whether the events since the last snapshot are longer than it. */
    boolean needsSnapshot() {
        return tail - snapshotEnd > Math.max(eventsBytesMin, snapshotEnd - snapshotStart);
    }

    // ---- writing ----

    /** Creates the log with the first batch of a snapshot and appends the others; if one is refused, deletes the log. */
    void create(List<List<SubscriptionEvent>> snapshot, Callback<Long> then) {
        Command.Create create = new Command.Create(
                path,
                ContentType.JSON,
                Expiry.never(),
                ALL,
                false,
                null,
                Preconditions.NONE,
                bodies.of(EventMessages.write(snapshot.get(0))));
        execute(create, outcome -> {
            if (outcome instanceof Outcome.Created created && !created.existed()) {
                tail = created.stream().tail().position();
                appendAll(snapshot, 1, new Callback<>() {
                    @Override
                    public void complete(Long end) {
                        snapshotEnd = tail;
                        then.complete(tail);
                    }

                    @Override
                    public void refuse(Refusal refusal) {
                        delete(deleted -> then.refuse(refusal));
                    }
                });
            } else {
                then.refuse(refusalOf(outcome));
            }
        });
    }

    private void execute(Command command, Consumer<Outcome> then) {
        shard.execute(command, READ_BYTES, outcome -> mailbox.tell(() -> then.accept(outcome)));
    }

    private static Refusal refusalOf(Outcome outcome) {
        return outcome instanceof Refusal refusal
                ? refusal
                : Refusal.of(ErrorCode.OVERLOADED, "the log of the subscription exists already; try again later");
    }

    /** Appends a snapshot and then drops the log before it. */
    void appendSnapshot(List<List<SubscriptionEvent>> snapshot, Callback<Long> then) {
        long start = tail;
        appendAll(snapshot, 0, new Callback<>() {
            @Override
            public void complete(Long end) {
                snapshotStart = start;
                snapshotEnd = tail;
                // If the trim is refused, that of the next snapshot drops more.
                shard.store().trimBefore(path, start, outcome -> mailbox.tell(() -> then.complete(tail)));
            }

            @Override
            public void refuse(Refusal refusal) {
                then.refuse(refusal);
            }
        });
    }

    private void appendAll(List<List<SubscriptionEvent>> batches, int next, Callback<Long> then) {
        if (next == batches.size()) {
            then.complete(tail);
            return;
        }
        append(batches.get(next), new Callback<>() {
            @Override
            public void complete(Long end) {
                appendAll(batches, next + 1, then);
            }

            @Override
            public void refuse(Refusal refusal) {
                then.refuse(refusal);
            }
        });
    }

    /** Appends events, all or none; completed when they are durable. */
    void append(List<SubscriptionEvent> events, Callback<Long> then) {
        Command.Append append = Command.Append.of(path, ContentType.JSON, bodies.of(EventMessages.write(events)));
        execute(append, outcome -> {
            if (outcome instanceof Outcome.Appended appended) {
                tail = appended.nextOffset().position();
                then.complete(tail);
            } else {
                then.refuse(refusalOf(outcome));
            }
        });
    }

    /** Deletes the log, and the subscription with it; {@code then} receives {@link Outcome.Deleted} or a refusal. */
    void delete(Consumer<Outcome> then) {
        execute(new Command.Delete(path, Preconditions.NONE), then);
    }

    // ---- reading ----

    /** Passes all events to {@code reader}. */
    void read(Consumer<SubscriptionEvent> reader, Callback<Long> then) {
        readFrom(new ReadStart.Beginning(), reader, then);
    }

    private void readFrom(ReadStart start, Consumer<SubscriptionEvent> reader, Callback<Long> then) {
        Command.Read read = new Command.Read(path, start, LiveMode.NONE, 0, null, null);
        shard.execute(read, READ_BYTES, outcome -> {
            if (outcome instanceof Outcome.Chunk chunk) {
                byte[] messages = ByteBufUtil.getBytes(chunk.bytes());
                chunk.bytes().release();
                mailbox.tell(() -> take(chunk, messages, reader, then));
            } else {
                mailbox.tell(() -> then.refuse(refusalOf(outcome)));
            }
        });
    }

    private void take(Outcome.Chunk chunk, byte[] messages, Consumer<SubscriptionEvent> reader, Callback<Long> then) {
        try {
            EventMessages.read(messages, event -> take(chunk, event, reader));
        } catch (JsonTree.UnexpectedException | RefusedException e) {
            then.refuse(Refusal.of(
                    ErrorCode.INTERNAL_ERROR, "the messages from " + chunk.start() + " on: " + e.getMessage()));
            return;
        }
        tail = chunk.next().position();
        if (chunk.upToDate()) {
            then.complete(tail);
        } else {
            readFrom(new ReadStart.At(chunk.next()), reader, then);
        }
    }

    private void take(Outcome.Chunk chunk, SubscriptionEvent event, Consumer<SubscriptionEvent> reader) {
        if (event instanceof SubscriptionEvent.Begun) {
            snapshotStart = chunk.start().position();
        } else if (event instanceof SubscriptionEvent.Complete) {
            snapshotEnd = chunk.next().position();
        }
        reader.accept(event);
    }

    /** Makes the bodies of appends. */
    interface Bodies {
        /** The body with an array of messages; it has a problem if there is no memory for it now. */
        Body of(byte[] messages);
    }
}
