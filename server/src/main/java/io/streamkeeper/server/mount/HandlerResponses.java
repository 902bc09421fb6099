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
 * Observes the responses of the other handlers of a foreign pipeline, to detect when one is complete. Used by the
 * connection's event loop only.
 */
final class HandlerResponses {
    /** The effect of a message that the handlers write. */
    enum Progress {
        /** The response is not complete yet. */
        GOES_ON,
        /** The message ends the response. */
        ANSWERED,
        /** The connection is no longer HTTP after this message. */
        SWITCHED
    }

    private boolean interim;
    private boolean closes;

    /** Whether the response declares itself the last of the connection. */
    boolean closes() {
        return closes;
    }

    /** Inspects {@code message}, a part of the response to a request with {@code method}. */
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
