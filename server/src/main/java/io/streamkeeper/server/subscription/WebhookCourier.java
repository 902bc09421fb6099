package io.streamkeeper.server.subscription;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Has the wakes of one subscription sent to its webhook, one at a time. Owned by the loop of the subscription. */
final class WebhookCourier {
    private static final long ATTEMPT_MILLIS_MAX = TimeUnit.SECONDS.toMillis(30);

    /** The result of an attempt to deliver a wake. */
    record Arrived(String wakeId, Deliveries.Result result) {}

    private final OwnedSubscription subscription;
    private Deliveries.@Nullable Attempt attempt;
    private @Nullable String sent;
    private @Nullable Arrived arrived;
    private boolean waitsForRoom;

    /** The number of attempts, by which the result of the last one is recognised. */
    private long number;

    WebhookCourier(OwnedSubscription subscription) {
        this.subscription = subscription;
    }

    /** Whether an attempt to deliver the present wake has begun whose result is not known. */
    boolean isUnderWay() {
        return attempt != null && sent != null;
    }

    /** Whether this process has begun an attempt to deliver a wake. */
    boolean hasSent(WakeInFlight wake) {
        return wake.id().equals(sent);
    }

    /** Whether as many deliveries are under way as are allowed; the lease of a wake that waits does not end. */
    boolean waitsForRoom() {
        return waitsForRoom;
    }

    /** The result that has come last, once. */
    @Nullable
    Arrived takeArrived() {
        Arrived taken = arrived;
        arrived = null;
        return taken;
    }

    /** A result that could not be recorded comes again, unless there is a later one. */
    void arrivedAgain(Arrived result) {
        if (arrived == null && result.wakeId().equals(sent)) {
            arrived = result;
        }
    }

    /**
     * The subscription has another wake now, or none. What is still answered about another one does not matter; the
     * attempt may end by itself, until the next one begins.
     */
    void follow(@Nullable WakeInFlight wake) {
        if (wake == null || !wake.id().equals(sent)) {
            arrived = null;
            sent = null;
        }
    }

    void send(WakeInFlight wake, long leaseLeftMillis) {
        SubscriptionServices services = subscription.services();
        String url = subscription.state().spec().webhookUrl();
        if (url == null) {
            throw new IllegalStateException("a wake without a webhook");
        }
        cancel();
        number++;
        long mine = number;
        byte[] body = services.bodies()
                .of(subscription.wakeOf(
                        wake, wake.links().stream().map(WakeLink::link).toList()));
        attempt = services.deliveries()
                .send(
                        subscription.mailbox().loop(),
                        url,
                        body,
                        Math.min(leaseLeftMillis, ATTEMPT_MILLIS_MAX),
                        result -> subscription.mailbox().run(() -> arrived(mine, wake.id(), result)),
                        () -> subscription.mailbox().run(this::roomFound));
        waitsForRoom = attempt == null;
        if (!waitsForRoom) {
            sent = wake.id();
        }
    }

    private void arrived(long ofNumber, String wakeId, Deliveries.Result result) {
        if (ofNumber == number && attempt != null) {
            attempt = null;
            arrived = new Arrived(wakeId, result);
            subscription.next();
        }
    }

    private void roomFound() {
        if (waitsForRoom) {
            waitsForRoom = false;
            subscription.next();
        }
    }

    /** Ends the attempt that is under way. */
    void cancel() {
        if (attempt != null) {
            attempt.cancel();
            attempt = null;
        }
    }

    void close() {
        number++;
        cancel();
    }
}
