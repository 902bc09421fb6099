package io.streamkeeper.server.subscription;

import io.streamkeeper.protocol.StreamPath;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The durable state of a subscription: a function of the events of its log, without clock and I/O. Owned by the loop of
 * its shard.
 *
 * <pre>
 *   IDLE ──Woken──▶ WAKE ──Claimed (pull-wake)──▶ LEASE ──Acked, 0──▶ IDLE
 *    ▲                │  (a webhook's lease begins with the wake)  └──Acked, Done, Ended, Failed, Sought──▶ IDLE
 *    └────────────────┘
 * </pre>
 *
 * A cursor exists for each stream of which something is acknowledged. It never moves back, except by {@link
 * SubscriptionEvent.Sought}.
 */
final class SubscriptionState {
    /** The explicit streams and cursors in one message of a snapshot. */
    private static final int PART_MAX = 250;

    private SubscriptionEvent.@Nullable Begun base;
    private Set<String> explicit = new LinkedHashSet<>();
    private Map<String, Cursor> cursors = new HashMap<>();
    private long generation;
    private @Nullable WakeInFlight wake;
    private Schedule schedule = Schedule.NONE;

    private SubscriptionEvent.@Nullable Begun begun;
    private Set<String> begunExplicit = new LinkedHashSet<>();
    private Map<String, Cursor> begunCursors = new HashMap<>();

    /** Whether a complete snapshot was applied: before that, the subscription does not exist. */
    boolean exists() {
        return base != null;
    }

    private SubscriptionEvent.Begun base() {
        if (base == null) {
            throw new IllegalStateException("the subscription has no complete snapshot");
        }
        return base;
    }

    String incarnation() {
        return base().incarnation();
    }

    long createdMillis() {
        return base().createdMillis();
    }

    SubscriptionSpec spec() {
        return base().spec();
    }

    SubscriptionOwner owner() {
        return base().owner();
    }

    long generation() {
        return generation;
    }

    @Nullable
    WakeInFlight wake() {
        return wake;
    }

    Schedule schedule() {
        return schedule;
    }

    /** The streams that are linked by name. */
    Set<String> explicit() {
        return Collections.unmodifiableSet(explicit);
    }

    Collection<Cursor> cursors() {
        return Collections.unmodifiableCollection(cursors.values());
    }

    /** What is acknowledged of the stream at a path; null for nothing. */
    @Nullable
    Cursor cursor(String path) {
        return cursors.get(path);
    }

    /** How much of a stream is acknowledged: a position, 0 for nothing. */
    long acked(String path, long streamGeneration) {
        Cursor cursor = cursors.get(path);
        return cursor == null || cursor.generation() != streamGeneration ? 0 : cursor.position();
    }

    /** Whether the pattern matches a stream; never the subscription's own wake stream. */
    boolean matches(String path) {
        Glob pattern = spec().pattern();
        StreamPath own = spec().wakeStream();
        return pattern != null && (own == null || !own.value().equals(path)) && pattern.matches(new StreamPath(path));
    }

    boolean isLinked(String path) {
        return explicit.contains(path) || matches(path);
    }

    // ---- events ----

    /** Applies the next event of the log. One before the first complete snapshot has no effect. */
    void apply(SubscriptionEvent event) {
        if (event instanceof SubscriptionEvent.Begun snapshot) {
            begun = snapshot;
            begunExplicit = new LinkedHashSet<>();
            begunCursors = new HashMap<>();
        } else if (event instanceof SubscriptionEvent.Part part) {
            begunExplicit.addAll(part.explicit());
            part.cursors().forEach(cursor -> begunCursors.put(cursor.path(), cursor));
        } else if (event instanceof SubscriptionEvent.Complete) {
            complete();
        } else {
            begun = null;
            if (base != null) {
                change(event);
            }
        }
    }

    private void complete() {
        if (begun == null) {
            return;
        }
        base = begun;
        explicit = begunExplicit;
        cursors = begunCursors;
        generation = begun.generation();
        wake = begun.wake();
        schedule = begun.schedule();
        begun = null;
        begunExplicit = new LinkedHashSet<>();
        begunCursors = new HashMap<>();
    }

    private void change(SubscriptionEvent event) {
        if (event instanceof SubscriptionEvent.Linked linked) {
            explicit.addAll(linked.streams());
            linked.cursors().forEach(this::advance);
        } else if (event instanceof SubscriptionEvent.Unlinked unlinked) {
            unlink(unlinked.stream());
        } else if (event instanceof SubscriptionEvent.Acked acked) {
            acked.cursors().forEach(this::advance);
            schedule = Schedule.NONE;
            wake = acked.leaseUntilMillis() == 0 || wake == null ? null : wake.extended(acked.leaseUntilMillis());
        } else if (event instanceof SubscriptionEvent.Done) {
            if (wake != null) {
                wake.links().forEach(link -> advance(link.cursorAtTail()));
            }
            end();
        } else if (event instanceof SubscriptionEvent.Ended) {
            end();
        } else if (event instanceof SubscriptionEvent.Sought sought) {
            cursors.put(sought.cursor().path(), sought.cursor());
            end();
        } else {
            changeWake(event);
        }
    }

    private void changeWake(SubscriptionEvent event) {
        if (event instanceof SubscriptionEvent.Woken woken) {
            wake = woken.wake();
            generation = woken.wake().generation();
            schedule = schedule.paused();
        } else if (event instanceof SubscriptionEvent.Claimed claimed) {
            wake = wake == null ? null : wake.claimed(claimed.holder(), claimed.leaseUntilMillis());
            schedule = Schedule.NONE;
        } else if (event instanceof SubscriptionEvent.Accepted) {
            wake = wake == null ? null : wake.acceptedByReceiver();
            // A wake stream has nothing more to fail; a receiver may still not become done.
            schedule = spec().kind() == SubscriptionSpec.Kind.PULL_WAKE ? Schedule.NONE : schedule.paused();
        } else if (event instanceof SubscriptionEvent.Failed failed) {
            schedule = new Schedule(failed.attempts(), failed.nextMillis(), failed.delayMillis(), failed.error());
            wake = failed.keepsWake() ? wake : null;
        } else {
            throw new IllegalArgumentException("an event of the unknown type " + event.getClass());
        }
    }

    private void end() {
        wake = null;
        schedule = Schedule.NONE;
    }

    private void unlink(String path) {
        explicit.remove(path);
        if (!matches(path)) {
            cursors.remove(path);
        }
    }

    private void advance(Cursor cursor) {
        if (!isLinked(cursor.path())) {
            return;
        }
        Cursor known = cursors.get(cursor.path());
        boolean isLater = known == null
                || cursor.generation() > known.generation()
                || (cursor.generation() == known.generation() && cursor.position() > known.position());
        if (isLater) {
            cursors.put(cursor.path(), cursor);
        }
    }

    // ---- snapshots ----

    /**
     * Forgets the cursors of streams that do not exist any more: they have no meaning, because a generation is never used
     * again.
     */
    void retain(Predicate<Cursor> exists) {
        cursors.values().removeIf(cursor -> !exists.test(cursor));
    }

    /** The events of a snapshot of this state, in batches of which each is one append. */
    List<List<SubscriptionEvent>> snapshot() {
        SubscriptionEvent.Begun first = base();
        return snapshot(
                new SubscriptionEvent.Begun(
                        first.incarnation(),
                        first.createdMillis(),
                        first.spec(),
                        first.owner(),
                        generation,
                        wake,
                        schedule),
                explicit,
                cursors.values());
    }

    /** The events of a snapshot, in batches of which each is one append. */
    static List<List<SubscriptionEvent>> snapshot(
            SubscriptionEvent.Begun begun, Collection<String> explicit, Collection<Cursor> cursors) {
        List<List<SubscriptionEvent>> batches = new ArrayList<>();
        List<SubscriptionEvent> batch = new ArrayList<>();
        batch.add(begun);
        for (List<String> streams : parts(explicit)) {
            batch.add(new SubscriptionEvent.Part(streams, List.of()));
            batches.add(batch);
            batch = new ArrayList<>();
        }
        for (List<Cursor> part : parts(cursors)) {
            batch.add(new SubscriptionEvent.Part(List.of(), part));
            batches.add(batch);
            batch = new ArrayList<>();
        }
        batch.add(new SubscriptionEvent.Complete());
        batches.add(batch);
        return merged(batches);
    }

    /** Joins a short snapshot to one batch, so that it is written at once. */
    private static List<List<SubscriptionEvent>> merged(List<List<SubscriptionEvent>> batches) {
        return batches.size() > 3
                ? batches
                : List.of(batches.stream().flatMap(List::stream).toList());
    }

    private static <T> List<List<T>> parts(Collection<T> all) {
        List<T> list = List.copyOf(all);
        List<List<T>> parts = new ArrayList<>();
        for (int from = 0; from < list.size(); from += PART_MAX) {
            parts.add(list.subList(from, Math.min(list.size(), from + PART_MAX)));
        }
        return parts;
    }
}
