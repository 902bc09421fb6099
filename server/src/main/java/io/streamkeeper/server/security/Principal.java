package io.streamkeeper.server.security;

import java.util.List;

/**
 * Who sends a request, as authenticated. Immutable.
 *
 * @param name the name for rules and the audit log
 * @param expiresAtMillis when the authentication ends, in milliseconds since 1970 UTC; {@link Long#MAX_VALUE} for never.
 *     Live reads end then.
 * @param grants what its credentials allow, in addition to what rules allow to its name
 * @param hasName whether rules for names apply to it; not so for a signed URL, which allows what it contains
 */
public record Principal(String name, long expiresAtMillis, List<Grant> grants, boolean hasName) {
    /** Everybody who sends no credentials. */
    public static final Principal ANONYMOUS = new Principal("anonymous", Long.MAX_VALUE, List.of(), false);

    /** Copies the list. */
    public Principal {
        grants = List.copyOf(grants);
    }

    /**
     * {@return a principal with a name, whose credentials do not expire}
     *
     * @param name for rules and the audit log
     */
    public static Principal named(String name) {
        return new Principal(name, Long.MAX_VALUE, List.of(), true);
    }

    /** {@return whether it has sent no credentials} */
    public boolean isAnonymous() {
        return equals(ANONYMOUS);
    }

    /**
     * {@return whether its credentials have expired}
     *
     * @param nowMillis milliseconds since 1970 UTC
     */
    public boolean hasExpired(long nowMillis) {
        return nowMillis >= expiresAtMillis;
    }
}
