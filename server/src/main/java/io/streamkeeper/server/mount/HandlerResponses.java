package io.streamkeeper.server.mount;

import io.netty.handler.codec.http.HttpChunkedInput;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;

/**
 * Watches what the other handlers of a foreign pipeline answer, to know when an answer is whole. Used by the
 * connection's event loop only.
 */
final class HandlerResponses {
    /** What a message that they write means. */
    enum Progress {
        /** Their answer has not ended. */
        GOES_ON,
        /** It is the end of their answer. */
        ANSWERED,
        /** What follows is no HTTP any more. */
        SWITCHED
    }

    private boolean interim;
    private boolean closes;

    /** Whether the answer says that it is the connection's last. */
    boolean closes() {
        return closes;
    }

    /** Looks at {@code message}, a part of the answer to a request with {@code method}. */
    Progress see(Object message, HttpMethod method) {
        if (message instanceof HttpResponse response) {
            if (switches(response.status(), method)) {
                return Progress.SWITCHED;
            }
            interim = response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
            closes = response.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true);
        }
        boolean ends = message instanceof LastHttpContent || message instanceof HttpChunkedInput;
        return ends && !interim ? Progress.ANSWERED : Progress.GOES_ON;
    }

    private static boolean switches(HttpResponseStatus status, HttpMethod method) {
        return status.code() == HttpResponseStatus.SWITCHING_PROTOCOLS.code()
                || (method.equals(HttpMethod.CONNECT) && status.codeClass() == HttpStatusClass.SUCCESS);
    }
}
