package io.streamkeeper.server.limit;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.config.TenantPattern;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How many subscriptions each client and each tenant has, and may have. The counts follow from the subscriptions, so they
 * are the same after a restart. Safe for use by any thread; a lock is held for a few lookups.
 */
public final class SubscriptionQuotas {
    private final Supplier<LimitRules> rules;
    private final @Nullable TenantPattern tenants;
    private final Map<Payer, Integer> counts = new HashMap<>();

    /**
     * A client or tenant for which a subscription counts.
     *
     * @param isTenant whether it is a tenant
     * @param name its name
     */
    public record Payer(boolean isTenant, String name) {
        @Override
        public String toString() {
            return (isTenant ? "tenant " : "client ") + Quoted.of(name);
        }
    }

    SubscriptionQuotas(Supplier<LimitRules> rules, @Nullable TenantPattern tenants) {
        this.rules = rules;
        this.tenants = tenants;
    }

    /**
     * {@return those for which a subscription counts}
     *
     * @param client the authenticated name of the owner; null if it has none
     * @param paths of the streams that the subscription follows by name, and with which those of its pattern begin
     */
    public Set<Payer> payers(@Nullable String client, Collection<String> paths) {
        Set<Payer> payers = new HashSet<>();
        if (client != null) {
            payers.add(new Payer(false, client));
        }
        for (String path : paths) {
            String tenant = tenants == null ? null : tenants.tenantOf(path);
            if (tenant != null) {
                payers.add(new Payer(true, tenant));
            }
        }
        return payers;
    }

    /**
     * Counts one more subscription for each of {@code payers}, or for none.
     *
     * @return why one of them may not have it; null if it is counted
     */
    public synchronized @Nullable Refusal take(Set<Payer> payers) {
        for (Payer payer : payers) {
            int count = counts.getOrDefault(payer, 0);
            long max = max(payer);
            if (count >= max) {
                return Refusal.of(
                        ErrorCode.SUBSCRIPTION_LIMIT,
                        payer + " has " + count + " subscriptions, of at most " + max + "; delete some");
            }
        }
        takeExisting(payers);
        return null;
    }

    private long max(Payer payer) {
        LimitRules now = rules.get();
        return (payer.isTenant() ? now.ofTenant(payer.name()) : now.ofClient(ClientKey.ofName(payer.name())))
                .subscriptions();
    }

    /**
     * Counts a subscription that exists, whatever the limits are now.
     *
     * @param payers for which it counts
     */
    public synchronized void takeExisting(Set<Payer> payers) {
        payers.forEach(payer -> counts.merge(payer, 1, Integer::sum));
    }

    /**
     * A subscription that was counted for {@code payers} does not exist any more.
     *
     * @param payers for which it was counted
     */
    public synchronized void give(Set<Payer> payers) {
        payers.forEach(payer -> counts.computeIfPresent(payer, (key, count) -> count == 1 ? null : count - 1));
    }
}
