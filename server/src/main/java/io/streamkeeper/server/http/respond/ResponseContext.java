package io.streamkeeper.server.http.respond;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.server.metrics.Operation;

/** What a response depends on beside its outcome: the request that it answers, and the connection. */
public interface ResponseContext {
    /** Whether the connection ends after the response. */
    boolean closes();

    /** Whether the client speaks version 1.0. */
    boolean isHttp10();

    /** Whether a body whose length is not known in advance gets chunked coding. */
    boolean isFramed();

    /** Whether the response ends after its head, whatever that says of a body. */
    boolean isBodyless();

    /** Whether the response gets the cross-origin fields. */
    boolean isCrossOrigin();

    /** Which answer to a read the client wants. */
    Preconditions conditions();

    /** The operation of the request, as metrics count it. */
    Operation operation();

    /** The read that is answered. */
    Command.Read read();

    /** The absolute URL of the request's target. */
    String url();
}
