package io.streamkeeper.server.mount;

import io.netty.handler.codec.http.HttpMethod;
import java.util.ArrayDeque;

/**
 * The side whose turn it is to answer on one connection. Responses are sent in the order of the requests (RFC 9112
 * section 9.3.2), so only one side has requests at a time; it may have several. Used by the connection's event loop
 * only.
 */
final class ResponseOrder {
    /** The methods of the requests that are not answered, in their order. */
    private final ArrayDeque<HttpMethod> owed = new ArrayDeque<>();

    private Side turn = Side.NONE;

    /** Whether a request for {@code side} may be passed to it now. */
    boolean mayBegin(Side side) {
        return owed.isEmpty() || turn == side;
    }

    /** Records that a request is passed to {@code side}, which owes an answer until {@link #answered}. */
    void begin(Side side, HttpMethod method) {
        if (!mayBegin(side)) {
            throw new IllegalStateException("a request for " + side + " while " + turn + " owes an answer");
        }
        turn = side;
        owed.add(method);
    }

    /** Whether {@code side} owes an answer. */
    boolean owes(Side side) {
        return turn == side && !owed.isEmpty();
    }

    boolean owesNothing() {
        return owed.isEmpty();
    }

    /** The method of the request that is answered next. */
    HttpMethod first() {
        return owed.element();
    }

    /** Records that the last part of an answer has been written. */
    void answered() {
        owed.remove();
    }
}
