package io.streamkeeper.server;

import io.streamkeeper.client.subscription.Claim;
import io.streamkeeper.client.subscription.Subscription;
import io.streamkeeper.client.subscription.SubscriptionCalls;
import io.streamkeeper.client.subscription.SubscriptionOptions;
import io.streamkeeper.client.subscription.SubscriptionPage;
import io.streamkeeper.client.subscription.SubscriptionResult;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.http.subscription.KeyAnswers;
import io.streamkeeper.server.http.subscription.SubscriptionArguments;
import io.streamkeeper.server.subscription.AckRequest;
import io.streamkeeper.server.subscription.ClaimResult;
import io.streamkeeper.server.subscription.Results;
import io.streamkeeper.server.subscription.SubscriptionOwner;
import io.streamkeeper.server.subscription.SubscriptionParts;
import io.streamkeeper.server.subscription.SubscriptionSpec;
import io.streamkeeper.server.subscription.SubscriptionSpec.Kind;
import io.streamkeeper.server.subscription.Subscriptions;
import io.streamkeeper.server.subscription.Wake;
import io.streamkeeper.storage.shard.Callback;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The subscriptions of a {@link DurableStreams}, with the same calls and rules as over HTTP (sections 6 and 7). A change is
 * durable when its future completes. A refusal makes a future fail with a {@link
 * io.streamkeeper.client.api.StreamException}: {@link io.streamkeeper.client.api.StreamException.NotFound} if the
 * subscription does not exist, {@link io.streamkeeper.client.api.StreamException.Invalid} if an argument is not valid, {@link
 * io.streamkeeper.client.api.StreamException.Unavailable} if the streams are overloaded or closed. {@link
 * SubscriptionCalls} documents the further ones of each call, and its arguments.
 *
 * <p>Webhooks need a URL by which others reach the streams: there is a server on them, or the configuration has {@code
 * publicUrl}. Safe for use by any thread; futures are completed as those of {@link DurableStreams} are.
 */
public final class DurableSubscriptions {
    private static final int PAGE_MAX = 1_000;

    private final Calls calls;
    private final SubscriptionParts parts;
    private final KeyAnswers keys;
    private final Executor executor;

    DurableSubscriptions(Calls calls, SubscriptionParts parts, Executor workers, Executor executor) {
        this.calls = calls;
        this.parts = parts;
        this.keys = new KeyAnswers(parts.keys(), workers);
        this.executor = executor;
    }

    /** {@return the same calls for threads that may block, including virtual threads} */
    public BlockingSubscriptions blocking() {
        return new BlockingSubscriptions(this);
    }

    // ---- subscriptions ----

    /**
     * Creates a subscription, or confirms one that exists with the same options. It begins at the present ends of the
     * streams.
     *
     * @param id as for {@link SubscriptionCalls#create}
     * @param options how it is created
     * @return the subscription, and whether it existed; fails with {@link
     *     io.streamkeeper.client.api.StreamException.Exists} if it exists with other options
     */
    public CompletableFuture<SubscriptionResult> create(String id, SubscriptionOptions options) {
        return create(id, options, executor);
    }

    CompletableFuture<SubscriptionResult> create(String id, SubscriptionOptions options, Executor on) {
        return calls.ask(
                on, SubscriptionResults::created, (CallbackCall<Subscriptions.Put, SubscriptionResult> call) -> {
                    SubscriptionSpec spec = SubscriptionArguments.spec(options, parts.webhookUrl());
                    ready(call, () -> subscriptions().put(id, spec, SubscriptionOwner.PROGRAM, withAllLinks(call)));
                });
    }

    /** Reads the links that are not among the first ones, which the result of a creation has. */
    private Callback<Subscriptions.Put> withAllLinks(Callback<Subscriptions.Put> call) {
        return Results.then(
                put -> {
                    if (put.subscription().nextLinks() == null) {
                        call.complete(put);
                    } else {
                        subscriptions()
                                .get(
                                        put.subscription().id(),
                                        Results.map(call, view -> new Subscriptions.Put(put.isNew(), view)));
                    }
                },
                call::refuse);
    }

    /**
     * Describes a subscription.
     *
     * @param id its name
     * @return what it is now, with its streams
     */
    public CompletableFuture<Subscription> get(String id) {
        return get(id, executor);
    }

    CompletableFuture<Subscription> get(String id, Executor on) {
        return ask(
                on, SubscriptionResults::subscription, call -> subscriptions().get(id, call));
    }

    /**
     * Lists subscriptions in the order of their ids, one page at a time, without their streams.
     *
     * @param after the id after which the page begins; null for the first page
     * @param limit the most subscriptions of the page, 1 to 1,000
     * @return the page
     */
    public CompletableFuture<SubscriptionPage> list(@Nullable String after, int limit) {
        return list(after, limit, executor);
    }

    CompletableFuture<SubscriptionPage> list(@Nullable String after, int limit, Executor on) {
        return ask(on, SubscriptionResults::page, call -> {
            if (limit < 1 || limit > PAGE_MAX) {
                throw new RefusedException(
                        ErrorCode.INVALID_PARAMETER, "limit is " + limit + "; expected 1 to " + PAGE_MAX);
            }
            subscriptions().list("", after, limit, call);
        });
    }

    /**
     * Deletes a subscription, with its cursors. Has no effect if it does not exist.
     *
     * @param id its name
     * @return completed with null
     */
    public CompletableFuture<Void> delete(String id) {
        return delete(id, executor);
    }

    CompletableFuture<Void> delete(String id, Executor on) {
        return change(on, call -> subscriptions().delete(id, call));
    }

    /**
     * Follows streams by name, from their present ends.
     *
     * @param id the subscription
     * @param paths of the streams; they need not exist yet
     * @return completed with null
     */
    public CompletableFuture<Void> addStreams(String id, List<String> paths) {
        return addStreams(id, paths, executor);
    }

    CompletableFuture<Void> addStreams(String id, List<String> paths, Executor on) {
        return change(on, call -> {
            List<StreamPath> streams = SubscriptionArguments.streams(paths);
            subscriptions().addStreams(id, streams, call);
        });
    }

    /**
     * Does not follow a stream by name any more.
     *
     * @param id the subscription
     * @param path of the stream
     * @return completed with null
     */
    public CompletableFuture<Void> removeStream(String id, String path) {
        return removeStream(id, path, executor);
    }

    CompletableFuture<Void> removeStream(String id, String path, Executor on) {
        return change(on, call -> subscriptions().removeStream(id, SubscriptionArguments.stream(path), call));
    }

    /**
     * Moves the cursor of a stream to any place of it, so that work is done again or skipped. The present wake is fenced.
     *
     * @param id the subscription
     * @param path of the stream
     * @param offset from which the stream is processed; {@code -1} for its beginning, {@code now} for its end
     * @return completed with null
     */
    public CompletableFuture<Void> seek(String id, String path, String offset) {
        return seek(id, path, offset, executor);
    }

    CompletableFuture<Void> seek(String id, String path, String offset, Executor on) {
        return change(on, call -> {
            StreamPath stream = SubscriptionArguments.stream(path);
            ReadStart place = SubscriptionArguments.place(offset);
            subscriptions().seek(id, stream, place, call);
        });
    }

    // ---- work ----

    /**
     * Takes the work of a pull-wake subscription.
     *
     * @param id the subscription
     * @param worker the name of the worker
     * @return the work; fails with {@link io.streamkeeper.client.api.StreamException.AlreadyClaimed} if another worker has it,
     *     and with {@link io.streamkeeper.client.api.StreamException.NoPendingWork} if there is none
     */
    public CompletableFuture<Claim> claim(String id, String worker) {
        return claim(id, worker, executor);
    }

    CompletableFuture<Claim> claim(String id, String worker, Executor on) {
        return calls.ask(on, SubscriptionResults::claim, (CallbackCall<Wake, Claim> call) -> {
            String name = SubscriptionArguments.worker(worker);
            ready(call, () -> subscriptions().claim(id, name, claimed(call)));
        });
    }

    /**
     * Acknowledges that streams are processed up to offsets, and begins the time of the lease again.
     *
     * @param claim the work
     * @param offsets the offset up to which each stream is processed; all are acknowledged, or none
     * @return completed with null; fails with {@link io.streamkeeper.client.api.StreamException.Fenced} if the worker does not
     *     have the work any more
     */
    public CompletableFuture<Void> ack(Claim claim, Map<String, String> offsets) {
        return ack(claim, offsets, executor);
    }

    CompletableFuture<Void> ack(Claim claim, Map<String, String> offsets, Executor on) {
        return acknowledge(claim, offsets, false, on).thenApply(wakesAgain -> null);
    }

    /**
     * Acknowledges that streams are processed up to offsets, and ends the lease.
     *
     * @param claim the work
     * @param offsets the offset up to which each stream is processed; all are acknowledged, or none
     * @return whether another wake follows; fails as {@link #ack} does
     */
    public CompletableFuture<Boolean> done(Claim claim, Map<String, String> offsets) {
        return done(claim, offsets, executor);
    }

    CompletableFuture<Boolean> done(Claim claim, Map<String, String> offsets, Executor on) {
        return acknowledge(claim, offsets, true, on);
    }

    private CompletableFuture<Boolean> acknowledge(
            Claim claim, Map<String, String> offsets, boolean isDone, Executor on) {
        return calls.ask(on, Function.identity(), (CallbackCall<Boolean, Boolean> call) -> {
            AckRequest request = SubscriptionArguments.ack(claim, offsets, isDone);
            ready(call, () -> subscriptions().ack(claim.subscription(), Kind.PULL_WAKE, request, call));
        });
    }

    /**
     * Gives the work back without an acknowledgement.
     *
     * @param claim the work
     * @return completed with null; fails as {@link #ack} does
     */
    public CompletableFuture<Void> release(Claim claim) {
        return release(claim, executor);
    }

    CompletableFuture<Void> release(Claim claim, Executor on) {
        return calls.ask(
                on,
                released -> null,
                (CallbackCall<Boolean, Void> call) -> ready(
                        call,
                        () -> subscriptions()
                                .release(
                                        claim.subscription(),
                                        claim.token(),
                                        claim.wakeId(),
                                        claim.generation(),
                                        call)));
    }

    // ---- requests ----

    private Subscriptions subscriptions() {
        return parts.subscriptions();
    }

    /** A request, which may throw a {@link RefusedException}. */
    private interface Request<A> {
        void make(Callback<A> then);
    }

    private <A, T> CompletableFuture<T> ask(Executor on, Function<A, T> result, Request<A> request) {
        return calls.ask(on, result, (CallbackCall<A, T> call) -> request.make(call));
    }

    private CompletableFuture<Void> change(Executor on, Request<Boolean> request) {
        return ask(on, changed -> null, request);
    }

    /** Makes a request that needs the keys of tokens when there are some. */
    private void ready(PendingCall<?> call, Runnable request) {
        keys.ready(call::refuse, request);
    }

    /** Refuses a claim if another worker has the work. */
    private static Callback<ClaimResult> claimed(CallbackCall<Wake, Claim> call) {
        return Results.then(
                result -> {
                    if (result instanceof ClaimResult.Claimed claimed) {
                        call.complete(claimed.wake());
                    } else if (result instanceof ClaimResult.Held held) {
                        call.refuse(held.refusal());
                    }
                },
                call::refuse);
    }
}
