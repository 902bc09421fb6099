package io.streamkeeper.server.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.StreamPath;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The fold of events: what it is after a restart, with and without snapshots, and that no cursor moves back. */
class SubscriptionStateTest {
    private static final List<String> PATHS = List.of("a/1", "a/2", "a/3", "x", "y/ä\"\\\u0001", "wake");

    private static SubscriptionEvent.Begun begun(Random random) {
        boolean pull = random.nextBoolean();
        SubscriptionSpec spec = new SubscriptionSpec(
                pull ? SubscriptionSpec.Kind.PULL_WAKE : SubscriptionSpec.Kind.WEBHOOK,
                random.nextBoolean() ? Glob.parse("a/*") : null,
                List.of(new StreamPath("x")),
                pull ? null : "https://example.org/?a=\"1\"",
                pull ? new StreamPath("wake") : null,
                30_000,
                random.nextBoolean() ? "d" : null);
        SubscriptionOwner owner =
                new SubscriptionOwner("alice", true, List.of(new SubscriptionOwner.StoredGrant("read,append", "a/**")));
        return new SubscriptionEvent.Begun("inc" + random.nextInt(100), 17, spec, owner, 0, null, Schedule.NONE);
    }

    private static Cursor cursor(Random random) {
        return new Cursor(path(random), 1 + random.nextInt(3), 1 + random.nextInt(100));
    }

    private static String path(Random random) {
        return PATHS.get(random.nextInt(PATHS.size()));
    }

    private static List<Cursor> cursors(Random random) {
        List<Cursor> some = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            some.add(cursor(random));
        }
        return some;
    }

    private static SubscriptionEvent event(Random random, long generation) {
        return switch (random.nextInt(12)) {
            case 0 -> new SubscriptionEvent.Linked(List.of(path(random), path(random)), cursors(random));
            case 1 -> new SubscriptionEvent.Unlinked(path(random));
            case 2, 3 ->
                new SubscriptionEvent.Woken(new WakeInFlight(
                        "w" + generation,
                        generation,
                        cursors(random).stream()
                                .map(cursor -> new WakeLink(
                                        cursor.path(),
                                        random.nextBoolean(),
                                        cursor.generation(),
                                        Offset.ZERO,
                                        new Offset(cursor.generation(), cursor.position())))
                                .toList(),
                        random.nextBoolean() ? "a/1" : null,
                        random.nextBoolean() ? "worker" : null,
                        random.nextInt(3),
                        random.nextBoolean()));
            case 4 -> new SubscriptionEvent.Claimed("w\u00fc", 5 + random.nextInt(10));
            case 5 -> new SubscriptionEvent.Accepted();
            case 6 ->
                new SubscriptionEvent.Failed(
                        random.nextInt(9),
                        1 + random.nextInt(100),
                        random.nextInt(50),
                        "status 500",
                        random.nextBoolean());
            case 7, 8 -> new SubscriptionEvent.Acked(cursors(random), random.nextInt(2) * 40L);
            case 9 -> new SubscriptionEvent.Done();
            case 10 -> new SubscriptionEvent.Ended();
            default -> new SubscriptionEvent.Sought(cursor(random));
        };
    }

    private static byte[] stored(List<SubscriptionEvent> events) {
        String array = new String(EventMessages.write(events), StandardCharsets.UTF_8);
        return (array.substring(1, array.length() - 1) + ",").getBytes(StandardCharsets.UTF_8);
    }

    private static SubscriptionState read(List<SubscriptionEvent> events) {
        SubscriptionState state = new SubscriptionState();
        if (!events.isEmpty()) {
            EventMessages.read(stored(events), state::apply);
        }
        return state;
    }

    private static void assertSame(SubscriptionState state, SubscriptionState expected) {
        assertThat(state.exists()).isEqualTo(expected.exists());
        if (state.exists()) {
            assertThat(state.spec()).isEqualTo(expected.spec());
            assertThat(state.owner()).isEqualTo(expected.owner());
            assertThat(state.incarnation()).isEqualTo(expected.incarnation());
            assertThat(state.explicit()).isEqualTo(expected.explicit());
            assertThat(state.cursors()).containsExactlyInAnyOrderElementsOf(expected.cursors());
            assertThat(state.generation()).isEqualTo(expected.generation());
            assertThat(state.wake()).isEqualTo(expected.wake());
            assertThat(state.schedule()).isEqualTo(expected.schedule());
        }
    }

    @Test
    void aFailureOfAnEarlierVersionIsReadAsDue() {
        List<SubscriptionEvent> read = new ArrayList<>();
        EventMessages.read(
                "{\"e\":\"failed\",\"attempts\":2,\"next\":9,\"error\":\"status 500\",\"keeps\":true},"
                        .getBytes(StandardCharsets.UTF_8),
                read::add);
        assertThat(read).containsExactly(new SubscriptionEvent.Failed(2, 9, 0, "status 500", true));
    }

    @Test
    void aRestartAtAnyPointReadsTheSameState() {
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            List<SubscriptionEvent> log = new ArrayList<>();
            SubscriptionState state = new SubscriptionState();
            for (SubscriptionEvent first :
                    List.of(begun(random), new SubscriptionEvent.Part(List.of("x"), cursors(random)))) {
                log.add(first);
                state.apply(first);
                assertThat(read(log).exists()).isFalse();
            }
            log.add(new SubscriptionEvent.Complete());
            state.apply(new SubscriptionEvent.Complete());
            for (int step = 0; step < 40; step++) {
                if (random.nextInt(15) == 0) {
                    List<SubscriptionEvent> snapshot =
                            state.snapshot().stream().flatMap(List::stream).toList();
                    if (random.nextBoolean()) {
                        // A kill in the middle of a snapshot.
                        snapshot = snapshot.subList(0, 1 + random.nextInt(snapshot.size() - 1));
                        log.addAll(snapshot);
                    } else {
                        log = new ArrayList<>(
                                random.nextBoolean() ? List.of() : log.subList(log.size() / 2, log.size()));
                        log.addAll(snapshot);
                    }
                } else {
                    SubscriptionEvent event = event(random, state.generation() + 1);
                    checkCursors(state, event);
                    log.add(event);
                }
                assertSame(read(log), state);
            }
        }
    }

    /** Applies an event; no cursor moves back, except that an operator sets. */
    private static void checkCursors(SubscriptionState state, SubscriptionEvent event) {
        List<Cursor> before = List.copyOf(state.cursors());
        state.apply(event);
        for (Cursor cursor : before) {
            boolean isSet = event instanceof SubscriptionEvent.Sought || event instanceof SubscriptionEvent.Unlinked;
            if (!isSet) {
                Cursor now = state.cursors().stream()
                        .filter(each -> each.path().equals(cursor.path()))
                        .findFirst()
                        .orElseThrow();
                assertThat(now.generation()).isGreaterThanOrEqualTo(cursor.generation());
                if (now.generation() == cursor.generation()) {
                    assertThat(now.position()).isGreaterThanOrEqualTo(cursor.position());
                }
            }
        }
    }

    @Test
    void aLongSnapshotHasSeveralBatches() {
        SubscriptionState state = new SubscriptionState();
        Random random = new Random(1);
        SubscriptionEvent.Begun begun = new SubscriptionEvent.Begun(
                "i", 1, SubscriptionsRig.webhook("a/**"), SubscriptionsRig.OWNER, 3, null, Schedule.NONE);
        state.apply(begun);
        List<Cursor> cursors = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            cursors.add(new Cursor("a/" + i, 1 + random.nextInt(5), 1 + random.nextInt(1_000)));
        }
        state.apply(new SubscriptionEvent.Part(List.of("e1", "e2"), cursors));
        state.apply(new SubscriptionEvent.Complete());
        List<List<SubscriptionEvent>> batches = state.snapshot();
        assertThat(batches).hasSizeGreaterThan(5);
        assertThat(batches)
                .allSatisfy(batch -> assertThat(EventMessages.write(batch)).hasSizeLessThan(64 << 10));
        assertSame(read(batches.stream().flatMap(List::stream).toList()), state);
    }

    @Test
    void aLogOfANewerServerIsNotRead() {
        String begun = new String(stored(List.of(begun(new Random(1)))), StandardCharsets.UTF_8);
        assertThatThrownBy(() -> EventMessages.read(
                        begun.replace("\"v\":1", "\"v\":2").getBytes(StandardCharsets.UTF_8), event -> {}))
                .isInstanceOf(JsonTree.UnexpectedException.class)
                .hasMessageContaining("newer");
        assertThatThrownBy(() -> EventMessages.read("{\"e\":\"other\"},".getBytes(StandardCharsets.UTF_8), event -> {}))
                .isInstanceOf(JsonTree.UnexpectedException.class);
        List<SubscriptionEvent> read = new ArrayList<>();
        EventMessages.read("{\"e\":\"done\",\"later\":[{}, null, 1.5]},".getBytes(StandardCharsets.UTF_8), read::add);
        assertThat(read).containsExactly(new SubscriptionEvent.Done());
    }
}
