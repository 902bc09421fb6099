package io.streamkeeper.server.longrun;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Waits after a start until everything that was acknowledged before is delivered, and then acknowledged by its workers.
 * Belongs to the thread of its {@link Subscribers}.
 */
final class Redelivery {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** How long a delivery takes at most after a start; one that is scheduled for later, from then on. */
    private static final Duration DELIVERED_MAX = Duration.ofSeconds(5);

    private static final Duration DELIVERED_IN_CLUSTER_MAX = Duration.ofSeconds(20);

    /** No schedule is longer, as workers do not fail so often in a row. */
    private static final Duration SCHEDULED_MAX = Duration.ofSeconds(10);

    private static final Duration ACKNOWLEDGED_MAX = Duration.ofSeconds(60);
    private static final int PAUSE_MILLIS = 20;

    private final Subscribers subscribers;
    private final Set<ModelSubscription> pending = ConcurrentHashMap.newKeySet();
    private volatile long slowestMillis;

    Redelivery(Subscribers subscribers) {
        this.subscribers = subscribers;
    }

    long slowestMillis() {
        return slowestMillis;
    }

    /** The server has ended: what is not delivered now is delivered after the next start. */
    void ended() {
        pending.clear();
        subscribers.subscriptions.stream()
                .filter(subscription -> subscription.undelivered(streams()) != null)
                .forEach(pending::add);
    }

    void await(String lastEnd) throws IOException, InterruptedException {
        boolean isCluster = subscribers.session().servers.isCluster();
        Duration most = isCluster ? DELIVERED_IN_CLUSTER_MAX : DELIVERED_MAX;
        Map<ModelSubscription, Long> waiting = waiting();
        while (!waiting.isEmpty()) {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            for (ModelSubscription subscription : List.copyOf(waiting.keySet())) {
                FollowedStream stream = subscription.undelivered(streams());
                long millis = sinceStartMillis(System.nanoTime()) - waiting.get(subscription);
                if (stream == null) {
                    delivered(subscription, waiting.remove(subscription), lastEnd);
                } else if (millis > most.toMillis()) {
                    throw new AssertionError("not delivered " + millis + " ms after the start after " + lastEnd + ": "
                            + stream + " of " + subscription + ", " + view(subscription));
                }
            }
        }
        acknowledged(lastEnd);
    }

    private void delivered(ModelSubscription subscription, long delayMillis, String lastEnd) {
        long millis = sinceStartMillis(subscription.shownNanos()) - delayMillis;
        slowestMillis = Math.max(slowestMillis, millis);
        String kind = subscription.isPullWake() ? "pull-wake" : "webhook";
        subscribers.reach.count(kind + ": pending work delivered after " + lastEnd);
    }

    private List<FollowedStream> streams() {
        return List.copyOf(subscribers.streams.values());
    }

    private long sinceStartMillis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos - subscribers.session().readyNanos);
    }

    /**
     * The subscriptions that had something pending at the end, or have now, with the milliseconds for which an attempt of
     * each is delayed.
     */
    private Map<ModelSubscription, Long> waiting() throws IOException, InterruptedException {
        Map<ModelSubscription, Long> waiting = new HashMap<>();
        for (ModelSubscription subscription : subscribers.subscriptions) {
            boolean isPending = pending.contains(subscription) || subscription.undelivered(streams()) != null;
            if (subscription.isAllowed(subscribers.session()) && isPending) {
                waiting.put(subscription, delayMillis(view(subscription)));
            }
        }
        return waiting;
    }

    private long delayMillis(JsonNode view) {
        if (!view.has("next_attempt_at") || view.get("next_attempt_at").isNull()) {
            return 0;
        }
        Instant next = Instant.parse(view.get("next_attempt_at").asText());
        long left = Duration.between(subscribers.clock.now(), next).toMillis();
        return sinceStartMillis(System.nanoTime()) + Math.max(0, Math.min(left, SCHEDULED_MAX.toMillis()));
    }

    /** Waits until nothing is pending, and compares the cursors with the model. */
    private void acknowledged(String lastEnd) throws IOException, InterruptedException {
        long latestNanos = System.nanoTime() + ACKNOWLEDGED_MAX.toNanos();
        List<ModelSubscription> open = new ArrayList<>(subscribers.subscriptions);
        open.removeIf(subscription -> !subscription.isAllowed(subscribers.session()));
        while (!open.isEmpty()) {
            ModelSubscription subscription = open.get(0);
            ModelSubscription.Floor floor = subscription.floor();
            JsonNode view = view(subscription);
            subscription.check(view, floor);
            if (!isPending(view)) {
                open.remove(0);
            } else if (System.nanoTime() > latestNanos) {
                throw new AssertionError(
                        "still pending, " + ACKNOWLEDGED_MAX + " after " + lastEnd + ": " + subscription + ", " + view);
            } else {
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        }
    }

    private static boolean isPending(JsonNode view) {
        for (JsonNode stream : view.get("streams")) {
            if (stream.get("has_pending").asBoolean()) {
                return true;
            }
        }
        return false;
    }

    private JsonNode view(ModelSubscription subscription) throws IOException, InterruptedException {
        while (true) {
            try {
                Wire.Answer answer = subscribers.exchange("GET", Subscribers.ROOT + subscription.id, "");
                Subscribers.require(answer.status() == 200, "a description", subscription, answer);
                return MAPPER.readTree(answer.body());
            } catch (Traffic.Later e) {
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        }
    }
}
