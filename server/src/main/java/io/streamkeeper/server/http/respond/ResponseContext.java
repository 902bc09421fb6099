package io.streamkeeper.server.http.respond;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.server.metrics.Operation;
import org.jspecify.annotations.Nullable;

/** The request and the connection of a response, as far as the response depends on them in addition to its outcome. */
public interface ResponseContext {
    /** Who may have the response to a read, for caches. */
    enum Readers {
        /** The server does not authenticate. */
        ALL,
        /** Everybody may, but a request with other credentials may get another response. */
        ANONYMOUS,
        /** Only the client that has sent the request. */
        ONE
    }

    /** Who may have the response to a read. */
    Readers readers();

    /** Whether the connection ends after the response. */
    boolean closes();

    /** Whether the client uses version 1.0. */
    boolean isHttp10();

    /** Whether a body whose length is not known in advance gets chunked coding. */
    boolean isFramed();

    /** Whether the response ends after its head, even if the head describes a body. */
    boolean isBodyless();

    /** Whether the response gets the cross-origin fields. */
    boolean isCrossOrigin();

    /** The origin of the page for which a browser sends the request; null if it names none. */
    @Nullable
    String origin();

    /** The conditions of a read: which answer the client accepts. */
    Preconditions conditions();

    /** The operation of the request, as metrics count it. */
    Operation operation();

    /** The read that is answered. */
    Command.Read read();

    /** How long the request has taken so far. */
    long elapsedNanos();

    /**
     * The response was begun with this status, or as the refusal with {@code code}, {@code nanos} after the arrival of the request: the request is decided.
     * Called once, or never if the client is gone.
     */
    void answered(int status, @Nullable ErrorCode code, long nanos);

    /** The id of the request, which the response contains; null if there is no access log. */
    @Nullable
    String requestId();

    /** The absolute URL of the request's target. */
    String url();
}
