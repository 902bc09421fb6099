package io.streamkeeper.server;

import io.streamkeeper.client.subscription.Claim;
import io.streamkeeper.client.subscription.Subscription;
import io.streamkeeper.client.subscription.SubscriptionCalls;
import io.streamkeeper.client.subscription.SubscriptionOptions;
import io.streamkeeper.client.subscription.SubscriptionPage;
import io.streamkeeper.client.subscription.SubscriptionResult;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The calls of {@link DurableSubscriptions} as blocking methods: each returns when the call has completed, and throws what
 * its future would fail with. Each uses only the calling thread. Safe for use by any thread.
 */
public final class BlockingSubscriptions implements SubscriptionCalls {
    private final DurableSubscriptions subscriptions;

    BlockingSubscriptions(DurableSubscriptions subscriptions) {
        this.subscriptions = subscriptions;
    }

    @Override
    public SubscriptionResult create(String id, SubscriptionOptions options) throws InterruptedException {
        return BlockingStreams.await(on -> subscriptions.create(id, options, on));
    }

    @Override
    public Subscription get(String id) throws InterruptedException {
        return BlockingStreams.await(on -> subscriptions.get(id, on));
    }

    @Override
    public SubscriptionPage list(@Nullable String after, int limit) throws InterruptedException {
        return BlockingStreams.await(on -> subscriptions.list(after, limit, on));
    }

    @Override
    public void delete(String id) throws InterruptedException {
        BlockingStreams.await(on -> subscriptions.delete(id, on));
    }

    @Override
    public void addStreams(String id, List<String> paths) throws InterruptedException {
        BlockingStreams.await(on -> subscriptions.addStreams(id, paths, on));
    }

    @Override
    public void removeStream(String id, String path) throws InterruptedException {
        BlockingStreams.await(on -> subscriptions.removeStream(id, path, on));
    }

    @Override
    public void seek(String id, String path, String offset) throws InterruptedException {
        BlockingStreams.await(on -> subscriptions.seek(id, path, offset, on));
    }

    @Override
    public Claim claim(String id, String worker) throws InterruptedException {
        return BlockingStreams.await(on -> subscriptions.claim(id, worker, on));
    }

    @Override
    public void ack(Claim claim, Map<String, String> offsets) throws InterruptedException {
        BlockingStreams.await(on -> subscriptions.ack(claim, offsets, on));
    }

    @Override
    public boolean done(Claim claim, Map<String, String> offsets) throws InterruptedException {
        return BlockingStreams.await(on -> subscriptions.done(claim, offsets, on));
    }

    @Override
    public void release(Claim claim) throws InterruptedException {
        BlockingStreams.await(on -> subscriptions.release(claim, on));
    }
}
