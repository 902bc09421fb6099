package io.streamkeeper.server.subscription;

import java.util.List;

/**
 * Who has created a subscription: a principal, in a form that can be stored. Immutable.
 *
 * @param name the name of the principal
 * @param hasName whether rules for names apply to it
 * @param grants what its credentials allowed when it created the subscription, each as actions and a pattern of paths
 */
public record SubscriptionOwner(String name, boolean hasName, List<StoredGrant> grants) {
    /**
     * The program that has opened the streams, which may do everything. No principal has its grant, because that names no
     * action.
     */
    public static final SubscriptionOwner PROGRAM =
            new SubscriptionOwner("program", false, List.of(new StoredGrant("program", "**")));

    /**
     * A grant.
     *
     * @param actions names joined by commas
     * @param paths a pattern of paths
     */
    public record StoredGrant(String actions, String paths) {}

    /** Copies the list. */
    public SubscriptionOwner {
        grants = List.copyOf(grants);
    }
}
