package io.streamkeeper.server.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelPromise;
import io.streamkeeper.storage.memory.Budget;

/**
 * The memory of the answers of one connection that its client has not received (I7): those that wait for their turn,
 * and those that the socket does not accept yet. Used by the connection's event loop only.
 *
 * <p>A client that reads reserves nothing: its answers are sent in the turn in which they are created. Bytes that
 * remain unsent at the end of the turn are reserved in a budget of all connections. If there is no room, the connection
 * ends, because its memory would otherwise not be counted anywhere. One turn of a loop can add at most {@code 128 KiB},
 * which the channel's water mark bounds. Bytes that another budget counts until they are sent, such as windows of reads
 * and compressed data, are not counted here.
 */
final class UnsentBytes {
    /** A connection that holds the budget divided by this number, or more, begins no further request. */
    private static final int SHARE_PART = 32;

    private final Budget budget;
    private final Channel channel;
    private final Carrier carrier;
    private final Runnable sent;
    private long waitingBytes;
    private long countedBytes;
    private long reservedBytes;
    private boolean isAwaited;
    private boolean closed;

    /**
     * Counts nothing yet.
     *
     * @param sent called when all unsent bytes have been sent
     */
    UnsentBytes(Budget budget, Channel channel, Carrier carrier, Runnable sent) {
        this.budget = budget;
        this.channel = channel;
        this.carrier = carrier;
        this.sent = sent;
    }

    /** Whether everything written before the last flush has been sent. */
    boolean isNone() {
        return !isAwaited;
    }

    /** Whether a request may begin: scarce memory is not given to a client that does not read its responses. */
    boolean hasRoom() {
        return reservedBytes == 0
                || (reservedBytes < budget.bytesMax() / SHARE_PART && budget.leftBytes() > budget.bytesMax() / 2);
    }

    /** An answer of {@code bytes} waits for its turn. Returns false if there is no room. */
    boolean waits(int bytes) {
        waitingBytes += bytes;
        return settle(reservedBytes + bytes);
    }

    /** The turn of such an answer has come: it is written or released. The next flush returns its memory. */
    void waitsNoMore(int bytes) {
        waitingBytes -= bytes;
    }

    /** The promise of a write of {@code bytes} that another budget counts until they are sent. */
    ChannelPromise counted(int bytes) {
        countedBytes += bytes;
        return channel.newPromise().addListener(left -> countedBytes -= bytes);
    }

    /** Updates the reservation after a flush of the channel. Returns false if there is no room for the unsent bytes. */
    boolean flushed() {
        long pending = carrier.unsentBytes();
        if (pending == 0 && reservedBytes == 0) {
            return true;
        }
        if (pending > 0 && !isAwaited) {
            isAwaited = true;
            // In a separate task: the channel completes the promise before it subtracts the bytes from its total.
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
