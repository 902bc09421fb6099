package io.streamkeeper.server.subscription;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.shard.Callback;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The requests of workers to one subscription (sections 7.1 and 7.2). Each is executed by its queue. Owned by the loop of
 * the subscription.
 */
final class WorkerRequests {
    private final OwnedSubscription subscription;

    WorkerRequests(OwnedSubscription subscription) {
        this.subscription = subscription;
    }

    private SubscriptionState state() {
        return subscription.state();
    }

    private Links links() {
        return subscription.links();
    }

    /** Whether the subscription is of a kind; refuses if it is not. */
    private boolean isOf(SubscriptionSpec.Kind kind, Callback<?> then) {
        if (state().spec().kind() == kind) {
            return true;
        }
        subscription.refuse(
                then,
                ErrorCode.SUBSCRIPTION_INVALID,
                "subscription " + Quoted.of(subscription.id()) + " is of the type "
                        + state().spec().kind().text() + "; expected " + kind.text());
        return false;
    }

    // ---- claim ----

    /** Claims the pending work for a worker. */
    void claim(String worker, Callback<ClaimResult> then) {
        if (!isOf(SubscriptionSpec.Kind.PULL_WAKE, then)) {
            return;
        }
        WakeInFlight wake = state().wake();
        if (wake != null && wake.holder() != null) {
            subscription.answer(then, new ClaimResult.Held(wake.holder(), wake.generation()));
        } else if (links().hasPending() || links().isSettled()) {
            claimPending(worker, then);
        } else {
            links().whenSettled(() -> claimPending(worker, then));
        }
    }

    private void claimPending(String worker, Callback<ClaimResult> then) {
        subscription.cycle().pending(found -> {
            if (found.isEmpty()) {
                refuseClaim(then);
                return;
            }
            WakeInFlight wake = state().wake();
            long until = leaseUntilMillis();
            SubscriptionEvent event = wake == null
                    ? new SubscriptionEvent.Woken(subscription.cycle().newWake(found, worker, until))
                    : new SubscriptionEvent.Claimed(worker, until);
            subscription.append(
                    List.of(event), () -> answerClaim(found, then), refused -> subscription.refuse(then, refused));
        });
    }

    private void answerClaim(List<WakeLink> found, Callback<ClaimResult> then) {
        WakeInFlight claimed = state().wake();
        if (claimed == null) {
            throw new IllegalStateException("a claimed wake is missing");
        }
        Wake wake =
                subscription.wakeOf(claimed, found.stream().map(WakeLink::link).toList());
        subscription.answer(then, new ClaimResult.Claimed(wake));
    }

    /** Nothing is pending; a wake that nobody has claimed ends. */
    private void refuseClaim(Callback<ClaimResult> then) {
        Refusal refusal = Refusal.of(
                ErrorCode.NO_PENDING_WORK,
                "subscription " + Quoted.of(subscription.id()) + " has no pending work to claim");
        if (state().wake() == null) {
            subscription.refuse(then, refusal);
        } else {
            subscription.append(
                    List.of(new SubscriptionEvent.Ended()),
                    () -> subscription.refuse(then, refusal),
                    refused -> subscription.refuse(then, refused));
        }
    }

    private long leaseUntilMillis() {
        return subscription.services().clock().nowMillis() + state().spec().leaseMillis();
    }

    // ---- acknowledgement ----

    /** Applies the acknowledgements of a worker, all or none, and extends or ends its lease. */
    void ack(SubscriptionSpec.Kind kind, AckRequest request, Callback<Boolean> then) {
        if (!isOf(kind, then)) {
            return;
        }
        Refusal refusal = check(request.token(), request.wakeId(), request.generation());
        if (refusal != null) {
            subscription.refuse(then, refusal);
            return;
        }
        List<Look> looks = new ArrayList<>();
        for (Map.Entry<StreamPath, Offset> ack : request.acks().entrySet()) {
            Link link = links().at(ack.getKey().value());
            if (link == null || !link.exists()) {
                subscription.refuse(then, unknown(ack.getKey()));
                return;
            }
            looks.add(links().question(link, ack.getValue()));
        }
        links().look(looks, answers -> checkPlaces(answers, then, () -> ack(request, answers, then)));
    }

    /** Runs {@code next} if no offset is inside a message; else refuses. */
    private void checkPlaces(List<Look.Seen> answers, Callback<?> then, Runnable next) {
        new PlaceCheck(subscription, answers.iterator())
                .run(Results.then(nothing -> next.run(), refusal -> subscription.refuse(then, refusal)));
    }

    private Refusal unknown(StreamPath path) {
        return Refusal.of(
                ErrorCode.ACK_OFFSET_INVALID,
                "stream " + Quoted.of(path.value()) + " does not exist, or is no stream of subscription "
                        + Quoted.of(subscription.id()));
    }

    private void ack(AckRequest request, List<Look.Seen> answers, Callback<Boolean> then) {
        List<Cursor> cursors = new ArrayList<>();
        for (Look.Seen seen : answers) {
            Refusal problem = problem(seen);
            if (problem != null) {
                subscription.refuse(then, problem);
                return;
            }
            cursors.add(new Cursor(seen.look().path(), seen.generation(), seen.position()));
        }
        long until = request.done() ? 0 : leaseUntilMillis();
        subscription.append(
                List.of(new SubscriptionEvent.Acked(cursors, until)),
                () -> {
                    cursors.forEach(cursor -> links().judge(cursor.path()));
                    subscription.answer(then, request.done() && wakesAgain());
                },
                refused -> subscription.refuse(then, refused));
    }

    /** Whether a wake follows: there is pending work that the owner may read. */
    private boolean wakesAgain() {
        return !links().pending(1, subscription::mayRead).isEmpty();
    }

    private @Nullable Refusal problem(Look.Seen seen) {
        if (!seen.exists()) {
            return unknown(new StreamPath(seen.look().path()));
        }
        if (seen.problem() != null) {
            return seen.problem();
        }
        return seen.position() >= seen.ackedPosition()
                ? null
                : Refusal.of(
                        ErrorCode.ACK_OFFSET_INVALID,
                        "offset " + seen.look().offset() + " of stream "
                                + Quoted.of(seen.look().path()) + " is before the acknowledged offset " + seen.acked());
    }

    /** The refusal of a request about another wake than the current one; null if it is about the current one. */
    private @Nullable Refusal check(String token, String wakeId, long generation) {
        WakeTokens.Claims claims = subscription.services().tokens().verify(token);
        if (claims == null
                || !claims.subscription().equals(subscription.id())
                || !claims.incarnation().equals(state().incarnation())) {
            return Refusal.of(
                    ErrorCode.WAKE_TOKEN_INVALID,
                    "the token is not one of a wake of subscription " + Quoted.of(subscription.id()));
        }
        WakeInFlight wake = state().wake();
        boolean isCurrent = wake != null
                && wake.hasLease()
                && wake.generation() == claims.generation()
                && wake.generation() == generation
                && wake.id().equals(wakeId);
        if (!isCurrent) {
            return Refusal.of(
                    ErrorCode.FENCED,
                    "wake " + Quoted.of(wakeId) + " of generation " + generation + " is not the current one of "
                            + "subscription " + Quoted.of(subscription.id()));
        }
        return subscription.cycle().deadlines().isLeaseOver()
                ? Refusal.of(ErrorCode.WAKE_TOKEN_EXPIRED, "the token has expired with the lease of the wake")
                : null;
    }

    /** Ends the lease of a worker without an acknowledgement. */
    void release(String token, String wakeId, long generation, Callback<Boolean> then) {
        if (!isOf(SubscriptionSpec.Kind.PULL_WAKE, then)) {
            return;
        }
        Refusal refusal = check(token, wakeId, generation);
        if (refusal != null) {
            subscription.refuse(then, refusal);
            return;
        }
        subscription.append(
                List.of(new SubscriptionEvent.Ended()),
                () -> subscription.answer(then, wakesAgain()),
                refused -> subscription.refuse(then, refused));
    }

    // ---- operators ----

    /** Sets the cursor of a stream to any place of it: its beginning, its tail, or an offset. */
    void seek(StreamPath path, ReadStart place, Callback<Boolean> then) {
        Link link = links().at(path.value());
        if (link == null || !link.exists()) {
            subscription.refuse(then, unknown(path));
            return;
        }
        links().look(
                        List.of(links().question(link, offset(place))),
                        answers -> checkPlaces(answers, then, () -> seek(answers.get(0), then)));
    }

    /** The offset that a place names, whatever the stream is; null for its tail. */
    private static @Nullable Offset offset(ReadStart place) {
        if (place instanceof ReadStart.Beginning) {
            return Offset.ZERO;
        } else if (place instanceof ReadStart.Now) {
            return null;
        } else if (place instanceof ReadStart.At at) {
            return at.offset();
        }
        throw new IllegalArgumentException("a cursor cannot be moved to " + place);
    }

    private void seek(Look.Seen seen, Callback<Boolean> then) {
        Refusal problem = seen.exists()
                ? seen.problem()
                : unknown(new StreamPath(seen.look().path()));
        if (problem != null) {
            subscription.refuse(then, problem);
            return;
        }
        long position = seen.look().offset() == null ? seen.tail() : seen.position();
        Cursor cursor = new Cursor(seen.look().path(), seen.generation(), position);
        subscription.append(
                List.of(new SubscriptionEvent.Sought(cursor)),
                () -> {
                    links().judgeAll();
                    subscription.answer(then, true);
                },
                refused -> subscription.refuse(then, refused));
    }
}
