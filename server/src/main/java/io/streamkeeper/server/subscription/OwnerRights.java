package io.streamkeeper.server.subscription;

import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.log.RareReport;
import io.streamkeeper.server.security.Action;
import io.streamkeeper.server.security.Grant;
import io.streamkeeper.server.security.Principal;
import io.streamkeeper.server.security.SecurityPolicy;
import io.streamkeeper.server.subscription.SubscriptionOwner.StoredGrant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the owners of subscriptions may do, as the policies of the servers on these streams decide: what one of them
 * allows is allowed. While there is no server nothing is, so nothing is delivered before the policy is known; but the program
 * that has opened the streams may do everything at any time. Safe for use by any thread.
 */
public final class OwnerRights implements Subscriptions.Rights {
    private static final Logger LOG = LoggerFactory.getLogger(OwnerRights.class);

    private final List<Front> fronts = new CopyOnWriteArrayList<>();
    private final RareReport failures = new RareReport(System::nanoTime);

    /** A server on these streams; two with the same policy are two. */
    private static final class Front {
        /** Null if everybody may do everything. */
        private final @Nullable SecurityPolicy policy;

        Front(@Nullable SecurityPolicy policy) {
            this.policy = policy;
        }
    }

    /**
     * A server begins; its policy decides from now on.
     *
     * @return ends that
     */
    public Runnable add(@Nullable SecurityPolicy policy) {
        Front front = new Front(policy);
        fronts.add(front);
        return () -> fronts.remove(front);
    }

    /**
     * Who owns a subscription that a principal creates. What the credentials of the principal allow it for a time, they
     * allow the subscription until it is deleted.
     *
     * @param principal null if the server does not authenticate
     */
    public static SubscriptionOwner owner(@Nullable Principal principal) {
        Principal known = principal == null ? Principal.ANONYMOUS : principal;
        return new SubscriptionOwner(
                known.name(),
                known.hasName(),
                known.grants().stream()
                        .map(grant -> new StoredGrant(grant.storedActions(), grant.storedPaths()))
                        .toList());
    }

    @Override
    public boolean mayRead(SubscriptionOwner owner, StreamPath path) {
        return allows(owner, Action.READ, path);
    }

    @Override
    public boolean mayAppend(SubscriptionOwner owner, StreamPath path) {
        return allows(owner, Action.APPEND, path);
    }

    private boolean allows(SubscriptionOwner owner, Action action, StreamPath path) {
        if (owner.equals(SubscriptionOwner.PROGRAM)) {
            return true;
        }
        for (Front front : fronts) {
            if (front.policy == null || allows(front.policy, owner, action, path)) {
                return true;
            }
        }
        return false;
    }

    private boolean allows(SecurityPolicy policy, SubscriptionOwner owner, Action action, StreamPath path) {
        try {
            return policy.allows(principal(owner), action, path);
        } catch (RuntimeException | Error e) {
            long unreported = failures.unreported();
            if (unreported != RareReport.NOT_DUE) {
                LOG.error(
                        "the security policy has failed for the owner of a subscription ({} more since the last such"
                                + " line)",
                        unreported,
                        e);
            }
            return false;
        }
    }

    private static Principal principal(SubscriptionOwner owner) {
        List<Grant> grants = owner.grants().stream()
                .map(grant -> Grant.ofStored(grant.actions(), grant.paths()))
                .toList();
        return new Principal(owner.name(), Long.MAX_VALUE, grants, owner.hasName());
    }
}
