package io.streamkeeper.server.http.parse;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.route.Route;
import org.jspecify.annotations.Nullable;

/** What a request asks of the server. */
public sealed interface Intent {
    /**
     * An operation on a stream.
     *
     * @param command the operation; it owns the request's body
     */
    record OnStream(Command command) implements Intent {}

    /**
     * A request for a path of the table.
     *
     * @param route takes the request's method
     * @param request still owns its body
     */
    record Routed(Route route, HttpRequest request) implements Intent {}

    /**
     * {@code OPTIONS}: what may be done with a path, also by a script of another origin (CORS).
     *
     * @param methods those of the path, as a list
     */
    record Options(String methods) implements Intent {}

    /**
     * Something that the server does not do.
     *
     * @param refusal the answer
     * @param allow where the method is not allowed: those that are, as the field {@code Allow} lists them
     */
    record Refused(Refusal refusal, @Nullable String allow) implements Intent {}
}
