package io.streamkeeper.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.http.respond.Compression;
import io.streamkeeper.server.http.respond.GzipBody;
import io.streamkeeper.server.http.respond.Response;
import io.streamkeeper.server.shard.CatchUp;
import io.streamkeeper.server.shard.Shard;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One catch-up response (section 5.6). Owned by the connection's loop.
 *
 * <p>If the whole answer is in memory, it becomes an ordinary response. Any other is written window by window when its
 * turn comes, at the pace at which the client reads: only when a window has been sent completely does the server
 * reserve memory for the next one and read it. So a client that does not read holds one window, and only for the first
 * of its requests.
 *
 * <p>The length is known before the first byte, unless the body is compressed. If a later window cannot be read, the
 * connection is closed: the client notices the truncation by the length or by the missing last chunk.
 *
 * <pre>
 *   OPENING ──the answer is open──▶ OPEN ──its turn has come──▶ WRITING
 * </pre>
 */
final class CatchUpResponse extends LongResponse implements CatchUp.Reader {
    private static final Logger LOG = LoggerFactory.getLogger(CatchUpResponse.class);

    /**
     * Bytes of one window of an uncompressed body: few enough that a window read from a file is still in the
     * processor's cache when it is checked and sent.
     */
    private static final int WINDOW_BYTES = 256 << 10;

    private static final ByteBuf CLOSING_BRACKET = constant("]");
    private static final ByteBuf LINE_END = constant("\r\n");
    private static final ByteBuf LAST_CHUNK = constant("0\r\n\r\n");
    private static final ByteBuf LINE_END_AND_LAST_CHUNK = constant("\r\n0\r\n\r\n");

    private enum State {
        OPENING,
        OPEN,
        WRITING
    }

    private final CatchUp answer;
    private final int windowBytes;

    /** Whether the client accepts a compressed body, and the configuration allows one. */
    private final boolean mayCompress;

    /** The length of a limited answer is known only after it is read, so it is not opened before its turn. */
    private final boolean opensInTurn;

    private State state = State.OPENING;
    private boolean asked;
    private boolean headWritten;

    /** A window is being read or compressed. */
    private boolean busy;

    /** Describes the answer; its bytes are the first window until that is written. */
    private Outcome.@Nullable Chunk chunk;

    /** Bytes of the answer that no window has delivered yet. */
    private long left;

    private @Nullable GzipBody gzip;

    /** The part of the current window that is not compressed yet. */
    private ByteBuf input = Unpooled.EMPTY_BUFFER;

    CatchUpResponse(ConnectionHandler connection, Exchange exchange, Shard shard) {
        super(connection, exchange);
        this.mayCompress = connection.server().config().read().gzip() && exchange.acceptsGzip();
        this.windowBytes = mayCompress ? GzipBody.WINDOW_BYTES : WINDOW_BYTES;
        int bytesMax = connection.server().config().read().readBytesMax();
        this.opensInTurn = bytesMax > 0;
        this.answer = new CatchUp(shard, exchange.read(), bytesMax, this);
    }

    private static ByteBuf constant(String text) {
        return Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.US_ASCII)));
    }

    /** Opens the answer. Its bytes are read at once only if they are few, or if it is {@code first} in line. */
    void open(boolean first) {
        if (opensInTurn && !first) {
            return;
        }
        boolean reads =
                first && exchange.conditions().isNone() && connection.output().takesMore();
        int heldBytesMax = mayCompress ? 0 : CatchUp.SMALL_BYTES_MAX;
        asked = true;
        answer.open(reads ? connection.windowBytes(windowBytes) : heldBytesMax, !reads);
    }

    @Override
    boolean isLive() {
        return false;
    }

    // ---- the beginning ----

    @Override
    public void opened(Outcome result) {
        Outcome outcome = exchange.ofRead(result);
        if (isOver() || !channel.isActive()) {
            if (outcome instanceof Outcome.Chunk opened) {
                opened.bytes().release();
            }
            return;
        }
        if (!(outcome instanceof Outcome.Chunk opened)) {
            respond(connection.writer().outcome(exchange, outcome));
            return;
        }
        connection.move().answers(opened.length());
        boolean compresses = compresses(opened);
        if (opened.isWhole() && !compresses) {
            respond(connection.writer().outcome(exchange, opened));
            return;
        }
        Response bodyless = connection.writer().reads().withoutBody(exchange, opened, compresses);
        if (bodyless != null) {
            respond(bodyless);
            return;
        }
        chunk = opened;
        left = opened.length() - opened.bytes().readableBytes();
        state = State.OPEN;
        if (isStarted()) {
            begin(opened);
        }
    }

    private boolean compresses(Outcome.Chunk opened) {
        return mayCompress
                && opened.length() >= Compression.BYTES_MIN
                && Compression.suits(opened.contentType())
                && !exchange.isHttp10();
    }

    @Override
    void begin() {
        if (!asked) {
            open(true);
        } else if (state == State.OPEN && chunk != null) {
            begin(chunk);
        }
    }

    private void begin(Outcome.Chunk opened) {
        state = State.WRITING;
        if (compresses(opened)) {
            gzip = connection
                    .server()
                    .compression()
                    .begin(channel, opened.contentType().isJson());
            if (gzip == null) {
                Response bodyless = connection.writer().reads().withoutBody(exchange, opened, false);
                if (bodyless != null) {
                    respond(bodyless);
                    return;
                }
            }
        }
        ByteBuf first = opened.bytes();
        if (first.isReadable()) {
            chunk = opened.withBytes(Unpooled.EMPTY_BUFFER);
            take(opened, first);
        } else {
            read();
        }
    }

    // ---- windows ----

    /** Continues after everything written so far has been sent. */
    @Override
    void goOn() {
        if (busy) {
            return;
        }
        if (input.isReadable()) {
            compress();
        } else {
            read();
        }
    }

    private void read() {
        busy = true;
        if (gzip == null) {
            connection.move().before(() -> answer.next(connection.windowBytes(windowBytes)));
        } else {
            answer.next(connection.windowBytes(windowBytes));
        }
    }

    @Override
    public void window(ByteBuf bytes) {
        busy = false;
        Outcome.Chunk opened = chunk;
        if (isOver() || opened == null || !channel.isActive()) {
            bytes.release();
            return;
        }
        left -= bytes.readableBytes();
        take(opened, bytes);
    }

    private void take(Outcome.Chunk opened, ByteBuf bytes) {
        boolean isArray = opened.contentType().isJson();
        if (left == 0 && isArray) {
            bytes.writerIndex(bytes.writerIndex() - 1);
        }
        if (gzip != null) {
            input = bytes;
            compress();
            return;
        }
        if (!headWritten) {
            headWritten = true;
            channel.write(connection.writer().reads().beginData(exchange, opened), channel.voidPromise());
        }
        if (left > 0) {
            writePart(bytes);
            return;
        }
        if (bytes.isReadable()) {
            connection.output().writeCounted(bytes);
        } else {
            bytes.release();
        }
        if (isArray) {
            channel.write(CLOSING_BRACKET.duplicate(), channel.voidPromise());
        }
        finish();
    }

    /**
     * Writes the last bytes of a window. The next window is read when these bytes have been sent, so that only one is
     * held.
     */
    private void writePart(ByteBuf bytes) {
        connection.output().writeCounted(bytes).addListener((ChannelFutureListener) sent -> {
            if (!sent.isSuccess()) {
                return;
            }
            if (connection.pauses()) {
                goOnWhenWritable();
            } else {
                goOnLater();
            }
        });
        connection.wrotePart();
    }

    @Override
    public void failed(Refusal refusal) {
        busy = false;
        if (isOver() || !channel.isActive()) {
            return;
        }
        if (headWritten) {
            LOG.debug("a response ends early, and its connection with it: {}", refusal.message());
            channel.close();
        } else {
            respond(connection.writer().refused(exchange, refusal, null));
        }
    }

    // ---- compressed ----

    private void compress() {
        GzipBody body = gzip;
        if (body == null) {
            throw new IllegalStateException("a body that is not compressed has input left");
        }
        busy = true;
        ByteBuf piece = input.readRetainedSlice(Math.min(GzipBody.WINDOW_BYTES, input.readableBytes()));
        boolean last = left == 0 && !input.isReadable();
        if (!input.isReadable()) {
            input.release();
            input = Unpooled.EMPTY_BUFFER;
        }
        body.compress(piece, last, compressed -> compressed(compressed, last));
    }

    private void compressed(@Nullable ByteBuf compressed, boolean last) {
        busy = false;
        Outcome.Chunk opened = chunk;
        if (isOver() || opened == null || !channel.isActive()) {
            if (compressed != null) {
                compressed.release();
            }
        } else if (compressed == null) {
            failed(Refusal.of(ErrorCode.INTERNAL_ERROR, "the server failed to carry the request out"));
        } else if (last && !headWritten) {
            headWritten = true;
            ByteBuf head = connection.writer().reads().beginCompressed(exchange, opened, compressed.readableBytes());
            channel.write(head, channel.voidPromise());
            writeLast(compressed);
        } else {
            writeChunk(opened, compressed, last);
        }
    }

    private void writeChunk(Outcome.Chunk opened, ByteBuf compressed, boolean last) {
        if (!headWritten) {
            headWritten = true;
            channel.write(connection.writer().reads().beginCompressed(exchange, opened, -1), channel.voidPromise());
        }
        if (!exchange.isFramed()) {
            writePiece(compressed, last);
            return;
        }
        boolean chunked = compressed.isReadable();
        if (chunked) {
            String length = Integer.toHexString(compressed.readableBytes()) + "\r\n";
            channel.write(ByteBufUtil.writeAscii(channel.alloc(), length), channel.voidPromise());
            connection.output().writeCounted(compressed);
        } else {
            compressed.release();
        }
        if (last) {
            writeLast((chunked ? LINE_END_AND_LAST_CHUNK : LAST_CHUNK).duplicate());
        } else if (chunked) {
            writePart(LINE_END.duplicate());
        } else {
            connection.wrotePart();
            goOnLater();
        }
    }

    /** Writes a compressed piece without chunked coding. */
    private void writePiece(ByteBuf compressed, boolean last) {
        if (last) {
            writeLast(compressed);
        } else if (compressed.isReadable()) {
            writePart(compressed);
        } else {
            compressed.release();
            connection.wrotePart();
            goOnLater();
        }
    }

    /** Writes the last bytes of the body; the memory of the compression stays reserved until they have been sent. */
    private void writeLast(ByteBuf bytes) {
        GzipBody body = gzip;
        gzip = null;
        connection.output().writeCounted(bytes).addListener((ChannelFutureListener) sent -> {
            if (body != null) {
                body.close();
            }
        });
        finish();
    }

    // ---- the end ----

    private void finish() {
        end();
        connection.wrotePart();
        connection.line().advance();
    }

    /** Does nothing: a response that is under way is completed even while the server stops. */
    @Override
    void stopWaiting() {
        // A catch-up response waits for no future data.
    }

    @Override
    void release() {
        Outcome.Chunk opened = chunk;
        if (state == State.OPEN && opened != null) {
            opened.bytes().release();
        }
        answer.close();
        chunk = null;
        input.release();
        input = Unpooled.EMPTY_BUFFER;
        if (gzip != null) {
            gzip.close();
            gzip = null;
        }
    }
}
