package io.streamkeeper.client.http;

import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.http.SubscriptionRequests.WakeName;
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
 * The subscriptions of a server as blocking methods. A request is repeated if the connection breaks or the server restarts,
 * as {@link RemoteStreams#retryMax} says; a claim is not, because the first attempt may have taken the work. After a
 * repetition, {@link #done} and {@link #release} may throw {@link StreamException.Fenced} because of their own first
 * attempt. The requests of a worker that has claimed are authorised by the claim alone. Immutable; safe for use by any
 * thread.
 */
public final class RemoteSubscriptions implements SubscriptionCalls {
    private final RemoteCalls calls;
    private final SubscriptionRequests requests;

    RemoteSubscriptions(RemoteSettings settings) {
        this.calls = new RemoteCalls(settings);
        this.requests = new SubscriptionRequests(settings);
    }

    @Override
    public SubscriptionResult create(String id, SubscriptionOptions options) throws InterruptedException {
        Answer answer = calls.answer(() -> requests.create(id, options), true);
        return new SubscriptionResult(
                answer.status() != 201, SubscriptionAnswers.read(answer, SubscriptionAnswers::subscription));
    }

    @Override
    public Subscription get(String id) throws InterruptedException {
        Answer answer = calls.answer(() -> requests.get(id), true);
        return SubscriptionAnswers.read(answer, SubscriptionAnswers::subscription);
    }

    @Override
    public SubscriptionPage list(@Nullable String after, int limit) throws InterruptedException {
        Answer answer = calls.answer(() -> requests.list(after, limit), true);
        return SubscriptionAnswers.read(answer, SubscriptionAnswers::page);
    }

    @Override
    public void delete(String id) throws InterruptedException {
        calls.answer(() -> requests.delete(id), true);
    }

    @Override
    public void addStreams(String id, List<String> paths) throws InterruptedException {
        calls.answer(() -> requests.addStreams(id, paths), true);
    }

    @Override
    public void removeStream(String id, String path) throws InterruptedException {
        calls.answer(() -> requests.removeStream(id, path), true);
    }

    @Override
    public void seek(String id, String path, String offset) throws InterruptedException {
        calls.answer(() -> requests.seek(id, path, offset), true);
    }

    @Override
    public Claim claim(String id, String worker) throws InterruptedException {
        Answer answer = calls.answer(() -> requests.claim(id, worker), false);
        return SubscriptionAnswers.read(answer, json -> SubscriptionAnswers.claim(json, id));
    }

    @Override
    public void ack(Claim claim, Map<String, String> offsets) throws InterruptedException {
        calls.answer(() -> requests.ack(claim.subscription(), nameOf(claim), offsets, false), true);
    }

    @Override
    public boolean done(Claim claim, Map<String, String> offsets) throws InterruptedException {
        Answer answer = calls.answer(() -> requests.ack(claim.subscription(), nameOf(claim), offsets, true), true);
        return SubscriptionAnswers.read(answer, SubscriptionAnswers::wakesAgain);
    }

    @Override
    public void release(Claim claim) throws InterruptedException {
        calls.answer(() -> requests.release(claim.subscription(), nameOf(claim)), true);
    }

    private static WakeName nameOf(Claim claim) {
        return new WakeName(claim.wakeId(), claim.generation(), claim.token());
    }
}
