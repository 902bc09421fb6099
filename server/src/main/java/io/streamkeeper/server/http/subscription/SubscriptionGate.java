package io.streamkeeper.server.http.subscription;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.security.Action;
import io.streamkeeper.server.security.Principal;
import io.streamkeeper.server.security.SecurityPolicy;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the security policy what a request about a subscription may name or show. The right to the subscription itself is
 * checked before the body of the request. Safe for use by any thread.
 */
final class SubscriptionGate {
    private static final Logger LOG = LoggerFactory.getLogger(SubscriptionGate.class);

    private final @Nullable SecurityPolicy policy;

    /** Asks {@code policy}; null if everybody may do everything. */
    SubscriptionGate(@Nullable SecurityPolicy policy) {
        this.policy = policy;
    }

    /** Whether a principal may take an action; false if the policy fails. */
    boolean allows(@Nullable Principal principal, Action action, StreamPath path) {
        if (policy == null) {
            return true;
        }
        if (principal == null) {
            return false;
        }
        try {
            return policy.allows(principal, action, path);
        } catch (RuntimeException | Error e) {
            LOG.error("the security policy has failed", e);
            return false;
        }
    }

    /**
     * Checks that a principal may read streams.
     *
     * @throws RefusedException if it may not read one of them, whether or not it exists
     */
    void checkReads(@Nullable Principal principal, List<StreamPath> streams) {
        for (StreamPath stream : streams) {
            check(principal, Action.READ, stream);
        }
    }

    /**
     * Checks that a principal may take an action.
     *
     * @throws RefusedException if it may not
     */
    void check(@Nullable Principal principal, Action action, StreamPath path) {
        if (!allows(principal, action, path)) {
            boolean isAnonymous = principal == null || principal.isAnonymous();
            throw new RefusedException(
                    isAnonymous ? ErrorCode.UNAUTHENTICATED : ErrorCode.FORBIDDEN,
                    "you may not " + action.text() + " " + Quoted.of(path.value()));
        }
    }
}
