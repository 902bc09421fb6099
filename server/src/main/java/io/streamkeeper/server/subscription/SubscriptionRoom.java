package io.streamkeeper.server.subscription;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.log.RareReport;
import io.streamkeeper.storage.memory.Budget;
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
    private final AtomicInteger subscriptions = new AtomicInteger();
    private final AtomicLong links = new AtomicLong();
    private final RareReport shortages = new RareReport(System::nanoTime);

    SubscriptionRoom(SubscriptionLimits limits, Budget heap) {
        this.limits = limits;
        this.heap = heap;
    }

    /** Takes the room of one more subscription; returns the refusal if there is none. */
    @Nullable
    Refusal takeSubscription() {
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

    void giveSubscription() {
        subscriptions.decrementAndGet();
        heap.release(SUBSCRIPTION_BYTES);
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
