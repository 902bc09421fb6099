package io.streamkeeper.server.subscription;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.limit.SubscriptionQuotas;
import io.streamkeeper.storage.shard.Callback;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One subscription in the process that owns it: decides each request against the {@link SubscriptionState}, appends one
 * event to the log, and applies it when it is durable. Owned by the loop of the shard that has the log.
 *
 * <pre>
 *   STARTING (reads its log, or writes the first snapshot; requests wait) ──▶ ACTIVE ──▶ ENDED (deleted, or failed)
 * </pre>
 *
 * <p>Why no work is lost: a cursor moves only with a durable event, and whatever is after it is pending. When the state is
 * read again, all tails are compared with the cursors.
 */
final class OwnedSubscription {
    private static final Logger LOG = LoggerFactory.getLogger(OwnedSubscription.class);

    /** Is called on the loop when a subscription ends. */
    interface Ending {
        /** It was deleted, or could not be created. */
        void removed(OwnedSubscription subscription);

        /** Its state is not known any more: its log is to be read again, and until then it may be deleted only. */
        void failed(OwnedSubscription subscription);
    }

    private final String id;
    private final HomeShard home;
    private final Ending ending;
    private final Mailbox mailbox;
    private final SubscriptionState state = new SubscriptionState();
    private final SubscriptionLog log;
    private final Links links;
    private final WakeCycle cycle;
    private final RequestQueue queue;
    private @Nullable Subscriber subscriber;
    private Set<SubscriptionQuotas.Payer> payers = Set.of();
    private boolean isDurable;
    private boolean isActive;
    private boolean isEnded;

    OwnedSubscription(String id, HomeShard home, Ending ending) {
        this.id = id;
        this.home = home;
        this.ending = ending;
        this.mailbox = new Mailbox(home.shard().loop(), this::fault);
        SubscriptionServices services = home.services();
        this.log = new SubscriptionLog(
                home.shard(), SubscriptionPaths.logOf(id), home::logBody, mailbox, services.eventsBytesMin());
        this.links = new Links(state, services.room(), services.watches(), services.clock(), this::next);
        this.cycle = new WakeCycle(this);
        this.queue = new RequestQueue(cycle);
    }

    String id() {
        return id;
    }

    HomeShard home() {
        return home;
    }

    SubscriptionServices services() {
        return home.services();
    }

    Mailbox mailbox() {
        return mailbox;
    }

    SubscriptionState state() {
        return state;
    }

    SubscriptionLog log() {
        return log;
    }

    Links links() {
        return links;
    }

    WakeCycle cycle() {
        return cycle;
    }

    RequestQueue queue() {
        return queue;
    }

    Subscriber subscriber() {
        if (subscriber == null) {
            throw new IllegalStateException("subscription " + id + " has no address yet");
        }
        return subscriber;
    }

    /** Whether requests are executed, and the subscription is in lists. */
    boolean isActive() {
        return isActive;
    }

    boolean isEnded() {
        return isEnded;
    }

    /** Whether its state is known, and is not that of a creation that may be refused. */
    boolean isDurable() {
        return isDurable;
    }

    /** The clients and tenants for which it was counted. */
    Set<SubscriptionQuotas.Payer> payers() {
        return payers;
    }

    boolean mayRead(String path) {
        return services().rights().mayRead(state.owner(), new StreamPath(path));
    }

    /** Something may be due. */
    void next() {
        if (isActive) {
            queue.next();
        }
    }

    // ---- start ----

    /** Reads the log; {@code then} receives whether the subscription exists, or is refused if the log cannot be read. */
    void load(Callback<Boolean> then) {
        log.read(state::apply, new Callback<>() {
            @Override
            public void complete(Long end) {
                if (isEnded) {
                    return;
                }
                isDurable = state.exists();
                if (isDurable) {
                    payers = services().room().payers(state.spec(), state.owner());
                    services().room().countExisting(payers);
                    linkByName();
                }
                then.complete(isDurable);
            }

            @Override
            public void refuse(Refusal refusal) {
                then.refuse(refusal);
            }
        });
    }

    /** Links the explicit streams, without knowing the streams yet, and begins to receive reports about them. */
    private boolean linkByName() {
        Subscriber address =
                new Subscriber(mailbox, state.spec().pattern(), state.spec().wakeStream(), links);
        subscriber = address;
        links.subscriber(address);
        boolean hasRoom = true;
        for (String path : state.explicit()) {
            hasRoom &= links.add(path) != null;
        }
        services().watches().link(address, state.explicit());
        return hasRoom;
    }

    /** Everything that existed at the start was reported: requests are executed from now on. */
    void open() {
        isDurable = true;
        isActive = true;
        state.explicit().forEach(links::add);
        links.judgeAll();
        state.explicit().forEach(links::askFor);
        queue.finished();
    }

    /** Looks for streams that were not linked. */
    void linkAgain() {
        links.lookAgain();
        state.explicit().forEach(links::add);
        state.explicit().forEach(links::askFor);
        scan(() -> {
            links.looked();
            next();
        });
    }

    /** Looks for the streams of this subscription alone, and opens it. */
    void openAlone() {
        services().watches().add(subscriber(), () -> scan(this::open));
    }

    /** Looks for streams that the pattern matches, and links them. */
    void scan(Runnable then) {
        scan(links::appeared, then);
    }

    private void scan(Consumer<List<Subscriber.Found>> piece, Runnable then) {
        services().watches().scan(subscriber(), piece, () -> {
            if (!isEnded) {
                then.run();
            }
        });
    }

    // ---- creation ----

    /**
     * Creates the subscription: links existing streams at their tails, and writes the first snapshot.
     *
     * @param counted the clients and tenants for which it was counted
     */
    void create(
            SubscriptionSpec spec,
            SubscriptionOwner owner,
            Set<SubscriptionQuotas.Payer> counted,
            Callback<Subscriptions.Put> then) {
        payers = counted;
        queue.starts(then);
        long now = services().clock().nowMillis();
        state.apply(new SubscriptionEvent.Begun(services().newId(), now, spec, owner, 0, null, Schedule.NONE));
        state.apply(new SubscriptionEvent.Part(
                spec.streams().stream().map(StreamPath::value).toList(), List.of()));
        state.apply(new SubscriptionEvent.Complete());
        if (!linkByName()) {
            abandon(services().room().noLinks(), then);
            return;
        }
        services().watches().add(subscriber(), () -> scan(this::backfill, () -> backfillNamed(then)));
    }

    private void backfill(List<Subscriber.Found> found) {
        found.forEach(stream -> startAt(stream.path(), stream.generation(), stream.tail()));
        links.appeared(found);
    }

    private void startAt(String path, long generation, long tail) {
        if (tail > 0) {
            state.apply(new SubscriptionEvent.Linked(List.of(), List.of(new Cursor(path, generation, tail))));
        }
    }

    private void backfillNamed(Callback<Subscriptions.Put> then) {
        List<Look> looks = state.explicit().stream()
                .map(path -> new Look(path, 0, 0, null, false))
                .toList();
        look(
                looks,
                some -> backfill(some.stream()
                        .filter(Look.Seen::exists)
                        .map(Look.Seen::found)
                        .toList()),
                () -> write(then));
    }

    /** Asks about streams; nothing follows if the subscription ends meanwhile. */
    void look(List<Look> looks, Consumer<List<Look.Seen>> some, Runnable then) {
        services().watches().look(subscriber(), looks, some, () -> {
            if (!isEnded) {
                then.run();
            }
        });
    }

    private void write(Callback<Subscriptions.Put> then) {
        if (links.lacksRoom()) {
            abandon(services().room().noLinks(), then);
            return;
        }
        log.create(state.snapshot(), new Callback<>() {
            @Override
            public void complete(Long end) {
                if (isEnded) {
                    return;
                }
                view(LinkRange.ALL.first(), Results.map(opening(then), view -> new Subscriptions.Put(true, view)));
            }

            @Override
            public void refuse(Refusal refusal) {
                if (isEnded) {
                    return;
                }
                if (refusal.code() == ErrorCode.OUTCOME_UNKNOWN) {
                    fail(refusal);
                } else {
                    abandon(refusal, then);
                }
            }
        });
    }

    private <T> Callback<T> opening(Callback<T> then) {
        return new Callback<>() {
            @Override
            public void complete(T value) {
                if (!isEnded) {
                    queue.answering();
                    then.complete(value);
                    open();
                }
            }

            @Override
            public void refuse(Refusal refusal) {
                if (!isEnded) {
                    abandon(refusal, then);
                }
            }
        };
    }

    private void abandon(Refusal refusal, Callback<?> then) {
        queue.answering();
        ending.removed(this);
        end(refusal);
        then.refuse(refusal);
    }

    // ---- events ----

    /**
     * Appends events, and applies them when they are durable.
     *
     * @param then runs after that
     * @param refused receives the reason if they were certainly not kept; if that is not known, the subscription is read
     *     again
     */
    void append(List<SubscriptionEvent> events, Runnable then, Consumer<Refusal> refused) {
        log.append(events, new Callback<>() {
            @Override
            public void complete(Long end) {
                if (!isEnded) {
                    events.forEach(state::apply);
                    cycle.changed();
                    then.run();
                }
            }

            @Override
            public void refuse(Refusal refusal) {
                if (isEnded) {
                    return;
                }
                if (refusal.code() == ErrorCode.OUTCOME_UNKNOWN || refusal.code() == ErrorCode.STREAM_NOT_FOUND) {
                    fail(refusal);
                } else {
                    refused.accept(refusal);
                }
            }
        });
    }

    /** Answers the request that is executed, and continues with the next. */
    <T> void answer(Callback<T> then, T value) {
        queue.answering();
        then.complete(value);
        queue.finished();
    }

    void refuse(Callback<?> then, Refusal refusal) {
        queue.answering();
        then.refuse(refusal);
        queue.finished();
    }

    void refuse(Callback<?> then, ErrorCode code, String message) {
        refuse(then, Refusal.of(code, message));
    }

    // ---- views ----

    /** A wake as its worker receives it, with a token that expires with the lease. */
    Wake wakeOf(WakeInFlight wake, List<StreamLink> streams) {
        WakeTokens.Claims claims =
                new WakeTokens.Claims(id, state.incarnation(), wake.generation(), wake.leaseUntilMillis());
        return new Wake(
                id,
                wake.id(),
                wake.generation(),
                streams,
                services().tokens().sign(claims),
                state.spec().leaseMillis());
    }

    /** Describes the subscription with some of its links, at their present tails. */
    void view(LinkRange range, Callback<SubscriptionView> then) {
        LinkViews.view(this, range, then);
    }

    /** The wake whose lease has not ended; null if there is none. */
    private @Nullable WakeInFlight lease() {
        WakeInFlight wake = state.wake();
        return wake != null && wake.hasLease() && !cycle.deadlines().isLeaseOver() ? wake : null;
    }

    private SubscriptionView.State doing() {
        WakeInFlight wake = lease();
        if (state.schedule().isScheduled()) {
            return SubscriptionView.State.RETRYING;
        } else if (wake != null && wake.accepted()) {
            return SubscriptionView.State.LEASED;
        }
        return state.wake() == null ? SubscriptionView.State.IDLE : SubscriptionView.State.WAKING;
    }

    /** Describes the subscription without its links. */
    SubscriptionView summary() {
        WakeInFlight wake = lease();
        long now = services().clock().nowMillis();
        return new SubscriptionView(
                id,
                state.spec(),
                List.of(),
                null,
                links.count(),
                links.lacksRoom(),
                state.createdMillis(),
                doing(),
                links.lag(),
                state.schedule().attempts(),
                state.schedule().error(),
                state.schedule().nextMillis(now),
                state.generation(),
                wake == null ? null : wake.holder(),
                wake == null
                        ? 0
                        : Math.min(wake.leaseUntilMillis(), now + state.spec().leaseMillis()));
    }

    // ---- end ----

    /** Deletes the subscription, when its log is deleted durably. */
    void delete(Callback<Boolean> then) {
        deleteLog(Results.then(
                deleted -> {
                    queue.answering();
                    then.complete(deleted);
                },
                refusal -> refuse(then, refusal)));
    }

    /** The same, without regard to other requests. */
    void deleteLog(Callback<Boolean> then) {
        log.delete(outcome -> {
            boolean isDeleted = outcome instanceof Outcome.Deleted
                    || (outcome instanceof Refusal refusal && refusal.code() == ErrorCode.STREAM_NOT_FOUND);
            if (isDeleted) {
                queue.answering();
                ending.removed(this);
                end(notFound(id));
                then.complete(true);
            } else {
                then.refuse((Refusal) outcome);
            }
        });
    }

    /** Adds the figures of this subscription. */
    void addTo(SubscriptionFigures.Sum sum) {
        sum.add(summary(), cycle.unclaimedMillis(), cycle.waitsForRoom());
    }

    static Refusal notFound(String id) {
        return Refusal.of(ErrorCode.SUBSCRIPTION_NOT_FOUND, "subscription " + Quoted.of(id) + " does not exist");
    }

    /** Ends all work of this object; the log stays as it is. */
    void end(Refusal refusal) {
        if (isEnded) {
            return;
        }
        isEnded = true;
        isActive = false;
        cycle.close();
        links.close();
        queue.end(refusal);
    }

    private void fault(Throwable thrown) {
        LOG.error("subscription {} has failed, and is read again", id, thrown);
        fail(Refusal.of(ErrorCode.INTERNAL_ERROR, "the server failed to carry the request out"));
    }

    /** What the log has kept is not known: this object ends, and the log is read again; requests are refused meanwhile. */
    void fail(Refusal refusal) {
        if (!isEnded) {
            end(refusal);
            queue.end(Refusal.of(
                    ErrorCode.OVERLOADED,
                    "the log of subscription " + Quoted.of(id) + " is being read; try again later"));
            ending.failed(this);
        }
    }
}
