package io.streamkeeper.server.subscription;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.metrics.LoopCounters.RetryReason;
import io.streamkeeper.storage.disk.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a subscription does by itself: it makes a wake when there is pending work, has it delivered, and ends leases. At
 * most one timer runs, for what is due next. Owned by the loop of the subscription.
 *
 * <p>A wake is durable before anything is sent, and its generation is never used again. What a receiver reports is
 * compared with the wake that the subscription has when the report arrives.
 */
final class WakeCycle implements RequestQueue.OwnWork {
    /** How long the subscription waits after its log has refused an event. */
    private static final long REFUSED_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** How often streams are looked for that were not linked for lack of room, and rights are asked again. */
    private static final long RESCAN_NANOS = TimeUnit.SECONDS.toNanos(60);

    private static final long NEVER = Long.MAX_VALUE;

    private final OwnedSubscription subscription;
    private final Clock clock;
    private final Deadlines deadlines;
    private final WebhookCourier webhook;
    private final WakeStreamWriter wakeStream;
    private long refusedNanos;
    private boolean wasRefused;
    private long rescanNanos;
    private boolean isRescanDue;

    private @Nullable Runnable timer;
    private long timerNanos;

    WakeCycle(OwnedSubscription subscription) {
        this.subscription = subscription;
        this.clock = subscription.services().clock();
        this.deadlines = new Deadlines(subscription.state(), clock);
        this.webhook = new WebhookCourier(subscription);
        this.wakeStream = new WakeStreamWriter(subscription);
    }

    Deadlines deadlines() {
        return deadlines;
    }

    private SubscriptionState state() {
        return subscription.state();
    }

    private Links links() {
        return subscription.links();
    }

    private boolean isWebhook() {
        return state().spec().kind() == SubscriptionSpec.Kind.WEBHOOK;
    }

    /** Whether deliveries wait for their turn. */
    boolean waitsForRoom() {
        return webhook.waitsForRoom();
    }

    /** For how long no worker has claimed the wake; 0 if one has, or there is none. */
    long unclaimedMillis() {
        WakeInFlight wake = state().wake();
        return wake == null || isWebhook() || wake.holder() != null ? 0 : deadlines.wakeAgeMillis();
    }

    /** The state has changed. */
    void changed() {
        deadlines.follow();
        webhook.follow(state().wake());
    }

    void close() {
        webhook.close();
        cancelTimer();
    }

    // ---- what is due ----

    @Override
    public boolean begin() {
        deadlines.follow();
        links().ask();
        if (wasRefused && clock.monotonicNanos() - refusedNanos < 0) {
            return false;
        }
        wasRefused = false;
        rescanIfDue();
        if (subscription.log().needsSnapshot()) {
            writeSnapshot();
            return true;
        }
        WakeInFlight wake = state().wake();
        return wake == null ? beginIdle() : begin(wake);
    }

    private boolean beginIdle() {
        if (deadlines.waitsForRetry() || !subscription.services().isOpen()) {
            return false;
        }
        if (links().hasPending()) {
            makeWake();
            return true;
        }
        if (state().schedule().isScheduled() && links().isSettled()) {
            append(new SubscriptionEvent.Ended());
            return true;
        }
        return false;
    }

    private boolean begin(WakeInFlight wake) {
        WebhookCourier.@Nullable Arrived arrived = webhook.takeArrived();
        if (arrived != null && take(wake, arrived)) {
            return true;
        }
        if (deadlines.waitsForRetry()
                || webhook.waitsForRoom()
                || !subscription.services().isOpen()) {
            return false;
        }
        if (deadlines.isLeaseOver()) {
            return endLease(wake);
        }
        return isWebhook() ? deliver(wake) : writeWakeStream(wake);
    }

    /**
     * The lease has ended. A webhook has failed then, unless its retry is due, or nothing was sent to it yet: then a new
     * wake begins.
     */
    private boolean endLease(WakeInFlight wake) {
        boolean retries = isWebhook() && (isRetryDue() || !(wake.accepted() || webhook.hasSent(wake)));
        if (retries && links().hasPending()) {
            makeWake();
        } else if (retries || !isWebhook()) {
            append(new SubscriptionEvent.Ended());
        } else {
            webhook.cancel();
            String reason = wake.accepted()
                    ? "the lease has ended before the worker was done"
                    : "the lease has ended before the webhook was answered";
            fail(RetryReason.LEASE, reason, 0, false);
        }
        return true;
    }

    private boolean isRetryDue() {
        return state().schedule().isScheduled() && !webhook.isUnderWay();
    }

    private boolean deliver(WakeInFlight wake) {
        if (wake.accepted() || webhook.isUnderWay()) {
            return false;
        }
        boolean mayRead = wake.links().stream().allMatch(link -> subscription.mayRead(link.path()));
        if (!mayRead) {
            append(new SubscriptionEvent.Ended());
            return true;
        }
        webhook.send(wake, deadlines.leaseLeftMillis());
        return false;
    }

    private boolean writeWakeStream(WakeInFlight wake) {
        WakeStreamWriter.@Nullable Written written = wakeStream.takeWritten(wake);
        if (written != null && written.refusal() != null) {
            fail(RetryReason.WAKE_STREAM, written.refusal(), 0, true);
            return true;
        }
        if (written != null && state().schedule().isScheduled()) {
            append(new SubscriptionEvent.Accepted());
            return true;
        }
        if (wake.holder() == null) {
            wakeStream.writeIfDue(wake);
        }
        return false;
    }

    // ---- wakes ----

    private void makeWake() {
        pending(found -> {
            if (found.isEmpty()) {
                endWithoutWork();
            } else {
                long until = isWebhook() ? clock.nowMillis() + state().spec().leaseMillis() : 0;
                append(new SubscriptionEvent.Woken(newWake(found, null, until)));
            }
        });
    }

    /** A new wake, which is not durable yet, for the worker that claims it or for none. */
    WakeInFlight newWake(List<WakeLink> found, @Nullable String holder, long untilMillis) {
        return new WakeInFlight(
                "w_" + subscription.services().newId(),
                state().generation() + 1,
                isWebhook() ? found : List.of(),
                isWebhook() ? null : found.get(0).path(),
                holder,
                untilMillis,
                holder != null);
    }

    /** What was pending is not any more, or may not be read. */
    private void endWithoutWork() {
        if (state().wake() != null || state().schedule().isScheduled()) {
            append(new SubscriptionEvent.Ended());
        } else {
            subscription.queue().finished();
        }
    }

    /** Receives the streams that have something to acknowledge. */
    interface PendingLinks {
        void found(List<WakeLink> links);
    }

    /** Looks at the pending streams that the owner may read, as many as a wake may have. */
    void pending(PendingLinks then) {
        List<Link> some = links().pending(Wake.LINKS_MAX, subscription::mayRead);
        links().rotate(some);
        List<Look> looks =
                some.stream().map(link -> links().question(link, null)).toList();
        links().look(looks, answers -> {
            List<WakeLink> found = new ArrayList<>();
            answers.stream()
                    .filter(Look.Seen::hasPending)
                    .forEach(seen -> found.add(new WakeLink(
                            seen.look().path(),
                            state().explicit().contains(seen.look().path()),
                            seen.generation(),
                            seen.acked(),
                            seen.end())));
            then.found(found);
        });
    }

    // ---- results ----

    private boolean take(WakeInFlight wake, WebhookCourier.Arrived arrived) {
        if (!wake.id().equals(arrived.wakeId())) {
            return false;
        }
        if (arrived.result() instanceof Deliveries.Result.Accepted accepted) {
            append(
                    accepted.done() ? new SubscriptionEvent.Done() : new SubscriptionEvent.Accepted(),
                    () -> judge(accepted.done() ? wake.links() : List.of()),
                    () -> webhook.arrivedAgain(arrived));
        } else {
            Deliveries.Result.Failed failed = (Deliveries.Result.Failed) arrived.result();
            if (wake.accepted()) {
                return false;
            }
            fail(RetryReason.WEBHOOK, failed.reason(), failed.retryAfterMillis(), true);
        }
        return true;
    }

    private void judge(List<WakeLink> acknowledged) {
        acknowledged.forEach(link -> links().judge(link.path()));
    }

    private void fail(RetryReason kind, String reason, long askedMillis, boolean keepsWake) {
        int attempts = state().schedule().attempts() + 1;
        long delay = BackOff.millis(attempts, askedMillis, ThreadLocalRandom.current()::nextDouble);
        append(
                new SubscriptionEvent.Failed(attempts, clock.nowMillis() + delay, delay, reason, keepsWake),
                () -> subscription.home().shard().counters().wakeRetried(kind),
                () -> {});
    }

    // ---- events ----

    private void append(SubscriptionEvent event) {
        append(event, () -> {}, () -> {});
    }

    /**
     * Appends an event; then what is due is decided again.
     *
     * @param kept is run when it is durable
     * @param refused is run if the log has refused it
     */
    private void append(SubscriptionEvent event, Runnable kept, Runnable refused) {
        subscription.append(
                List.of(event),
                () -> {
                    kept.run();
                    subscription.queue().finished();
                },
                refusal -> {
                    refused.run();
                    decideLater();
                });
    }

    /** The log has refused an event: what is due is decided again later. */
    private void decideLater() {
        wasRefused = true;
        refusedNanos = clock.monotonicNanos() + REFUSED_NANOS;
        subscription.queue().finished();
    }

    private void writeSnapshot() {
        if (links().areComplete()) {
            state().retain(cursor -> {
                Link link = links().at(cursor.path());
                return link != null && (!link.exists() || link.generation == cursor.generation());
            });
        }
        subscription
                .log()
                .appendSnapshot(
                        state().snapshot(),
                        Results.then(nothing -> subscription.queue().finished(), this::refusedSnapshot));
    }

    private void refusedSnapshot(Refusal refusal) {
        if (refusal.code() == ErrorCode.OUTCOME_UNKNOWN) {
            subscription.fail(refusal);
        } else {
            decideLater();
        }
    }

    // ---- rescans ----

    /** Rights may have changed. */
    void rightsChanged() {
        links().forgetDenied();
        subscription.next();
    }

    private void rescanIfDue() {
        boolean isNeeded = links().lacksRoom() || links().hasDenied();
        if (!isNeeded) {
            isRescanDue = false;
        } else if (!isRescanDue) {
            isRescanDue = true;
            if (links().lacksRoom()) {
                subscription.services().room().reportShortage(subscription.id());
            }
            rescanNanos = clock.monotonicNanos() + RESCAN_NANOS;
        } else if (clock.monotonicNanos() - rescanNanos >= 0) {
            isRescanDue = false;
            links().forgetDenied();
            if (links().lacksRoom()) {
                subscription.linkAgain();
            }
        }
    }

    // ---- the timer ----

    @Override
    public void rests() {
        long now = clock.monotonicNanos();
        boolean isWaiting = webhook.waitsForRoom() || !subscription.services().isOpen();
        long left = isWaiting ? NEVER : deadlines.leftNanos();
        WakeInFlight wake = state().wake();
        if (wake != null && wake.holder() == null && !isWaiting) {
            left = Math.min(left, wakeStream.leftNanos(wake));
        }
        if (wasRefused) {
            left = refusedNanos - now;
        }
        if (isRescanDue) {
            left = Math.min(left, rescanNanos - now);
        }
        setTimer(left == NEVER ? NEVER : Math.max(0, left));
    }

    private void setTimer(long leftNanos) {
        long at = clock.monotonicNanos() + leftNanos;
        if (leftNanos == NEVER) {
            cancelTimer();
        } else if (timer == null || at - timerNanos < 0) {
            // One that is due earlier stays: then it is decided again.
            cancelTimer();
            timerNanos = at;
            timer = subscription
                    .services()
                    .timers()
                    .schedule(
                            subscription.mailbox().loop(),
                            leftNanos,
                            () -> subscription.mailbox().run(this::timeIsUp));
        }
    }

    private void timeIsUp() {
        timer = null;
        subscription.next();
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.run();
            timer = null;
        }
    }
}
