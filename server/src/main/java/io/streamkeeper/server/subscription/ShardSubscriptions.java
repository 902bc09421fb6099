package io.streamkeeper.server.subscription;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.limit.SubscriptionQuotas;
import io.streamkeeper.server.shard.Shard;
import io.streamkeeper.storage.shard.Callback;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The subscriptions whose logs one shard has. Owned by the loop of the shard. */
final class ShardSubscriptions implements OwnedSubscription.Ending {
    private static final Logger LOG = LoggerFactory.getLogger(ShardSubscriptions.class);

    /** Logs that are read at the same time at the start. */
    private static final int LOADS_MAX = 16;

    /** Logs that one look at the reserved streams finds. */
    private static final int PIECE_LOGS = 1_000;

    /** Subscriptions for which one piece of work runs a step. */
    private static final int PIECE_SUBSCRIPTIONS = 100;

    /** Requests that wait for the start; further ones are refused. */
    private static final int EARLY_MAX = 10_000;

    private static final long RELOAD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final HomeShard home;
    private final SubscriptionServices services;
    private final NavigableMap<String, OwnedSubscription> subscriptions = new TreeMap<>();
    private final TailLooks tails;
    private final Deque<String> toLoad = new ArrayDeque<>();
    private int loading;
    private @Nullable Runnable loaded;
    private volatile List<Subscriber> subscribers = List.of();

    /** Requests that have come before the start was complete. */
    private Deque<Request> early = new ArrayDeque<>();

    private boolean isOpen;
    private @Nullable Refusal closed;

    private record Request(Callback<?> then, Runnable step) {}

    ShardSubscriptions(Shard shard, SubscriptionServices services) {
        this.home = new HomeShard(shard, services);
        this.services = services;
        this.tails = new TailLooks(home.shard(), services.clock());
    }

    Shard shard() {
        return home.shard();
    }

    /** The watch of the same shard. */
    ShardWatch watch() {
        return services.watches().of(home.shard());
    }

    // ---- start ----

    /** Reads all logs; {@code then} is run in the end. */
    void load(Runnable then) {
        loaded = then;
        find(SubscriptionPaths.LOGS);
        loadNext();
    }

    private void find(String from) {
        String next = from;
        while (next != null) {
            next = home.shard().store().visitReserved(next, PIECE_LOGS, stream -> {
                if (stream.pathText().startsWith(SubscriptionPaths.LOGS)) {
                    toLoad.add(stream.pathText().substring(SubscriptionPaths.LOGS.length()));
                }
            });
        }
    }

    private void loadNext() {
        if (isClosed()) {
            return;
        }
        while (loading < LOADS_MAX && !toLoad.isEmpty()) {
            loading++;
            load(toLoad.remove(), this::loadedOne);
        }
        if (loading == 0 && loaded != null) {
            subscribers = subscriptions.values().stream()
                    .filter(subscription -> !subscription.isEnded())
                    .map(OwnedSubscription::subscriber)
                    .toList();
            Runnable then = loaded;
            loaded = null;
            then.run();
        }
    }

    /** Those whose logs were read; may be called by any thread. */
    List<Subscriber> loaded() {
        return subscribers;
    }

    private void loadedOne(OwnedSubscription subscription) {
        loading--;
        home.shard().runLater(this::loadNext);
    }

    /** Reads the log of one subscription; {@code then} receives it if it exists, or nothing is to be served. */
    private void load(String id, Consumer<OwnedSubscription> then) {
        OwnedSubscription subscription = new OwnedSubscription(id, home, this);
        subscriptions.put(id, subscription);
        services.room().takeExisting();
        subscription.load(Results.then(
                exists -> {
                    if (!exists) {
                        discard(subscription);
                    }
                    then.accept(subscription);
                },
                refusal -> {
                    if (refusal.code() == ErrorCode.STREAM_NOT_FOUND) {
                        forget(subscription);
                    } else if (refusal.code().status() == 503) {
                        subscription.fail(refusal);
                    } else {
                        LOG.error(
                                "the log of subscription {} cannot be read, and the subscription is not served: {}",
                                id,
                                refusal.message());
                        subscription.end(unreadable(id));
                    }
                    then.accept(subscription);
                }));
    }

    private static Refusal unreadable(String id) {
        return Refusal.of(
                ErrorCode.INTERNAL_ERROR,
                "the log of subscription " + Quoted.of(id) + " cannot be read; see the log of the server");
    }

    /** The creation of a subscription was not completed: it was never acknowledged. */
    private void discard(OwnedSubscription subscription) {
        subscription.log().delete(outcome -> {});
        forget(subscription);
    }

    private void forget(OwnedSubscription subscription) {
        removed(subscription);
        subscription.end(OwnedSubscription.notFound(subscription.id()));
    }

    /** All streams were reported: requests are executed from now on, after the reports that are on their way. */
    void open() {
        home.shard()
                .loop()
                .execute(() -> home.shard().run(() -> eachInPieces(all(), OwnedSubscription::open, this::opened)));
    }

    private void opened() {
        if (isClosed()) {
            return;
        }
        isOpen = true;
        early.forEach(request -> request.step().run());
        early = new ArrayDeque<>();
    }

    /** Runs a step for each subscription that has not ended, in pieces of work. */
    private void eachInPieces(List<OwnedSubscription> rest, Consumer<OwnedSubscription> step, Runnable then) {
        int count = Math.min(rest.size(), PIECE_SUBSCRIPTIONS);
        for (OwnedSubscription subscription : rest.subList(0, count)) {
            if (!subscription.isEnded()) {
                subscription.mailbox().run(() -> step.accept(subscription));
            }
        }
        if (count == rest.size()) {
            then.run();
        } else {
            home.shard().runLater(() -> eachInPieces(rest.subList(count, rest.size()), step, then));
        }
    }

    private List<OwnedSubscription> all() {
        return List.copyOf(subscriptions.values());
    }

    // ---- requests ----

    /** Executes a step of a request, when the start is complete. */
    void request(Callback<?> then, Runnable step) {
        if (closed != null) {
            then.refuse(closed);
        } else if (isOpen) {
            step.run();
        } else if (early.size() < EARLY_MAX) {
            early.add(new Request(then, step));
        } else {
            then.refuse(Refusal.of(ErrorCode.OVERLOADED, "the subscriptions are being read; try again later"));
        }
    }

    /** Executes a request to a subscription after those that wait. */
    void execute(String id, Callback<?> then, Consumer<OwnedSubscription> begin) {
        OwnedSubscription found = subscriptions.get(id);
        if (found == null) {
            then.refuse(OwnedSubscription.notFound(id));
        } else {
            found.mailbox().run(() -> found.queue().add(then, () -> begin.accept(found)));
        }
    }

    /** Describes a subscription with some of its links. */
    void view(String id, LinkRange range, Callback<SubscriptionView> then) {
        OwnedSubscription found = subscriptions.get(id);
        if (found != null && found.isActive()) {
            found.mailbox().run(() -> found.view(range, then));
        } else {
            execute(
                    id,
                    then,
                    subscription -> subscription.view(
                            range,
                            Results.then(
                                    view -> subscription.answer(then, view),
                                    refusal -> subscription.refuse(then, refusal))));
        }
    }

    /** Deletes a subscription, if it exists; also one whose log cannot be read. */
    void delete(String id, Callback<Boolean> then) {
        OwnedSubscription found = subscriptions.get(id);
        if (found == null) {
            then.complete(false);
        } else if (found.isEnded()) {
            found.deleteLog(then);
        } else {
            execute(id, then, subscription -> subscription.delete(then));
        }
    }

    /** Creates a subscription, or confirms it; one that is being deleted is created after that. */
    void put(String id, SubscriptionSpec spec, SubscriptionOwner owner, Callback<Subscriptions.Put> then) {
        if (subscriptions.containsKey(id)) {
            Callback<Subscriptions.Put> confirmed = Results.then(then::complete, refusal -> {
                if (refusal.code() == ErrorCode.SUBSCRIPTION_NOT_FOUND) {
                    put(id, spec, owner, then);
                } else {
                    then.refuse(refusal);
                }
            });
            execute(id, confirmed, found -> confirm(found, spec, confirmed));
            return;
        }
        Set<SubscriptionQuotas.Payer> payers = services.room().payers(spec, owner);
        Refusal full = services.room().takeSubscription(payers);
        if (full != null) {
            then.refuse(full);
            return;
        }
        OwnedSubscription created = new OwnedSubscription(id, home, this);
        subscriptions.put(id, created);
        created.mailbox().run(() -> created.create(spec, owner, payers, then));
    }

    private static void confirm(OwnedSubscription found, SubscriptionSpec spec, Callback<Subscriptions.Put> then) {
        if (found.state().spec().equals(spec)) {
            found.view(
                    LinkRange.ALL.first(),
                    Results.then(
                            view -> found.answer(then, new Subscriptions.Put(false, view)),
                            refusal -> found.refuse(then, refusal)));
        } else {
            found.refuse(
                    then,
                    ErrorCode.SUBSCRIPTION_EXISTS,
                    "subscription " + Quoted.of(found.id()) + " exists with another configuration");
        }
    }

    /** The subscriptions whose ids begin with a prefix, after an id, in the order of their ids, at most {@code limit}. */
    List<SubscriptionView> list(String prefix, @Nullable String after, int limit) {
        boolean isAfter = after != null && after.compareTo(prefix) >= 0;
        NavigableMap<String, OwnedSubscription> rest = subscriptions.tailMap(isAfter ? after : prefix, !isAfter);
        List<SubscriptionView> views = new ArrayList<>();
        for (OwnedSubscription subscription : rest.values()) {
            if (views.size() == limit || !subscription.id().startsWith(prefix)) {
                break;
            }
            if (subscription.isActive()) {
                views.add(subscription.summary());
            }
        }
        tails.look(subscriptions.values());
        return views;
    }

    /** Sums up the figures of all subscriptions; during the start, of those that were read. */
    void figures(Callback<SubscriptionFigures> then) {
        tails.look(subscriptions.values());
        SubscriptionFigures.Sum sum = new SubscriptionFigures.Sum();
        eachInPieces(
                all(),
                subscription -> {
                    if (subscription.isDurable()) {
                        subscription.addTo(sum);
                    }
                },
                () -> then.complete(sum.figures()));
    }

    void rightsChanged() {
        eachInPieces(all(), subscription -> subscription.cycle().rightsChanged(), () -> {});
    }

    // ---- ends ----

    @Override
    public void removed(OwnedSubscription subscription) {
        if (subscriptions.remove(subscription.id(), subscription)) {
            services.room().giveSubscription(subscription.payers());
        }
    }

    @Override
    public void failed(OwnedSubscription subscription) {
        services.timers().schedule(home.shard().loop(), RELOAD_NANOS, () -> reload(subscription));
    }

    /** Reads the log of a failed subscription again, unless it was deleted meanwhile. */
    private void reload(OwnedSubscription failed) {
        if (isClosed() || subscriptions.get(failed.id()) != failed) {
            return;
        }
        if (!isOpen) {
            failed(failed);
            return;
        }
        removed(failed);
        load(failed.id(), subscription -> {
            if (!subscription.isEnded()) {
                subscription.openAlone();
            }
        });
    }

    boolean isClosed() {
        return closed != null;
    }

    /** Ends all work; the logs stay. Requests are refused with {@code reason}. */
    void close(Refusal reason) {
        closed = reason;
        early.forEach(request -> request.then().refuse(reason));
        early = new ArrayDeque<>();
        for (OwnedSubscription subscription : all()) {
            subscription.end(reason);
            removed(subscription);
        }
    }
}
