package io.streamkeeper.server.shard.live;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.shard.RangeSearch;
import io.streamkeeper.server.shard.Shard;
import io.streamkeeper.storage.shard.Callback;
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

    /** The read, from where it was parked. */
    Command.Read readFrom(Offset offset) {
        return new Command.Read(
                read.path(), new ReadStart.At(offset), read.live(), read.timeoutMillis(), read.cursor(), read.range());
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
            StreamState stream = shard.open(read);
            if (read.isRanged()) {
                search(shard, stream);
                return;
            }
            long position = shard.store().position(stream, read.start());
            if (waits(stream, position)) {
                LiveTail.of(shard, stream).park(this);
            } else {
                shard.readWholeText(stream, position, readBytesMax, reply);
            }
        });
    }

    private boolean waits(StreamState stream, long position) {
        return position == stream.durableTail() && !stream.isDurablyClosed() && !cancelled;
    }

    /** Finds where a poll with limits begins; one that begins where it has to end does not wait. */
    private void search(Shard shard, StreamState stream) {
        RangeSearch.find(shard, stream, read, readBytesMax, new Callback<>() {
            @Override
            public void complete(RangeSearch.Range range) {
                shard.step(reply::complete, () -> {
                    boolean mayFollow = read.range() == null
                            || read.range().until() == null
                            || shard.store().position(stream, read.range().until()) > range.start();
                    if (mayFollow && !stream.isDurablyDeleted() && waits(stream, range.start())) {
                        LiveTail.of(shard, stream).park(LongPoll.this);
                    } else {
                        shard.readRange(stream, read, readBytesMax, reply);
                    }
                });
            }

            @Override
            public void refuse(Refusal refusal) {
                reply.complete(refusal);
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
