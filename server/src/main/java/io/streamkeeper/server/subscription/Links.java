package io.streamkeeper.server.subscription;

import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.PathOrder;
import io.streamkeeper.storage.disk.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The streams of one subscription, and which of them have something to acknowledge. Owned by the loop of the owner.
 *
 * <p>A link is <em>pending</em> if its tail is after its cursor. One that is not has an armed watch, or a question that
 * arms it is on its way: {@link #isSettled} says that none is, so that everything that was appended before is known.
 */
final class Links implements Subscriber.Receiver {
    /** Tails that are looked at together. */
    private static final int TAILS_MAX = 500;

    private final SubscriptionState state;
    private final SubscriptionRoom room;
    private final Watches watches;
    private final Clock clock;
    private final Runnable changed;
    private final NavigableMap<String, Link> all = new TreeMap<>(PathOrder::compare);
    private final Set<Link> pending = new LinkedHashSet<>();

    /** Pending links that the owner of the subscription may not read. */
    private final Set<Link> denied = new LinkedHashSet<>();

    private final Set<Link> toAsk = new LinkedHashSet<>();
    private @Nullable Subscriber subscriber;
    private int asked;
    private @Nullable Runnable whenSettled;
    private boolean lacksRoom;
    private boolean looksAgain;
    private boolean isClosed;
    private long pendingBytes;

    /** The smallest time at which a pending link became pending, unless that is to be looked for. */
    private long oldestNanos;

    private boolean isOldestKnown;

    /**
     * No links yet.
     *
     * @param changed is run when a report has come
     */
    Links(SubscriptionState state, SubscriptionRoom room, Watches watches, Clock clock, Runnable changed) {
        this.state = state;
        this.room = room;
        this.watches = watches;
        this.clock = clock;
        this.changed = changed;
    }

    /** Sets the address to which reports come. */
    void subscriber(Subscriber newSubscriber) {
        subscriber = newSubscriber;
    }

    private Subscriber subscriber() {
        if (subscriber == null) {
            throw new IllegalStateException("the subscription has no address yet");
        }
        return subscriber;
    }

    // ---- queries ----

    int count() {
        return all.size();
    }

    Collection<Link> all() {
        return all.values();
    }

    @Nullable
    Link at(String path) {
        return all.get(path);
    }

    boolean hasPending() {
        return !pending.isEmpty();
    }

    int pendingCount() {
        return pending.size();
    }

    boolean hasDenied() {
        return !denied.isEmpty();
    }

    /** Whether streams were not linked because there was no room for it. */
    boolean lacksRoom() {
        return lacksRoom;
    }

    /** What is not acknowledged, up to the tails that were seen last. */
    Lag lag() {
        return new Lag(pending.size(), pendingBytes, TimeUnit.NANOSECONDS.toMillis(oldestPendingNanos()));
    }

    /** How long the oldest pending link has been pending; 0 if none is. */
    private long oldestPendingNanos() {
        if (pending.isEmpty()) {
            return 0;
        }
        long now = clock.monotonicNanos();
        if (!isOldestKnown) {
            isOldestKnown = true;
            oldestNanos = now
                    - pending.stream()
                            .mapToLong(link -> now - link.pendingSinceNanos)
                            .max()
                            .orElse(0);
        }
        return now - oldestNanos;
    }

    /** Some of the pending links that the owner may read, those that waited longest first; the others are set aside. */
    List<Link> pending(int most, Predicate<String> allowed) {
        List<Link> some = new ArrayList<>();
        List<Link> refused = new ArrayList<>();
        for (Link link : pending) {
            if (some.size() == most) {
                break;
            }
            (allowed.test(link.path()) ? some : refused).add(link);
        }
        refused.forEach(this::removePending);
        denied.addAll(refused);
        return some;
    }

    /** Puts pending links after all others, because a wake has them. */
    void rotate(List<Link> some) {
        for (Link link : some) {
            if (pending.remove(link)) {
                pending.add(link);
            }
        }
    }

    /** The rights of the owner may have changed. */
    void forgetDenied() {
        List<Link> again = List.copyOf(denied);
        denied.clear();
        again.forEach(this::judge);
    }

    /** The position from which on a link is to be processed: what is before it is acknowledged, or not kept. */
    private long from(Link link) {
        return Math.max(link.start, state.acked(link.path(), link.generation));
    }

    // ---- reports ----

    @Override
    public void appeared(List<Subscriber.Found> streams) {
        streams.forEach(this::appear);
        changed.run();
    }

    /** A shard may report a stream that was linked by name before it has received that the name was removed. */
    private void appear(Subscriber.Found found) {
        Link link = all.get(found.path());
        if (link == null && state.isLinked(found.path())) {
            link = add(found.path());
        }
        if (link != null && found.generation() >= link.generation) {
            see(link, found);
        }
    }

    @Override
    public void moved(Subscriber.Found stream) {
        Link link = all.get(stream.path());
        if (link != null && link.generation == stream.generation()) {
            link.isArmed = false;
            see(link, stream);
            changed.run();
        }
    }

    @Override
    public void gone(String path, long generation) {
        Link link = all.get(path);
        if (link == null || link.generation != generation) {
            return;
        }
        if (state.explicit().contains(path)) {
            link.replacedBy(0);
            judge(link);
        } else {
            drop(link);
        }
        changed.run();
    }

    private void see(Link link, Subscriber.Found stream) {
        if (link.generation != stream.generation()) {
            link.replacedBy(stream.generation());
        }
        link.see(stream.start(), stream.tail(), clock.monotonicNanos());
        judge(link);
    }

    /** Decides again whether a link is pending, after its tail or its cursor has changed. */
    void judge(Link link) {
        long from = from(link);
        if (!link.exists() || link.tail <= from) {
            removePending(link);
            denied.remove(link);
            if (link.exists() && !link.isArmed && !link.isAsked) {
                toAsk.add(link);
            }
        } else if (!denied.contains(link)) {
            addPending(link, from);
        }
    }

    private void addPending(Link link, long from) {
        long since = link.pendingSinceNanos;
        if (pending.add(link)) {
            isOldestKnown &= pending.size() > 1;
            link.beginPending(clock.monotonicNanos());
            toAsk.remove(link);
        } else {
            link.stayPending(from);
            isOldestKnown &= since != oldestNanos || since == link.pendingSinceNanos;
        }
        owes(link, link.tail - from);
    }

    private void removePending(Link link) {
        if (pending.remove(link)) {
            isOldestKnown &= link.pendingSinceNanos != oldestNanos;
            owes(link, 0);
        }
    }

    private void owes(Link link, long bytes) {
        pendingBytes += bytes - link.owedBytes;
        link.owedBytes = bytes;
    }

    void judge(String path) {
        Link link = all.get(path);
        if (link != null) {
            judge(link);
        }
    }

    void judgeAll() {
        all.values().forEach(this::judge);
    }

    // ---- membership ----

    /** Adds a link whose stream is not known yet; returns null if there is no room for it. */
    @Nullable
    Link add(String path) {
        Link known = all.get(path);
        if (known != null) {
            return known;
        }
        if (isClosed) {
            return null;
        }
        if (!room.takeLink()) {
            lacksRoom = true;
            return null;
        }
        Link link = new Link(path);
        all.put(path, link);
        return link;
    }

    /** Streams that were not linked for lack of room are looked for again, until {@link #looked}. */
    void lookAgain() {
        lacksRoom = false;
        looksAgain = true;
    }

    void looked() {
        looksAgain = false;
    }

    /** Whether all streams that are to be linked are. */
    boolean areComplete() {
        return !lacksRoom && !looksAgain;
    }

    /** Forgets a link, in its shard too. */
    void remove(String path) {
        Link link = all.get(path);
        if (link != null) {
            watches.unlink(subscriber(), path, link.generation);
            drop(link);
        }
    }

    private void drop(Link link) {
        all.remove(link.path());
        removePending(link);
        denied.remove(link);
        toAsk.remove(link);
        room.giveLinks(1);
    }

    /** Forgets everything, in all shards; nothing is reported any more. */
    void close() {
        isClosed = true;
        if (subscriber != null) {
            watches.remove(subscriber, all.keySet(), all.values());
        }
        room.giveLinks(all.size());
        all.clear();
        pending.clear();
        pendingBytes = 0;
        denied.clear();
        toAsk.clear();
        whenSettled = null;
    }

    // ---- questions ----

    /** Whether everything that was appended before is known. */
    boolean isSettled() {
        return asked == 0 && toAsk.isEmpty();
    }

    /** Asks for the stream of a link by name, which may exist already. */
    void askFor(String path) {
        Link link = all.get(path);
        if (link != null && link.exists()) {
            judge(link);
        } else if (link != null) {
            toAsk.add(link);
        }
    }

    /** Asks for the tails of links whose watches are not armed, and arms them. */
    void ask() {
        if (toAsk.isEmpty()) {
            return;
        }
        List<Look> looks = toAsk.stream().map(link -> question(link, null)).toList();
        toAsk.clear();
        asked++;
        watches.look(subscriber(), looks, seen -> seen.forEach(this::answered), () -> {
            asked--;
            settle();
            changed.run();
        });
    }

    private void settle() {
        ask();
        if (asked == 0 && whenSettled != null) {
            Runnable then = whenSettled;
            whenSettled = null;
            then.run();
        }
    }

    /** Runs {@code then} when everything that was appended before is known; not if the links are closed. */
    void whenSettled(Runnable then) {
        whenSettled = then;
        settle();
    }

    /** A question about a link, which arms its watch unless it is armed. */
    Look question(Link link, @Nullable Offset offset) {
        boolean arms = !link.isArmed && !link.isAsked;
        link.isAsked |= arms;
        return Look.at(link.path(), state.cursor(link.path()), offset, arms);
    }

    /** Takes the answer to a question. */
    void answered(Look.Seen seen) {
        Link link = all.get(seen.look().path());
        if (link == null) {
            return;
        }
        if (seen.look().arms()) {
            link.isAsked = false;
        }
        if (!seen.exists()) {
            gone(link.path(), link.generation);
            return;
        }
        if (link.generation != seen.generation()) {
            link.replacedBy(seen.generation());
        }
        link.isArmed |= seen.look().arms();
        see(link, seen.found());
    }

    /** Asks about links; {@code then} receives all answers, which are taken before. */
    void look(List<Look> looks, Consumer<List<Look.Seen>> then) {
        List<Look.Seen> answers = new ArrayList<>();
        watches.look(
                subscriber(),
                looks,
                seen -> {
                    seen.forEach(this::answered);
                    answers.addAll(seen);
                },
                () -> {
                    if (!isClosed) {
                        then.accept(answers);
                    }
                });
    }

    /** Links in the order of their paths, at most one more than the range has. */
    List<Link> sorted(LinkRange range) {
        return (range.after() == null ? all : all.tailMap(range.after(), false))
                .values().stream()
                        .filter(link -> !range.onlyPending() || pending.contains(link))
                        .limit(range.limit() + 1L)
                        .toList();
    }

    /** Looks at the tails of all pending links, some after the others; {@code then} is run in the end. */
    void lookAtTails(Runnable then) {
        lookAtTails(List.copyOf(pending).iterator(), then);
    }

    private void lookAtTails(Iterator<Link> left, Runnable then) {
        List<Look> looks = new ArrayList<>();
        while (left.hasNext() && looks.size() < TAILS_MAX) {
            Link link = left.next();
            if (pending.contains(link)) {
                looks.add(Look.at(link.path(), state.cursor(link.path()), null, false));
            }
        }
        if (looks.isEmpty()) {
            changed.run();
            then.run();
        } else {
            watches.look(subscriber(), looks, seen -> seen.forEach(this::answered), () -> lookAtTails(left, then));
        }
    }
}
