package io.streamkeeper.server.subscription;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.limit.SubscriptionQuotas;
import io.streamkeeper.server.log.RareReport;
import io.streamkeeper.storage.memory.Budget;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The heap of all subscriptions and their links, reserved from the budget of descriptions before it is used (I7), and
 * their numbers. Safe for use by any thread.
 */
final class SubscriptionRoom {
    /** The heap of a subscription without links, estimated: its state, its queue, its pattern in each shard. */
    static final long SUBSCRIPTION_BYTES = 8 << 10;

    /** The heap of a link: its cursor, its entries in tables of the owner, and its armed watch. */
    static final long LINK_BYTES = 352;

    private static final Logger LOG = LoggerFactory.getLogger(SubscriptionRoom.class);

    private final SubscriptionLimits limits;
    private final Budget heap;
    private final @Nullable SubscriptionQuotas quotas;
    private final AtomicInteger subscriptions = new AtomicInteger();
    private final AtomicLong links = new AtomicLong();
    private final RareReport shortages = new RareReport(System::nanoTime);

    /** Room; {@code quotas} has the limits of each client and tenant, null for none. */
    SubscriptionRoom(SubscriptionLimits limits, Budget heap, @Nullable SubscriptionQuotas quotas) {
        this.limits = limits;
        this.heap = heap;
        this.quotas = quotas;
    }

    /** The clients and tenants for which a subscription counts, if they have limits. */
    Set<SubscriptionQuotas.Payer> payers(SubscriptionSpec spec, SubscriptionOwner owner) {
        if (quotas == null) {
            return Set.of();
        }
        Set<String> paths = new HashSet<>();
        spec.streams().forEach(stream -> paths.add(stream.value()));
        String prefix = spec.pattern() == null ? "" : spec.pattern().literalPrefix();
        if (!prefix.isEmpty()) {
            paths.add(prefix);
        }
        return quotas.payers(owner.hasName() ? owner.name() : null, paths);
    }

    /** Takes the room of one more subscription; returns the refusal if there is none. */
    @Nullable
    Refusal takeSubscription(Set<SubscriptionQuotas.Payer> payers) {
        Refusal refusal = takeSubscription();
        if (refusal != null || quotas == null) {
            return refusal;
        }
        refusal = quotas.take(payers);
        if (refusal != null) {
            giveSubscription(Set.of());
        }
        return refusal;
    }

    private @Nullable Refusal takeSubscription() {
        if (subscriptions.incrementAndGet() > limits.subscriptionsMax()) {
            subscriptions.decrementAndGet();
            return Refusal.of(
                    ErrorCode.OVERLOADED,
                    "the server has " + limits.subscriptionsMax() + " subscriptions, which is the limit; delete some");
        }
        if (!heap.tryReserve(SUBSCRIPTION_BYTES)) {
            subscriptions.decrementAndGet();
            return noHeap();
        }
        return null;
    }

    /** The same for one that exists already, whatever the limits are now. */
    void takeExisting() {
        subscriptions.incrementAndGet();
        heap.reserveAlways(SUBSCRIPTION_BYTES);
    }

    /** Counts one that exists for the clients and tenants that it belongs to, whatever their limits are now. */
    void countExisting(Set<SubscriptionQuotas.Payer> payers) {
        if (quotas != null) {
            quotas.takeExisting(payers);
        }
    }

    void giveSubscription(Set<SubscriptionQuotas.Payer> payers) {
        subscriptions.decrementAndGet();
        heap.release(SUBSCRIPTION_BYTES);
        if (quotas != null) {
            quotas.give(payers);
        }
    }

    /** Takes the room of one more link, if there is any. */
    boolean takeLink() {
        if (links.incrementAndGet() > limits.linksMax() || !heap.tryReserve(LINK_BYTES)) {
            links.decrementAndGet();
            return false;
        }
        return true;
    }

    void giveLinks(int count) {
        links.addAndGet(-count);
        heap.release(LINK_BYTES * count);
    }

    /** Reports that a subscription does not follow all its streams. */
    void reportShortage(String id) {
        long unreported = shortages.unreported();
        if (unreported != RareReport.NOT_DUE) {
            LOG.warn(
                    "subscription {} does not follow all its streams ({} more since the last such line): {}",
                    id,
                    unreported,
                    noLinks().message());
        }
    }

    /** The refusal of links for which there is no room. */
    Refusal noLinks() {
        return Refusal.of(
                ErrorCode.OVERLOADED,
                "subscriptions have " + links.get() + " links of at most " + limits.linksMax()
                        + ", or the memory for streams is full; delete subscriptions, or try again later");
    }

    private Refusal noHeap() {
        return Refusal.of(
                ErrorCode.OVERLOADED,
                "streams and subscriptions take " + heap.usedBytes() + " of the " + heap.bytesMax()
                        + " bytes of heap available for them; try again later");
    }
}
