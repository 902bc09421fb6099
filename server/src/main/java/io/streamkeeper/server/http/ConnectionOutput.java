package io.streamkeeper.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundBuffer;
import io.streamkeeper.server.http.respond.Response;
import io.streamkeeper.storage.memory.Budget;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The output of one connection: writes responses and their parts, flushes once in a turn of the loop, and counts the
 * memory of the bytes that the client has not received. Owned by the connection's loop.
 */
final class ConnectionOutput {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionOutput.class);

    /** A body of at least this length was read with memory of another budget, which counts it until it is sent. */
    private static final int BODY_COUNTED_BYTES_MIN = 16 << 10;

    private final ConnectionHandler connection;
    private final Channel channel;
    private final UnsentBytes unsent;
    private final Carrier carrier;
    private boolean queued;

    /**
     * The output of {@code connection}.
     *
     * @param budget counts the memory of the bytes that the client does not receive
     */
    ConnectionOutput(ConnectionHandler connection, Budget budget, Carrier carrier) {
        this.connection = connection;
        this.channel = connection.channel();
        this.carrier = carrier;
        this.unsent = new UnsentBytes(budget, channel, carrier, connection::takesMoreNow);
    }

    // ---- memory ----

    /** Whether everything written so far has been sent, so that further bytes would not wait. */
    boolean takesMore() {
        return channel.isWritable() && unsent.isNone() && carrier.hasWindow() && !connection.pauses();
    }

    /** Whether there is memory for the response of another request. */
    boolean hasRoom() {
        return channel.isWritable() && unsent.hasRoom();
    }

    /**
     * A response of {@code bytes} waits for its turn. Returns false, and ends the connection, if there is no room for
     * it.
     */
    boolean waits(int bytes) {
        if (unsent.waits(bytes)) {
            return true;
        }
        closeUnsent();
        return false;
    }

    /** Such a response does not wait any more. */
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

    /** Writes bytes that another budget counts until they are sent. */
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
     * Flushes at the end of the turn, once for everything written in it; during a read, the end of the read flushes.
     */
    void flushLater() {
        if (!connection.isReading() && !queued) {
            queued = true;
            connection.loop().flushes().addResponse(this::flushNow);
        }
    }

    /** The same for a part of a long response, which whole responses do not wait for. */
    void flushPartLater() {
        if (!connection.isReading() && !queued) {
            queued = true;
            connection.loop().flushes().addPart(this::flushNow);
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
        carrier.flush(this);
    }

    /** Counts the bytes that a flush has left unsent. */
    void settle() {
        if (!unsent.flushed()) {
            closeUnsent();
        } else {
            connection.move().flushed();
        }
    }

    /** Whether everything is sent, and no flush is queued. */
    boolean isSent() {
        ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
        return !queued && unsent.isNone() && out != null && out.totalPendingWriteBytes() == 0;
    }
}
