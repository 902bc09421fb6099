package io.streamkeeper.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.streamkeeper.server.http.respond.Response;
import io.streamkeeper.storage.memory.Budget;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one connection writes: responses and their parts, flushed once in a turn of the loop, and the memory of what its
 * client has not taken. Owned by the connection's loop.
 */
final class ConnectionOutput {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionOutput.class);

    /** A longer body was read with memory of a budget, which counts it until it has left. */
    private static final int BODY_COUNTED_BYTES_MIN = 16 << 10;

    private final ConnectionHandler connection;
    private final Channel channel;
    private final FlushQueue flushes;
    private final UnsentBytes unsent;
    private boolean queued;

    /**
     * The output of {@code connection}.
     *
     * @param budget where the memory is counted of what the client does not take
     */
    ConnectionOutput(ConnectionHandler connection, FlushQueue flushes, Budget budget) {
        this.connection = connection;
        this.channel = connection.channel();
        this.flushes = flushes;
        this.unsent = new UnsentBytes(budget, channel, connection::takesMoreNow);
    }

    // ---- memory ----

    /** Whether the client has taken what was written, so that more would not wait. */
    boolean takesMore() {
        return channel.isWritable() && unsent.isNone();
    }

    /** Whether a request may begin. */
    boolean hasRoom() {
        return channel.isWritable() && unsent.hasRoom();
    }

    /** A response of {@code bytes} waits for its turn. Returns false if there is no room, which ends the connection. */
    boolean waits(int bytes) {
        if (unsent.waits(bytes)) {
            return true;
        }
        closeUnsent();
        return false;
    }

    /** Such a response waits no more. */
    void waitsNoMore(int bytes) {
        unsent.waitsNoMore(bytes);
    }

    private void closeUnsent() {
        LOG.debug(
                "connection from {} ends: it does not read its responses, and others need the memory",
                channel.remoteAddress());
        channel.close();
    }

    /** The connection has ended. */
    void close() {
        unsent.close();
    }

    // ---- writing ----

    void write(Response response) {
        channel.write(response.head(), channel.voidPromise());
        if (response.body().readableBytes() > BODY_COUNTED_BYTES_MIN) {
            writeCounted(response.body());
        } else {
            writeIfAny(response.body());
        }
        writeIfAny(response.tail());
    }

    /** Writes bytes that some budget counts until they have left. */
    ChannelFuture writeCounted(ByteBuf bytes) {
        return channel.write(bytes, unsent.counted(bytes.readableBytes()));
    }

    private void writeIfAny(ByteBuf buffer) {
        if (buffer.isReadable()) {
            channel.write(buffer, channel.voidPromise());
        } else {
            buffer.release();
        }
    }

    // ---- flushing ----

    /**
     * Flushes at the end of the turn, once for all that was written in it; while the connection is read, that does it.
     */
    void flushLater() {
        if (!connection.isReading() && !queued) {
            queued = true;
            flushes.addResponse(this::flushNow);
        }
    }

    /** The same where a part of a long response was written, which others need not wait for. */
    void flushPartLater() {
        if (!connection.isReading() && !queued) {
            queued = true;
            flushes.addPart(this::flushNow);
        }
    }

    /** The end of the turn. */
    private void flushNow() {
        queued = false;
        try {
            flush();
        } catch (RuntimeException | Error e) {
            connection.failed(e);
        }
    }

    void flush() {
        channel.flush();
        if (!unsent.flushed()) {
            closeUnsent();
        }
    }
}
