package io.streamkeeper.server.http.parse;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.server.http.request.HeaderName;
import io.streamkeeper.server.http.request.HttpRequest;

/**
 * The fields that state a condition of a request, or the form of its content. A valid condition is applied; one that is
 * not valid, or does not apply to the request, is refused, because the client relies on it.
 */
public final class Conditions {
    private static final String IDENTITY = "identity";

    /** Conditions of an append; no other request can satisfy them. */
    private static final HeaderName[] OF_APPENDS = {
        HeaderName.STREAM_EXPECTED_OFFSET,
        HeaderName.STREAM_SEQ,
        HeaderName.PRODUCER_ID,
        HeaderName.PRODUCER_EPOCH,
        HeaderName.PRODUCER_SEQ
    };

    private Conditions() {}

    /**
     * {@return the state of the stream that a write requires}
     *
     * @throws RefusedException if a field is not valid
     */
    static Preconditions ofWrite(HttpRequest request) {
        return Preconditions.parse(request.header(HeaderName.IF_MATCH), request.header(HeaderName.IF_NONE_MATCH));
    }

    /**
     * {@return the conditions of a read} An {@code If-None-Match} that is not valid matches nothing, so that the client
     * receives a complete answer; an {@code If-Match} that is not valid is refused.
     *
     * @throws RefusedException if {@code If-Match} is not valid
     */
    public static Preconditions ofRead(HttpRequest request) {
        String ifMatch = request.header(HeaderName.IF_MATCH);
        String ifNoneMatch = request.header(HeaderName.IF_NONE_MATCH);
        if (ifNoneMatch == null) {
            return Preconditions.parse(ifMatch, null);
        }
        try {
            return Preconditions.parse(ifMatch, ifNoneMatch);
        } catch (RefusedException e) {
            return Preconditions.parse(ifMatch, null);
        }
    }

    /**
     * Checks that a request other than an append has no condition of an append.
     *
     * @throws RefusedException if it has one
     */
    static void checkNoneOfAppends(HttpRequest request) {
        for (HeaderName name : OF_APPENDS) {
            if (request.has(name)) {
                throw new RefusedException(
                        ErrorCode.INVALID_HEADER,
                        "field " + name.text() + " came with " + request.methodText() + "; expected it with POST only");
            }
        }
    }

    /**
     * Checks that a body is the complete content, in the form in which it is to be stored.
     *
     * @throws RefusedException if the body has a content coding, or is declared to be a part (RFC 9110 sections 8.4 and
     *     14.5)
     */
    public static void checkPlain(HttpRequest request) {
        String range = request.header(HeaderName.CONTENT_RANGE);
        if (range != null) {
            throw new RefusedException(
                    ErrorCode.INVALID_HEADER,
                    "Content-Range is " + Quoted.of(range) + "; expected a whole content without it");
        }
        String codings = request.header(HeaderName.CONTENT_ENCODING);
        if (codings != null && request.body().isReadable() && !isIdentity(codings)) {
            throw new RefusedException(
                    ErrorCode.UNSUPPORTED_CONTENT_ENCODING,
                    "Content-Encoding is " + Quoted.of(codings)
                            + "; expected identity or none: bytes are stored as they" + " come");
        }
    }

    private static boolean isIdentity(String codings) {
        for (String coding : codings.split(",", -1)) {
            String name = coding.strip();
            if (!name.isEmpty() && !name.equalsIgnoreCase(IDENTITY)) {
                return false;
            }
        }
        return true;
    }
}
