package io.streamkeeper.server.subscription;

import io.netty.util.collection.LongObjectHashMap;
import io.netty.util.collection.LongObjectMap;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.server.shard.Shard;
import io.streamkeeper.storage.shard.StreamObserver;
import io.streamkeeper.storage.stream.StreamState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What all subscriptions watch in one shard: the patterns, the streams that are linked by name, and the armed watches.
 * Owned by the loop of the shard; nothing of it is durable.
 *
 * <p>A watch of a stream is armed when its subscription has seen everything up to the tail. The first append after that
 * is reported, once, and disarms the watch; so an append to a stream without armed watches costs one lookup, and a
 * subscription that is behind costs nothing.
 */
final class ShardWatch implements StreamObserver {
    /** Streams that one piece of a scan looks at. */
    private static final int PIECE_STREAMS = 1_000;

    private final Shard shard;
    private final GlobIndex<Subscriber> patterns = new GlobIndex<>();
    private final Map<String, Set<Subscriber>> named = new HashMap<>();
    private final LongObjectMap<Armed> armed = new LongObjectHashMap<>();

    /** The subscriptions that wait for the next append to a stream, whose tail they have seen. */
    private static final class Armed {
        private final List<Subscriber> subscribers = new ArrayList<>(1);
        private long tail;
    }

    ShardWatch(Shard shard) {
        this.shard = shard;
    }

    Shard shard() {
        return shard;
    }

    /**
     * From now on changes of streams are reported to {@code subscribers}, and to those that are added; on the loop. Then
     * all streams are reported to them, in pieces of work; without subscriptions no stream is looked at.
     *
     * @param done is run at the end
     */
    void start(List<Subscriber> subscribers, Runnable done) {
        shard.store().observeStreams(this);
        subscribers.forEach(this::add);
        if (subscribers.isEmpty()) {
            done.run();
        } else {
            scanAll("", done);
        }
    }

    /** The number of streams with armed watches. */
    int armedCount() {
        return armed.size();
    }

    // ---- subscriptions ----

    /** Reports streams that are created and match the pattern of {@code subscriber} from now on. */
    void add(Subscriber subscriber) {
        if (subscriber.pattern() != null && !subscriber.isEnded()) {
            patterns.add(subscriber.pattern(), subscriber);
        }
    }

    /** Reports a stream with a name when it is created. */
    void link(Subscriber subscriber, String path) {
        if (!subscriber.isEnded()) {
            named.computeIfAbsent(path, key -> new LinkedHashSet<>(2)).add(subscriber);
        }
    }

    void unlink(Subscriber subscriber, String path) {
        Set<Subscriber> subscribers = named.get(path);
        if (subscribers != null && subscribers.remove(subscriber) && subscribers.isEmpty()) {
            named.remove(path);
        }
    }

    /** Forgets a subscription, with the streams that it is linked to. */
    void remove(Subscriber subscriber, Collection<String> explicit, long[] generations) {
        if (subscriber.pattern() != null) {
            patterns.remove(subscriber.pattern(), subscriber);
        }
        explicit.forEach(path -> unlink(subscriber, path));
        for (long generation : generations) {
            disarm(subscriber, generation);
        }
    }

    // ---- watches ----

    private void arm(Subscriber subscriber, StreamState stream) {
        if (subscriber.isEnded()) {
            return;
        }
        Armed watches = armed.get(stream.generation());
        if (watches == null) {
            watches = new Armed();
            armed.put(stream.generation(), watches);
        }
        watches.tail = stream.durableTail();
        watches.subscribers.add(subscriber);
    }

    void disarm(Subscriber subscriber, long generation) {
        Armed watches = armed.get(generation);
        if (watches != null) {
            watches.subscribers.remove(subscriber);
            if (watches.subscribers.isEmpty()) {
                armed.remove(generation);
            }
        }
    }

    @Override
    public void created(StreamState stream) {
        Set<Subscriber> interested = interested(stream.pathText());
        if (!interested.isEmpty()) {
            List<Subscriber.Found> found = List.of(found(stream));
            interested.forEach(subscriber -> subscriber.appeared(found));
        }
    }

    @Override
    public void moved(StreamState stream) {
        Armed watches = armed.get(stream.generation());
        if (watches != null && stream.durableTail() > watches.tail) {
            armed.remove(stream.generation());
            Subscriber.Found found = found(stream);
            watches.subscribers.forEach(subscriber -> subscriber.moved(found));
        }
    }

    @Override
    public void deleted(StreamState stream) {
        armed.remove(stream.generation());
        interested(stream.pathText()).forEach(subscriber -> subscriber.gone(stream.pathText(), stream.generation()));
    }

    private Set<Subscriber> interested(String path) {
        if (patterns.isEmpty() && named.isEmpty()) {
            return Set.of();
        }
        Set<Subscriber> interested = new LinkedHashSet<>(named.getOrDefault(path, Set.of()));
        patterns.match(path, subscriber -> {
            if (subscriber.accepts(path)) {
                interested.add(subscriber);
            }
        });
        return interested;
    }

    private static Subscriber.Found found(StreamState stream) {
        return new Subscriber.Found(
                stream.pathText(), stream.generation(), stream.durableEarliest(), stream.durableTail());
    }

    // ---- looks ----

    /** Answers questions about streams, in a piece of work. */
    void look(Subscriber subscriber, List<Look> looks, Consumer<List<Look.Seen>> then) {
        shard.run(() -> shard.runLater(() -> {
            List<Look.Seen> seen =
                    looks.stream().map(look -> look(subscriber, look)).toList();
            subscriber.tell(() -> then.accept(seen));
        }));
    }

    private Look.Seen look(Subscriber subscriber, Look look) {
        StreamState stream = shard.store().listed(look.path());
        if (stream == null) {
            return Look.Seen.nothing(look);
        }
        if (look.arms()) {
            arm(subscriber, stream);
        }
        long acked = stream.generation() == look.generation() ? look.acked() : 0;
        long position = -1;
        Refusal problem = null;
        try {
            position = look.offset() == null ? -1 : position(stream, look.offset());
        } catch (RefusedException e) {
            problem = Refusal.of(
                    ErrorCode.ACK_OFFSET_INVALID, String.valueOf(e.refusal().message()));
        }
        return new Look.Seen(
                look,
                stream.generation(),
                stream.durableEarliest(),
                stream.durableTail(),
                stream.offsetAt(Math.max(acked, stream.durableEarliest())),
                stream.offsetAt(stream.durableTail()),
                position,
                problem);
    }

    private static long position(StreamState stream, Offset offset) {
        long position = stream.positionOf(offset);
        if (position > stream.durableTail()) {
            throw new RefusedException(
                    ErrorCode.ACK_OFFSET_INVALID,
                    "offset " + offset + " is after the tail of stream " + Quoted.of(stream.pathText()) + ", which is "
                            + stream.offsetAt(stream.durableTail()));
        }
        return position;
    }

    // ---- scans ----

    private void scanAll(String from, Runnable done) {
        Map<Subscriber, List<Subscriber.Found>> found = new LinkedHashMap<>();
        String next = shard.store()
                .visit(
                        from,
                        PIECE_STREAMS,
                        stream -> interested(stream.pathText())
                                .forEach(subscriber -> found.computeIfAbsent(subscriber, key -> new ArrayList<>())
                                        .add(found(stream))));
        found.forEach(Subscriber::appeared);
        if (next == null) {
            done.run();
        } else {
            shard.runLater(() -> scanAll(next, done));
        }
    }

    /**
     * Finds all streams that the pattern of a subscription matches, in pieces of work.
     *
     * @param piece receives some of them, on the loop of the owner
     * @param done is run at the end, on the loop of the owner
     */
    void scan(Subscriber subscriber, Consumer<List<Subscriber.Found>> piece, Runnable done) {
        Glob pattern = subscriber.pattern();
        if (pattern == null) {
            subscriber.tell(done);
            return;
        }
        shard.run(() -> scan(subscriber, pattern, pattern.literalPrefix(), piece, done));
    }

    private void scan(
            Subscriber subscriber, Glob pattern, String from, Consumer<List<Subscriber.Found>> piece, Runnable done) {
        List<Subscriber.Found> found = new ArrayList<>();
        @Nullable
        String next = shard.store().visitBelow(pattern.literalPrefix(), from, PIECE_STREAMS, stream -> {
            if (pattern.matches(stream.path()) && subscriber.accepts(stream.pathText())) {
                found.add(found(stream));
            }
        });
        if (!found.isEmpty()) {
            subscriber.tell(() -> piece.accept(found));
        }
        if (next == null || subscriber.isEnded()) {
            subscriber.tell(done);
        } else {
            shard.runLater(() -> scan(subscriber, pattern, next, piece, done));
        }
    }
}
