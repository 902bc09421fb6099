package io.streamkeeper.server.shard.live;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.ReadRange;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.shard.LoopTasks;
import io.streamkeeper.server.shard.RangeSearch;
import io.streamkeeper.server.shard.Shard;
import io.streamkeeper.server.shard.StreamRead;
import io.streamkeeper.storage.memory.ReadLimit;
import io.streamkeeper.storage.shard.Callback;
import io.streamkeeper.storage.stream.StreamState;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The shard's side of one live reader of a stream (section 5.8). The subscriber pulls until it is at the tail; there it
 * is attached and receives each step; if it falls behind, its next pull detaches it. So a slow reader occupies no
 * memory except for its position.
 *
 * <p>Its public methods are called on the subscriber's loop; its state belongs to the shard's.
 */
public final class Subscription {
    private final Shard shard;
    private final Command.Read read;
    private final int chunkBytesMax;
    private final Subscriber subscriber;
    private @Nullable StreamState stream;
    private boolean cancelled;

    /** Where the subscription ends; a position that was not reached when it began is checked when it is. */
    private volatile long end = Long.MAX_VALUE;

    private boolean endChecked = true;

    @Nullable
    LiveTail attachedTo;

    int attachedIndex;

    public Subscription(Shard shard, Command.Read read, int chunkBytesMax, Subscriber subscriber) {
        this.shard = shard;
        this.read = read;
        this.chunkBytesMax = chunkBytesMax;
        this.subscriber = subscriber;
    }

    Subscriber subscriber() {
        return subscriber;
    }

    /** Opens the stream, and pulls for the first time, from the start that the command names. */
    public void open() {
        shard.step(this::refused, () -> {
            StreamState opened = shard.open(read);
            stream = opened;
            if (read.isRanged()) {
                search(opened);
            } else {
                pullFrom(opened, shard.store().position(opened, read.start()));
            }
        });
    }

    /** Finds where a subscription with limits begins and ends. */
    private void search(StreamState opened) {
        RangeSearch.find(shard, opened, read, ReadRange.NONE, onLoop(range -> {
            Offset until = read.range() == null ? null : read.range().until();
            end = until == null ? Long.MAX_VALUE : shard.store().position(opened, until);
            endChecked = end <= opened.durableTail();
            pull(range.start());
        }));
    }

    private Callback<RangeSearch.Range> onLoop(Consumer<RangeSearch.Range> next) {
        return new Callback<>() {
            @Override
            public void complete(RangeSearch.Range range) {
                shard.step(this::refuse, () -> next.accept(range));
            }

            @Override
            public void refuse(Refusal refusal) {
                refused(refusal);
            }
        };
    }

    /** Whether the subscription has everything up to where it ends; known after the first pull. */
    public boolean endsAt(long position) {
        return position >= end;
    }

    /** Whether the subscription ends in a step or directly after it: then it has to pull that instead. */
    public boolean endsWithin(TailEvent event) {
        return endsAt(event.tail());
    }

    /** Requests the bytes after {@code position}, which is the subscriber's position. */
    public void pull(long position) {
        shard.step(this::refused, () -> {
            detach();
            StreamState opened = stream;
            if (opened == null || opened.isDurablyDeleted()) {
                String message = "stream " + Quoted.of(read.path().value()) + " does not exist any more";
                pulled(Refusal.of(ErrorCode.STREAM_NOT_FOUND, message), false);
            } else {
                pullFrom(opened, position);
            }
        });
    }

    /**
     * Reads the bytes after {@code position}. A subscriber that has reached the tail is attached in the same turn, so
     * that it misses nothing.
     */
    private void pullFrom(StreamState opened, long position) {
        if (!endChecked && end <= opened.durableTail()) {
            endChecked = true;
            RangeSearch.checkEnd(shard, opened, read, end, onLoop(range -> pull(position)));
            return;
        }
        StreamRead.start(shard, opened, position, new ReadLimit(end, chunkBytesMax, null), outcome -> {
            if (!(outcome instanceof Outcome.Chunk chunk)) {
                pulled(outcome, false);
                return;
            }
            if (chunk.next().position() >= end) {
                pulled(chunk, false);
                return;
            }
            boolean attaches = chunk.upToDate() && !chunk.closed() && !cancelled;
            if (attaches) {
                LiveTail.of(shard, opened).attach(this);
            }
            pulled(sendable(opened, chunk), attaches);
        });
    }

    private static Outcome.Chunk sendable(StreamState opened, Outcome.Chunk chunk) {
        int length = SseFrame.sendableBytes(chunk);
        return chunk.upTo(length, opened.offsetAt(chunk.start().position() + length));
    }

    private void refused(Refusal refusal) {
        pulled(refusal, false);
    }

    private void pulled(Outcome outcome, boolean attached) {
        onSubscriberLoop(() -> subscriber.pulled(outcome, attached));
    }

    private void onSubscriberLoop(Runnable task) {
        LoopTasks.run(subscriber.loop(), task);
    }

    private void detach() {
        if (attachedTo != null) {
            attachedTo.detach(this);
        }
    }

    /** Ends the subscription: its client has disconnected. A pull that is under way may still be answered. */
    public void cancel() {
        shard.run(() -> {
            cancelled = true;
            detach();
        });
    }
}
