package io.streamkeeper.server.shard.live;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.server.shard.Shard;
import io.streamkeeper.storage.shard.Reply;
import io.streamkeeper.storage.stream.StreamState;
import org.jspecify.annotations.Nullable;

/**
 * One long-poll (section 5.7). The connection creates it and may cancel it; all its other state belongs to the shard's
 * loop.
 */
public final class LongPoll {
    private final Command.Read read;
    private final int readBytesMax;
    private final EventLoop loop;
    private final Reply reply;
    private volatile boolean cancelled;

    /** Shorter than at first if a time-out has come before the poll was parked. */
    private long timeoutMillis;

    @Nullable
    ParkedPolls parkedAt;

    long parkedPosition;
    int parkedIndex;

    @Nullable
    Future<?> timeout;

    /**
     * A poll that waits at most {@code timeoutMillis}.
     *
     * @param loop the connection's loop: all polls of one loop are answered in one task there
     * @param reply called once, on the shard's or on the connection's loop; not called if the poll is cancelled while
     *     it is parked
     */
    public LongPoll(Command.Read read, int readBytesMax, long timeoutMillis, EventLoop loop, Reply reply) {
        this.read = read;
        this.readBytesMax = readBytesMax;
        this.timeoutMillis = timeoutMillis;
        this.loop = loop;
        this.reply = reply;
    }

    Command.Read read() {
        return read;
    }

    int readBytesMax() {
        return readBytesMax;
    }

    long timeoutMillis() {
        return timeoutMillis;
    }

    EventLoop loop() {
        return loop;
    }

    Reply reply() {
        return reply;
    }

    /**
     * Answers with the data after the poll's start, or parks the poll until some arrives. May be called by any thread.
     */
    public void start(Shard shard) {
        shard.step(reply::complete, () -> {
            StreamState stream = shard.store().open(read.path(), true);
            long position = shard.store().position(stream, read.start());
            boolean waits = position == stream.durableTail() && !stream.isDurablyClosed();
            if (waits && !cancelled) {
                LiveTail.of(shard, stream).park(this);
            } else {
                shard.readWholeText(stream, position, readBytesMax, reply);
            }
        });
    }

    /** Answers the poll with the stored data, because it has waited long enough. May be called by any thread. */
    public void timeOut(Shard shard) {
        shard.run(() -> {
            if (parkedAt == null) {
                timeoutMillis = 0;
            } else {
                parkedAt.timeOut(this);
            }
        });
    }

    /**
     * Answers the poll after {@code millis} if it still waits then: the credentials of its client expire earlier than
     * when it began. May be called by any thread.
     */
    public void timeOutIn(long millis, Shard shard) {
        shard.run(() -> {
            if (parkedAt == null) {
                timeoutMillis = Math.min(timeoutMillis, millis);
            } else {
                parkedAt.timeOutIn(this, millis);
            }
        });
    }

    /** Cancels the poll: the client has disconnected and needs no answer. May be called by any thread. */
    public void cancel(Shard shard) {
        cancelled = true;
        shard.run(() -> {
            if (parkedAt != null) {
                parkedAt.unpark(this);
            }
        });
    }
}
