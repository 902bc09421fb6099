package io.streamkeeper.server.mount;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Encodes requests that the codec of another server has decoded to bytes again, for the pipeline that reads bytes. One
 * for each connection, used by its event loop only.
 *
 * <p>The head states the length of the body. If handlers before the mount have made the two differ, the encoder fails,
 * so that no byte of a body is read as a part of the next request. Trailer fields are omitted, because the server does
 * not read them.
 */
final class RequestEncoder {
    private static final int HEAD_BYTES = 512;
    private static final int CHUNK_SIZE_BYTES = 10;
    private static final int CRLF_SHORT = '\r' << 8 | '\n';

    private static final ByteBuf CRLF = constant("\r\n");
    private static final ByteBuf LAST_CHUNK = constant("0\r\n\r\n");

    /** Written in place of a chunk that the codec could not read, so that the decoder refuses it too. */
    private static final ByteBuf INVALID_CHUNK = constant("invalid\r\n");

    private final ByteBufAllocator allocator;
    private final Consumer<ByteBuf> out;
    private boolean chunked;

    /** Bytes of the body that the head declares and that have not arrived yet. */
    private long missing;

    /** Encodes into {@code out}, which takes ownership of the buffers. */
    RequestEncoder(ByteBufAllocator allocator, Consumer<ByteBuf> out) {
        this.allocator = allocator;
        this.out = out;
    }

    private static ByteBuf constant(String text) {
        return Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.US_ASCII)));
    }

    /**
     * Encodes the next part of a request: its head, a part of its body, or the whole request. The caller keeps
     * ownership of the part.
     *
     * @throws IllegalStateException if the body does not have the length that the head declares
     */
    void encode(HttpObject part) {
        if (part instanceof HttpRequest request) {
            encodeHead(request);
        }
        if (part instanceof HttpContent content) {
            encodeContent(content);
        }
    }

    private void encodeHead(HttpRequest request) {
        boolean whole = request instanceof FullHttpRequest;
        chunked = !whole && HttpUtil.isTransferEncodingChunked(request);
        missing = whole ? ((FullHttpRequest) request).content().readableBytes() : announced(request);
        ByteBuf head = allocator.buffer(HEAD_BYTES);
        writeText(head, request.method().asciiName());
        head.writeByte(' ');
        writeText(head, request.uri());
        head.writeByte(' ');
        writeText(head, request.protocolVersion().text());
        ByteBufUtil.writeShortBE(head, CRLF_SHORT);
        writeFields(head, request, whole);
        if (whole && missing > 0) {
            writeField(head, HttpHeaderNames.CONTENT_LENGTH, Long.toString(missing));
        }
        ByteBufUtil.writeShortBE(head, CRLF_SHORT);
        out.accept(head);
    }

    private long announced(HttpRequest request) {
        return chunked ? 0 : HttpUtil.getContentLength(request, 0L);
    }

    private static void writeFields(ByteBuf head, HttpRequest request, boolean whole) {
        Iterator<Map.Entry<CharSequence, CharSequence>> fields =
                request.headers().iteratorCharSequence();
        while (fields.hasNext()) {
            Map.Entry<CharSequence, CharSequence> field = fields.next();
            if (!whole || !isSettled(field.getKey(), field.getValue())) {
                writeField(head, field.getKey(), field.getValue());
            }
        }
    }

    /** Whether a field describes the framing of the body, which is already decoded. */
    private static boolean isSettled(CharSequence name, CharSequence value) {
        return HttpHeaderNames.CONTENT_LENGTH.contentEqualsIgnoreCase(name)
                || (HttpHeaderNames.TRANSFER_ENCODING.contentEqualsIgnoreCase(name)
                        && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(value))
                || (HttpHeaderNames.EXPECT.contentEqualsIgnoreCase(name)
                        && HttpHeaderValues.CONTINUE.contentEqualsIgnoreCase(value));
    }

    private static void writeField(ByteBuf head, CharSequence name, CharSequence value) {
        writeText(head, name);
        head.writeByte(':').writeByte(' ');
        writeText(head, value);
        ByteBufUtil.writeShortBE(head, CRLF_SHORT);
    }

    private static void writeText(ByteBuf head, CharSequence text) {
        if (text instanceof AsciiString ascii) {
            ByteBufUtil.copy(ascii, head);
        } else {
            head.writeCharSequence(text, StandardCharsets.ISO_8859_1);
        }
    }

    private void encodeContent(HttpContent content) {
        boolean last = content instanceof LastHttpContent;
        if (chunked) {
            encodeChunk(content, last);
            return;
        }
        missing -= content.content().readableBytes();
        if (missing < 0 || (last && missing > 0)) {
            throw new IllegalStateException("the body of a request is " + Math.abs(missing) + " bytes "
                    + (missing < 0 ? "longer" : "shorter") + " than its Content-Length says");
        }
        encodeBytes(content);
    }

    private void encodeChunk(HttpContent content, boolean last) {
        if (content.decoderResult().isFailure()) {
            out.accept(INVALID_CHUNK.duplicate());
            return;
        }
        int length = content.content().readableBytes();
        if (length > 0) {
            ByteBuf size = allocator.buffer(CHUNK_SIZE_BYTES);
            size.writeCharSequence(Integer.toHexString(length), StandardCharsets.US_ASCII);
            out.accept(ByteBufUtil.writeShortBE(size, CRLF_SHORT));
            encodeBytes(content);
            out.accept(CRLF.duplicate());
        }
        if (last) {
            out.accept(LAST_CHUNK.duplicate());
        }
    }

    private void encodeBytes(HttpContent content) {
        if (content.content().isReadable()) {
            out.accept(content.content().retainedDuplicate());
        }
    }
}
