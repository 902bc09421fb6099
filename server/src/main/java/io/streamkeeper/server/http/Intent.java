package io.streamkeeper.server.http;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/** What a request wants of the server. */
public sealed interface Intent {
    /**
     * An operation on a stream.
     *
     * @param command the operation; it owns the request's body
     */
    record OnStream(Command command) implements Intent {}

    /** To know whether the server answers. */
    record Health() implements Intent {}

    /** To know what a script of another origin may do (CORS). */
    record Preflight() implements Intent {}

    /**
     * Something that the server does not do.
     *
     * @param refusal the answer
     * @param allow for a method that is not allowed: those that are, as the field {@code Allow} tells them
     */
    record Refused(Refusal refusal, @Nullable String allow) implements Intent {}
}
