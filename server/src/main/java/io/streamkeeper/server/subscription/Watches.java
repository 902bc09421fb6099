package io.streamkeeper.server.subscription;

import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.shard.Shard;
import io.streamkeeper.server.shard.Shards;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The watches of all shards, for the owners of subscriptions. Immutable; safe for use by any thread. */
final class Watches {
    /** Questions of one message. */
    private static final int LOOKS_MAX = 500;

    private final Shards shards;
    private final List<ShardWatch> watches;

    Watches(Shards shards) {
        this.shards = shards;
        this.watches = shards.all().stream().map(ShardWatch::new).toList();
    }

    ShardWatch of(Shard shard) {
        return watches.get(shards.all().indexOf(shard));
    }

    private ShardWatch of(String path) {
        return watches.get(indexOf(path));
    }

    private int indexOf(String path) {
        return watches.size() == 1 ? 0 : new StreamPath(path).shard(shards.count());
    }

    /** Reports streams that match the pattern from now on; {@code then} is run when all shards do. */
    void add(Subscriber subscriber, Runnable then) {
        Countdown left = new Countdown(watches.size(), then);
        watches.forEach(watch -> watch.shard().run(() -> {
            watch.add(subscriber);
            subscriber.tell(left::one);
        }));
    }

    void link(Subscriber subscriber, Collection<String> paths) {
        paths.forEach(path -> of(path).shard().run(() -> of(path).link(subscriber, path)));
    }

    void unlinkName(Subscriber subscriber, String path) {
        of(path).shard().run(() -> of(path).unlink(subscriber, path));
    }

    /** Forgets a stream that is not linked any more. */
    void unlink(Subscriber subscriber, String path, long generation) {
        of(path).shard().run(() -> {
            of(path).unlink(subscriber, path);
            of(path).disarm(subscriber, generation);
        });
    }

    /** Forgets a subscription. */
    void remove(Subscriber subscriber, Collection<String> explicit, Collection<Link> links) {
        subscriber.end();
        List<String> named = List.copyOf(explicit);
        Map<Integer, List<Long>> generations = new HashMap<>();
        links.forEach(link -> generations
                .computeIfAbsent(indexOf(link.path()), key -> new ArrayList<>())
                .add(link.generation));
        for (int i = 0; i < watches.size(); i++) {
            ShardWatch watch = watches.get(i);
            long[] ofShard = generations.getOrDefault(i, List.of()).stream()
                    .mapToLong(Long::longValue)
                    .toArray();
            watch.shard().run(() -> watch.remove(subscriber, named, ofShard));
        }
    }

    /**
     * Asks about streams, each in its shard.
     *
     * @param some receives answers, on the loop of the owner
     * @param then is run after all of them, there
     */
    void look(Subscriber subscriber, List<Look> looks, Consumer<List<Look.Seen>> some, Runnable then) {
        Map<ShardWatch, List<Look>> byShard = new LinkedHashMap<>();
        looks.forEach(look -> byShard.computeIfAbsent(of(look.path()), key -> new ArrayList<>())
                .add(look));
        int messages = byShard.values().stream()
                .mapToInt(ofShard -> (ofShard.size() + LOOKS_MAX - 1) / LOOKS_MAX)
                .sum();
        Countdown left = new Countdown(messages, then);
        byShard.forEach((watch, ofShard) -> {
            for (int from = 0; from < ofShard.size(); from += LOOKS_MAX) {
                List<Look> part = ofShard.subList(from, Math.min(ofShard.size(), from + LOOKS_MAX));
                watch.look(subscriber, part, seen -> {
                    some.accept(seen);
                    left.one();
                });
            }
        });
        if (messages == 0) {
            subscriber.tell(then);
        }
    }

    /** Finds all streams that the pattern matches, see {@link ShardWatch#scan}; {@code then} is run after all shards. */
    void scan(Subscriber subscriber, Consumer<List<Subscriber.Found>> piece, Runnable then) {
        Countdown left = new Countdown(watches.size(), then);
        watches.forEach(watch -> watch.scan(subscriber, piece, left::one));
    }

    /** Runs a task when others have ended. Owned by one loop. */
    private static final class Countdown {
        private final Runnable then;
        private int left;

        Countdown(int left, Runnable then) {
            this.left = left;
            this.then = then;
        }

        void one() {
            left--;
            if (left == 0) {
                then.run();
            }
        }
    }
}
