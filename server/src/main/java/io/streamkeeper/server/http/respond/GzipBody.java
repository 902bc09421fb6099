package io.streamkeeper.server.http.respond;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.streamkeeper.server.shard.LoopTasks;
import io.streamkeeper.storage.memory.Reservation;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One body that is compressed piece by piece (RFC 1952). Owned by the connection's loop, which passes one piece at a
 * time to a worker; meanwhile only the worker uses the compressor. So each connection has at most one piece in the
 * workers' queue, which is served in order: a long body delays others by one piece at a time only.
 *
 * <p>The memory of the whole body is reserved while this object exists: that of the compressor, and of the output of
 * two pieces.
 */
public final class GzipBody implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GzipBody.class);

    /** Bytes of one piece at most. */
    public static final int WINDOW_BYTES = 128 << 10;

    /** Bytes that zlib allocates for a compressor, and those of the header and trailer. */
    private static final int COMPRESSOR_BYTES = 272 << 10;

    /** Output of a piece that does not become smaller: five more bytes for each 16 KiB, and the brackets. */
    private static final int OUTPUT_BYTES_MAX = WINDOW_BYTES + (1 << 10);

    /** Bytes to reserve for one body. */
    public static final int RESERVED_BYTES = COMPRESSOR_BYTES + 2 * OUTPUT_BYTES_MAX;

    private static final byte[] HEADER = {0x1f, (byte) 0x8b, Deflater.DEFLATED, 0, 0, 0, 0, 0, 4, (byte) 0xff};
    private static final int TRAILER_BYTES = 8;

    private final Executor workers;
    private final Reservation reservation;
    private final Channel channel;
    private final boolean isArray;
    private final Deflater deflater;
    private final CRC32 checksum = new CRC32();
    private boolean begun;

    /**
     * Guarded by this, with {@link #closed}: while a worker runs, the worker ends the compressor, else {@link #close}
     * does.
     */
    private boolean running;

    private boolean closed;

    /**
     * A body for {@code channel}.
     *
     * @param reservation of {@link #RESERVED_BYTES}; owned by this object from now on
     * @param isArray whether the compressed text is put in brackets
     */
    GzipBody(Executor workers, Reservation reservation, Channel channel, boolean isArray) {
        this.workers = workers;
        this.reservation = reservation;
        this.channel = channel;
        this.isArray = isArray;
        this.deflater = new Deflater(Deflater.BEST_SPEED, true);
    }

    /**
     * Compresses the next piece; {@code then} must have been called for the previous one.
     *
     * @param piece at most {@link #WINDOW_BYTES}; owned by this object from now on
     * @param last whether the body ends with this piece
     * @param then receives the output, which may be empty, or null if the compression has failed; on the connection's
     *     loop
     */
    public void compress(ByteBuf piece, boolean last, Consumer<@Nullable ByteBuf> then) {
        synchronized (this) {
            running = true;
        }
        try {
            workers.execute(() -> work(piece, last, then));
        } catch (RejectedExecutionException e) {
            LOG.debug("a body is not compressed: the server has stopped", e);
            piece.release();
            stopped();
            then.accept(null);
        }
    }

    private void work(ByteBuf piece, boolean last, Consumer<@Nullable ByteBuf> then) {
        ByteBuf compressed = null;
        try {
            compressed = isClosed() ? null : compress(piece, last);
        } catch (RuntimeException | Error e) {
            LOG.error("a body cannot be compressed", e);
        } finally {
            piece.release();
            stopped();
        }
        ByteBuf result = compressed;
        LoopTasks.run(channel.eventLoop(), () -> then.accept(result));
    }

    private ByteBuf compress(ByteBuf piece, boolean last) {
        ByteBuf out = channel.alloc().directBuffer(Math.max(512, piece.readableBytes() / 4), OUTPUT_BYTES_MAX);
        try {
            if (!begun) {
                begun = true;
                out.writeBytes(HEADER);
                if (isArray) {
                    deflate(ByteBuffer.wrap(new byte[] {'['}), out);
                }
            }
            for (ByteBuffer part : piece.nioBuffers()) {
                deflate(part, out);
            }
            if (last) {
                if (isArray) {
                    deflate(ByteBuffer.wrap(new byte[] {']'}), out);
                }
                finish(out);
            }
            return out;
        } catch (RuntimeException | Error e) {
            out.release();
            throw e;
        }
    }

    private void deflate(ByteBuffer part, ByteBuf out) {
        checksum.update(part.duplicate());
        deflater.setInput(part);
        while (!deflater.needsInput()) {
            drain(out);
        }
    }

    private void finish(ByteBuf out) {
        deflater.finish();
        while (!deflater.finished()) {
            drain(out);
        }
        out.ensureWritable(TRAILER_BYTES);
        out.writeIntLE((int) checksum.getValue());
        out.writeIntLE((int) deflater.getBytesRead());
    }

    private void drain(ByteBuf out) {
        if (!out.isWritable()) {
            out.ensureWritable(Math.min(out.maxWritableBytes(), Math.max(512, out.capacity())));
        }
        ByteBuffer target = out.nioBuffer(out.writerIndex(), out.writableBytes());
        out.writerIndex(out.writerIndex() + deflater.deflate(target));
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private synchronized void stopped() {
        running = false;
        if (closed) {
            end();
        }
    }

    /** Releases everything, at once or when the running worker has finished; may be called again. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            if (!running) {
                end();
            }
        }
    }

    private void end() {
        deflater.end();
        reservation.close();
    }
}
