package io.streamkeeper.server.subscription;

import static io.streamkeeper.server.subscription.SubscriptionsRig.eventually;
import static io.streamkeeper.server.subscription.SubscriptionsRig.pull;
import static io.streamkeeper.server.subscription.SubscriptionsRig.webhook;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Random appends, creations, deletions, answers, acknowledgements, times, full disks and restarts. Whatever happens: each
 * acknowledged append of a linked stream reaches a worker, no cursor passes what workers have processed or moves back, and
 * no generation has two wakes.
 */
class SubscriptionModelTest {
    private static final int SEEDS = 12 * Integer.getInteger("seeds", 1);
    private static final int STEPS = 250;

    /** Short, so that each log has many snapshots. */
    private static final int EVENTS_BYTES_MIN = 1 << 9;

    /** What some streams keep. */
    private static final Retention LAST_MESSAGES = new Retention(Retention.UNBOUNDED, Retention.UNBOUNDED, 2);

    private static final Set<ErrorCode> ALLOWED = Set.of(
            ErrorCode.FENCED,
            ErrorCode.WAKE_TOKEN_EXPIRED,
            ErrorCode.NO_PENDING_WORK,
            ErrorCode.STORAGE_FULL,
            ErrorCode.ACK_OFFSET_INVALID,
            ErrorCode.SUBSCRIPTION_INVALID);

    private static final Map<String, SubscriptionSpec> SPECS = Map.of(
            "hook", webhook("events/*", "manual"),
            "all", webhook("**"),
            "pull", pull("events/**", "wake"));

    private record Stream(String path, long generation) {}

    private record Key(String subscription, String path, long generation) {}

    /** The model of one seed. */
    private static final class Model {
        private final Random random;
        private final SubscriptionsRig rig;
        private final Map<String, Offset> tails = new HashMap<>();

        /** How far workers have processed, or where a subscription has begun. */
        private final Map<Key, Long> processed = new HashMap<>();

        /** Where streams begin that do not keep everything. */
        private final Map<Stream, Long> earliest = new HashMap<>();

        private final Map<Key, Long> seen = new HashMap<>();
        private final Map<String, Map<Long, String>> generations = new HashMap<>();
        private final List<Wake> claimed = new ArrayList<>();
        private int delivered;

        Model(long seed, SubscriptionsRig rig) {
            this.random = new Random(seed);
            this.rig = rig;
        }

        void run() {
            rig.create("wake");
            tails.put("events/0", rig.create("events/0", "1"));
            SPECS.forEach((id, spec) -> {
                rig.put(id, spec);
                processed.put(
                        new Key(id, "events/0", tails.get("events/0").generation()),
                        tails.get("events/0").position());
            });
            for (int step = 0; step < STEPS; step++) {
                step();
                if (step % 10 == 0) {
                    check();
                }
            }
            finish();
        }

        private String path() {
            int number = random.nextInt(6);
            return number == 5 ? "manual" : "events/" + number;
        }

        private void step() {
            switch (random.nextInt(20)) {
                case 0, 1, 2, 3, 4 -> append();
                case 5 -> delete();
                case 6, 7, 8, 9 -> answer();
                case 10, 11 -> attempt(() -> claimed.add(rig.claim("pull", "w" + random.nextInt(2))));
                case 12, 13, 14 -> report();
                case 15 -> rig.time.advance(random.nextInt(3_000));
                case 16 -> rig.time.advance(random.nextInt(40_000));
                case 17 -> rig.stores.full(random.nextInt(3) == 0);
                case 18 -> rig.time.setWallClock(random.nextInt(200_000) - 100_000);
                default -> {
                    if (random.nextInt(3) == 0) {
                        rig.restart();
                    }
                }
            }
        }

        private void attempt(Runnable request) {
            try {
                request.run();
            } catch (RefusedException e) {
                assertThat(ALLOWED).contains(e.refusal().code());
            } catch (AssertionError e) {
                assertThat(e).hasMessageContaining("Held");
            }
        }

        private void append() {
            rig.stores.full(false);
            String path = path();
            tails.put(
                    path,
                    tails.containsKey(path)
                            ? rig.append(path, "1")
                            : rig.create(random.nextBoolean() ? LAST_MESSAGES : Retention.none(), path, "1"));
            earliest.put(new Stream(path, tails.get(path).generation()), rig.earliest(path));
        }

        private void delete() {
            String path = path();
            if (tails.remove(path) != null) {
                rig.stores.full(false);
                rig.delete(path);
            }
        }

        /** A worker has processed everything in a wake. */
        private void process(Wake wake) {
            delivered++;
            String known = generations
                    .computeIfAbsent(wake.subscription(), key -> new HashMap<>())
                    .putIfAbsent(wake.generation(), wake.id());
            assertThat(known == null || known.equals(wake.id()))
                    .as("generation %s of %s has one wake", wake.generation(), wake.subscription())
                    .isTrue();
            for (StreamLink link : wake.links()) {
                Key key = new Key(wake.subscription(), link.path(), link.tail().generation());
                assertThat(link.acked().position())
                        .as("a wake begins after what was processed of %s", key)
                        .isLessThanOrEqualTo(doneUpTo(key));
                processed.merge(key, link.tail().position(), Math::max);
            }
        }

        /** Everything before is processed, or no longer kept. */
        private long doneUpTo(Key key) {
            return Math.max(
                    processed.getOrDefault(key, 0L),
                    earliest.getOrDefault(new Stream(key.path(), key.generation()), 0L));
        }

        private void answer() {
            List<ScriptedDeliveries.Sent> sent = rig.deliveries.sent();
            if (sent.isEmpty()) {
                return;
            }
            ScriptedDeliveries.Sent one = sent.get(Math.max(0, sent.size() - 1 - random.nextInt(4)));
            if (!one.isOpen()) {
                return;
            }
            process(one.wake());
            switch (random.nextInt(5)) {
                case 0 -> one.fail();
                case 1 -> one.answer(new Deliveries.Result.Accepted(false));
                case 2 ->
                    attempt(() -> rig.callback(one.wake(), random.nextBoolean(), SubscriptionsRig.tails(one.wake())));
                default -> one.done();
            }
        }

        private void report() {
            if (claimed.isEmpty()) {
                return;
            }
            Wake wake = claimed.get(random.nextInt(claimed.size()));
            if (random.nextInt(4) == 0) {
                attempt(() -> rig.release(wake));
            } else {
                process(wake);
                boolean done = random.nextBoolean();
                attempt(() -> rig.ack(wake, done, SubscriptionsRig.tails(wake)));
            }
        }

        /** No cursor passes what was processed, or moves back. */
        private void check() {
            for (String id : SPECS.keySet()) {
                for (StreamLink link : rig.get(id).links()) {
                    Key key = new Key(id, link.path(), link.acked().generation());
                    long acked = link.acked().position();
                    assertThat(acked).as("the cursor of %s", key).isLessThanOrEqualTo(doneUpTo(key));
                    assertThat(acked).as("the cursor of %s", key).isGreaterThanOrEqualTo(seen.getOrDefault(key, 0L));
                    seen.put(key, acked);
                }
            }
        }

        /** The faults end, and all work is done: each append was delivered. */
        private void finish() {
            rig.stores.full(false);
            rig.restart();
            eventually(() -> {
                rig.time.advance(5_000);
                rig.settle();
                rig.deliveries.sent().stream()
                        .filter(ScriptedDeliveries.Sent::isOpen)
                        .forEach(sent -> {
                            process(sent.wake());
                            sent.done();
                        });
                attempt(() -> {
                    Wake wake = rig.claim("pull", "last");
                    process(wake);
                    rig.ack(wake, true, SubscriptionsRig.tails(wake));
                });
                check();
                for (String id : SPECS.keySet()) {
                    assertThat(rig.get(id).links()).as(id).noneMatch(StreamLink::hasPending);
                }
            });
            tails.forEach((path, tail) -> SPECS.forEach((id, spec) -> {
                boolean isLinked = spec.streams().contains(new StreamPath(path))
                        || (spec.pattern() != null && spec.pattern().matches(new StreamPath(path)));
                if (isLinked) {
                    assertThat(rig.link(id, path).acked())
                            .as("%s of %s", path, id)
                            .isEqualTo(tail);
                    assertThat(processed.get(new Key(id, path, tail.generation())))
                            .isEqualTo(tail.position());
                }
            }));
            assertThat(delivered).isPositive();
        }
    }

    @Test
    void eachAppendIsDeliveredAndNoCursorPassesWhatWasProcessed() throws IOException {
        long only = Long.getLong("subscriptions.seed", -1);
        for (long seed = 0; seed < SEEDS; seed++) {
            long used = only < 0 ? seed : only;
            try (SubscriptionsRig rig = new SubscriptionsRig(2, EVENTS_BYTES_MIN)) {
                new Model(used, rig).run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("-Dsubscriptions.seed=" + used, e);
            }
        }
    }
}
