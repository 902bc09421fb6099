package io.streamkeeper.server.security;

import org.jspecify.annotations.Nullable;

/**
 * The result of an authentication: a principal, or the reason why there is none. Immutable.
 *
 * @param principal null if the credentials are not valid, or cannot be checked now
 * @param problem why there is no principal, without any part of the credentials; empty if there is one
 * @param mayPass whether the same credentials may be valid later: what is needed to check them is not available now
 */
public record Authentication(@Nullable Principal principal, String problem, boolean mayPass) {
    /**
     * {@return a success}
     *
     * @param principal who sends the request
     */
    public static Authentication of(Principal principal) {
        return new Authentication(principal, "", false);
    }

    /**
     * {@return a failure, answered 401}
     *
     * @param problem why the credentials are not valid; clients see it
     */
    public static Authentication refused(String problem) {
        return new Authentication(null, problem, false);
    }

    /**
     * {@return a failure that passes, answered 503}
     *
     * @param problem why the credentials cannot be checked now; clients see it
     */
    public static Authentication unavailable(String problem) {
        return new Authentication(null, problem, true);
    }
}
