package io.streamkeeper.server.fuzz;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * One raw connection that sends in fragments while it reads at a pace of its own, so that neither side can block the
 * other. Used by one thread.
 */
final class FuzzSocket implements AutoCloseable {
    /** When a client reads. */
    enum Pace {
        /** At once. */
        EAGER,
        /** Only when it cannot send, or has sent everything. */
        LAZY,
        /** A few bytes at a time, with a small buffer in the kernel. */
        SLOW
    }

    private static final int SMALL_BUFFER_BYTES = 16 << 10;
    private static final int SLOW_READ_BYTES = 1_500;

    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private final Pace pace;
    private final ByteBuffer in;
    private boolean ended;
    private long activeNanos = System.nanoTime();
    private long longestPauseNanos;

    FuzzSocket(InetSocketAddress address, Pace pace) throws IOException {
        this.pace = pace;
        this.in = ByteBuffer.allocate(pace == Pace.SLOW ? SLOW_READ_BYTES : 64 << 10);
        channel = SocketChannel.open();
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        if (pace == Pace.SLOW) {
            channel.setOption(StandardSocketOptions.SO_RCVBUF, SMALL_BUFFER_BYTES);
        }
        channel.connect(address);
        channel.configureBlocking(false);
        selector = Selector.open();
        key = channel.register(selector, 0);
    }

    /** Whether the server has closed or reset the connection. */
    boolean hasEnded() {
        return ended;
    }

    /**
     * The longest time in which this side neither sent nor read nor waited for the server: nobody gave it a processor.
     */
    long longestPauseNanos() {
        return longestPauseNanos;
    }

    private void pauseEnds() {
        longestPauseNanos = Math.max(longestPauseNanos, System.nanoTime() - activeNanos);
    }

    /** Sends all of {@code bytes}, and reads meanwhile; returns early if the server ends the connection. */
    void send(ByteBuffer bytes, ResponseParser parser, long deadlineNanos) throws IOException {
        while (bytes.hasRemaining() && !ended) {
            try {
                pauseEnds();
                int written = channel.write(bytes);
                activeNanos = System.nanoTime();
                if (pace != Pace.LAZY || written == 0) {
                    read(parser);
                }
                if (written == 0) {
                    await(SelectionKey.OP_WRITE | SelectionKey.OP_READ, deadlineNanos, "the server takes no bytes");
                }
            } catch (IOException e) {
                drain(parser);
            }
        }
    }

    /** Reads the available bytes; waits if there are none. */
    void receive(ResponseParser parser, long deadlineNanos) throws IOException {
        if (!ended && !read(parser)) {
            await(SelectionKey.OP_READ, deadlineNanos, "the server sends nothing and does not close");
            read(parser);
        }
    }

    /** The connection was reset while it was written to: takes what was received before. */
    private void drain(ResponseParser parser) {
        boolean more = true;
        while (more) {
            more = read(parser);
        }
        ended = true;
    }

    /** Reads once; returns whether something came, the end included. */
    private boolean read(ResponseParser parser) {
        if (ended) {
            return false;
        }
        in.clear();
        int count;
        try {
            pauseEnds();
            count = channel.read(in);
        } catch (IOException e) {
            count = -1;
        } finally {
            activeNanos = System.nanoTime();
        }
        if (count < 0) {
            ended = true;
            return true;
        }
        parser.feed(in.flip());
        return count > 0;
    }

    private void await(int interest, long deadlineNanos, String otherwise) throws IOException {
        long leftMillis = (deadlineNanos - System.nanoTime()) / 1_000_000;
        if (leftMillis <= 0) {
            throw new AssertionError(otherwise + " within the stated timeouts");
        }
        key.interestOps(interest);
        selector.select(leftMillis);
        activeNanos = System.nanoTime();
        selector.selectedKeys().clear();
    }

    /** Closes the sending side. */
    void halfClose() throws IOException {
        if (!ended) {
            try {
                channel.shutdownOutput();
            } catch (IOException e) {
                ended = true;
            }
        }
    }

    /** Resets the connection. */
    void reset() throws IOException {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        close();
    }

    @Override
    public void close() throws IOException {
        selector.close();
        channel.close();
    }
}
