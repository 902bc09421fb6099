package io.streamkeeper.server.shard.change;

import io.streamkeeper.protocol.StreamPath;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The groups of subscriptions that wait for changes of one shard, by their prefixes. The groups that a change concerns are
 * found by one pass over its path, with one look for each length that a prefix has, whatever the number of groups. Owned
 * by the shard's loop.
 *
 * <p>Clients choose prefixes, so the hash code of a text is a polynomial modulo a prime at a random place: whichever two texts
 * they choose, the chance that both have the same is at most their length divided by the prime.
 */
final class FollowerGroups {
    private static final int PRIME_BITS = 61;
    private static final long PRIME = (1L << PRIME_BITS) - 1;

    private final long factor = ThreadLocalRandom.current().nextLong(1, PRIME);
    private final Map<Long, FollowerGroup> byHash = new HashMap<>();

    /** The number of groups whose prefixes have a length, in characters. */
    private final int[] countByLength = new int[StreamPath.BYTES_MAX + 1];

    /** The group of a prefix, which is created if there is none. */
    FollowerGroup of(String prefix) {
        long hash = hash(prefix);
        FollowerGroup first = byHash.get(hash);
        FollowerGroup known = find(first, prefix, prefix.length());
        if (known != null) {
            return known;
        }
        FollowerGroup group = new FollowerGroup(prefix, hash);
        group.nextOfHash = first;
        byHash.put(hash, group);
        countByLength[prefix.length()]++;
        return group;
    }

    /** Forgets a group, which is empty. */
    void remove(FollowerGroup group) {
        FollowerGroup kept = null;
        for (FollowerGroup each = byHash.remove(group.hash()); each != null; ) {
            FollowerGroup next = each.nextOfHash;
            if (!each.prefix().equals(group.prefix())) {
                each.nextOfHash = kept;
                kept = each;
            }
            each = next;
        }
        if (kept != null) {
            byHash.put(group.hash(), kept);
        }
        countByLength[group.prefix().length()]--;
    }

    int count() {
        return byHash.size();
    }

    /** Passes each group with whose prefix {@code path} begins to {@code visitor}, which changes no group's place. */
    void forEachOf(String path, Consumer<FollowerGroup> visitor) {
        long hash = 0;
        for (int length = 0; length <= path.length(); length++) {
            if (length > 0) {
                hash = next(hash, path.charAt(length - 1));
            }
            if (countByLength[length] > 0) {
                FollowerGroup group = find(byHash.get(hash), path, length);
                if (group != null) {
                    visitor.accept(group);
                }
            }
        }
    }

    /** The group in a list whose prefix is the first {@code length} characters of {@code text}. */
    private static @Nullable FollowerGroup find(@Nullable FollowerGroup first, String text, int length) {
        FollowerGroup group = first;
        while (group != null && !(group.prefix().length() == length && text.startsWith(group.prefix()))) {
            group = group.nextOfHash;
        }
        return group;
    }

    private long hash(String text) {
        long hash = 0;
        for (int i = 0; i < text.length(); i++) {
            hash = next(hash, text.charAt(i));
        }
        return hash;
    }

    private long next(long hash, char c) {
        return product((hash + c + 1) % PRIME, factor);
    }

    /** The product modulo the prime, of which a multiple of 2^61 has the remainder of its factor. */
    private static long product(long a, long b) {
        long low = a * b;
        long high = Math.multiplyHigh(a, b) << (Long.SIZE - PRIME_BITS) | low >>> PRIME_BITS;
        return ((low & PRIME) + high) % PRIME;
    }
}
