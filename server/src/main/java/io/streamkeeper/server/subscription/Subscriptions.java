package io.streamkeeper.server.subscription;

import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.shard.Callback;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * All subscriptions of a server (sections 6 and 7). The calls may be made by any thread, and are answered once, by a loop:
 * after the change that they make is durable. Refusals have the codes of {@link io.streamkeeper.protocol.ErrorCode}.
 */
public interface Subscriptions extends AutoCloseable {
    /**
     * The result of {@link #put}.
     *
     * @param isNew whether it was created
     * @param subscription with its first links
     */
    record Put(boolean isNew, SubscriptionView subscription) {}

    /**
     * A page of subscriptions in the order of their ids.
     *
     * @param next the id after which the next page begins; null for the last page
     */
    record Page(
            List<SubscriptionView> subscriptions, @Nullable String next) {}

    /** What the owner of a subscription may do now. Asked by all loops; does not block. */
    interface Rights {
        /** Whether it may read a stream: only then the stream is linked and wakes. */
        boolean mayRead(SubscriptionOwner owner, StreamPath path);

        /** Whether it may append to a stream: asked before a wake is written to the wake stream. */
        boolean mayAppend(SubscriptionOwner owner, StreamPath path);
    }

    /** Creates a subscription, or confirms one with an equal configuration (section 6.2). */
    void put(String id, SubscriptionSpec spec, SubscriptionOwner owner, Callback<Put> then);

    /** Describes a subscription with all its links (section 6.3). */
    default void get(String id, Callback<SubscriptionView> then) {
        get(id, LinkRange.ALL, then);
    }

    /** Describes a subscription with some of its links. */
    void get(String id, LinkRange links, Callback<SubscriptionView> then);

    /** Describes subscriptions without their links: those whose ids begin with {@code prefix} and are after one. */
    void list(String prefix, @Nullable String after, int limit, Callback<Page> then);

    /** Deletes a subscription; does nothing if it does not exist (section 6.3). */
    void delete(String id, Callback<Boolean> then);

    /** Links streams by name, at their tails (section 6.4). */
    void addStreams(String id, List<StreamPath> streams, Callback<Boolean> then);

    /** Removes the explicit link of a stream, if it has one (section 6.4). */
    void removeStream(String id, StreamPath stream, Callback<Boolean> then);

    /** Claims the pending work of a pull-wake subscription (section 7.2). */
    void claim(String id, String worker, Callback<ClaimResult> then);

    /**
     * Acknowledges offsets, and extends or releases the lease: a callback of a webhook, or an ack of a pull-wake worker.
     *
     * @param kind what the subscription must be
     * @param then receives whether the subscription wakes a worker again
     */
    void ack(String id, SubscriptionSpec.Kind kind, AckRequest request, Callback<Boolean> then);

    /** Releases the lease of a pull-wake worker without acknowledging anything (section 7.2). */
    void release(String id, String token, String wakeId, long generation, Callback<Boolean> then);

    /**
     * Moves the cursor of a stream to any place of it, for operators: work is done again, or skipped. Fences the wake that
     * is in flight.
     *
     * @param place the beginning, the tail or an offset
     */
    void seek(String id, StreamPath stream, ReadStart place, Callback<Boolean> then);

    /**
     * The decisions of {@link Rights} may have changed: all links are compared with them again. Nothing is delivered before
     * the first call.
     */
    void rightsChanged();

    /** Counts what there is now, without waiting for the start; completed by any thread. */
    CompletableFuture<SubscriptionFigures> figures();

    /** Ends all deliveries. The shards are still open. */
    @Override
    void close();
}
