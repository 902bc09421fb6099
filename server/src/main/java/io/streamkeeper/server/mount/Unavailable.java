package io.streamkeeper.server.mount;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.streamkeeper.protocol.ErrorCode;
import java.nio.charset.StandardCharsets;

/**
 * The response if Streamkeeper refuses or has closed a connection, because it stops or has reached its limit of
 * connections.
 */
final class Unavailable {
    private static final byte[] BODY = ("{\"error\":{\"code\":\"" + ErrorCode.OVERLOADED.code()
                    + "\",\"message\":\"the server takes no requests on this connection; try again later\"}}")
            .getBytes(StandardCharsets.US_ASCII);

    private Unavailable() {}

    /** Returns the response to a request with {@code method}; it is the last of the connection. */
    static FullHttpResponse response(HttpMethod method) {
        ByteBuf body = method.equals(HttpMethod.HEAD) ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(BODY);
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SERVICE_UNAVAILABLE, body);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
                .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
                .set(HttpHeaderNames.RETRY_AFTER, 1)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE)
                .set(HttpHeaderNames.CONTENT_LENGTH, BODY.length);
        return response;
    }
}
