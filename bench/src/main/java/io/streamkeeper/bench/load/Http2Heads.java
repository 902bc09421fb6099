package io.streamkeeper.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;

/**
 * Translates the heads of HTTP/1.1 requests, which workloads write, to HTTP/2. Consecutive requests with the same fields
 * share their translation. Owned by its connection.
 */
final class Http2Heads {
    private static final AsciiString HOST = AsciiString.cached("host");
    private static final int LINE_END_BYTES = 2;

    private final AsciiString scheme;
    private ByteBuf fields = Unpooled.EMPTY_BUFFER;
    private Http2Headers headers = new DefaultHttp2Headers(false);

    Http2Heads(boolean isTls) {
        scheme = AsciiString.cached(isTls ? "https" : "http");
    }

    /** Reads the head, so that the readable bytes are the body; the result is valid until the next call. */
    Http2Headers read(ByteBuf request) {
        AsciiString method = readUntil(request, ' ');
        AsciiString path = readUntil(request, ' ');
        request.skipBytes(request.bytesBefore((byte) '\n') + 1);
        int start = request.readerIndex();
        int length = fields.readableBytes();
        if (length > 0
                && length <= request.readableBytes()
                && ByteBufUtil.equals(request, start, fields, fields.readerIndex(), length)) {
            request.skipBytes(length);
        } else {
            headers = readFields(request);
            fields = Unpooled.copiedBuffer(request.slice(start, request.readerIndex() - start));
        }
        headers.method(method).path(path);
        return headers;
    }

    private Http2Headers readFields(ByteBuf request) {
        Http2Headers read = new DefaultHttp2Headers(false);
        read.scheme(scheme);
        while (request.getByte(request.readerIndex()) != '\r') {
            AsciiString name = readUntil(request, ':').toLowerCase();
            AsciiString value = readUntil(request, '\r').trim();
            request.skipBytes(1);
            if (name.contentEquals(HOST)) {
                read.authority(value);
            } else {
                read.add(name, value);
            }
        }
        request.skipBytes(LINE_END_BYTES);
        return read;
    }

    /** Reads the bytes before {@code end}, and skips it. */
    private static AsciiString readUntil(ByteBuf in, char end) {
        byte[] bytes = new byte[in.bytesBefore((byte) end)];
        in.readBytes(bytes).skipBytes(1);
        return new AsciiString(bytes, false);
    }
}
