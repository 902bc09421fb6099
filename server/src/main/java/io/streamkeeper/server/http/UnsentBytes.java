package io.streamkeeper.server.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.streamkeeper.storage.memory.Budget;

/**
 * The memory of one connection's answers that its client has not taken (I7): those that wait for their turn, and those
 * that the socket does not take. Used by the connection's event loop only.
 *
 * <p>A client that reads costs nothing here: its answers have left when the turn ends in which they were made. What has
 * not left by then is reserved in a budget of all connections. Where there is no room the connection ends, because what
 * it holds would otherwise be counted nowhere. One turn of a loop can add at most {@code 128 KiB}, which the channel's
 * water mark bounds. Bytes that another budget counts until they have left, windows of reads and what is compressed,
 * are left out.
 */
final class UnsentBytes {
    /** A connection with that part of the budget begins no further request. */
    private static final int SHARE_PART = 32;

    private final Budget budget;
    private final Channel channel;
    private final Runnable sent;
    private long waitingBytes;
    private long countedBytes;
    private long reservedBytes;
    private boolean isAwaited;
    private boolean closed;

    /**
     * Nothing yet.
     *
     * @param sent run when all that was unsent has left
     */
    UnsentBytes(Budget budget, Channel channel, Runnable sent) {
        this.budget = budget;
        this.channel = channel;
        this.sent = sent;
    }

    /** Whether the client has taken everything that was written before the last flush. */
    boolean isNone() {
        return !isAwaited;
    }

    /**
     * Whether a request may begin: others are better off if what is short is not given to a client that does not read.
     */
    boolean hasRoom() {
        return reservedBytes == 0
                || (reservedBytes < budget.bytesMax() / SHARE_PART && budget.leftBytes() > budget.bytesMax() / 2);
    }

    /** An answer of {@code bytes} waits for its turn. Returns false if there is no room. */
    boolean waits(int bytes) {
        waitingBytes += bytes;
        return settle(reservedBytes + bytes);
    }

    /** The turn of such an answer has come: it is written, or released. What it took shows at the next flush. */
    void waitsNoMore(int bytes) {
        waitingBytes -= bytes;
    }

    /** The promise of a write of {@code bytes} that another budget counts until they have left. */
    ChannelPromise counted(int bytes) {
        countedBytes += bytes;
        return channel.newPromise().addListener(left -> countedBytes -= bytes);
    }

    /** The channel was flushed. Returns false if there is no room for what is left. */
    boolean flushed() {
        ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
        long pending = out == null ? 0 : out.totalPendingWriteBytes();
        if (pending == 0 && reservedBytes == 0) {
            return true;
        }
        if (pending > 0 && !isAwaited) {
            isAwaited = true;
            // In a task of its own: the channel counts what has left only after it has said so.
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((ChannelFutureListener)
                    all -> channel.eventLoop().execute(this::allSent));
        }
        return settle(waitingBytes + Math.max(0, pending - countedBytes));
    }

    private void allSent() {
        isAwaited = false;
        if (!closed && channel.isActive()) {
            flushed();
            sent.run();
        }
    }

    private boolean settle(long bytes) {
        long more = bytes - reservedBytes;
        if (more > 0 && (closed || !budget.tryReserve(more))) {
            return false;
        }
        if (more < 0) {
            budget.release(-more);
        }
        reservedBytes = bytes;
        return true;
    }

    /** The connection has ended. */
    void close() {
        settle(0);
        closed = true;
    }
}
