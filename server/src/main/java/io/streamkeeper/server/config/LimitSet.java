package io.streamkeeper.server.config;

import io.streamkeeper.protocol.Digits;
import io.streamkeeper.server.setting.Sizes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The limits of one client or tenant, written as words such as {@code requests=100/1s}, {@code in=1MiB/1s}, {@code
 * out=10MiB/1s}, {@code live=50}, {@code connections=20}, {@code streams=1000}, {@code storage=1GiB}, {@code
 * subscriptions=10}; {@code none} as a value removes a limit. Immutable.
 *
 * @param requests requests; null for no limit
 * @param received bytes of request bodies; null for no limit
 * @param sent bytes of responses; null for no limit
 * @param live live reads at a time; {@link #UNLIMITED} for no limit
 * @param connections connections at a time; {@link #UNLIMITED} for no limit
 * @param streams streams; {@link #UNLIMITED} for no limit
 * @param storageBytes bytes of streams; {@link #UNLIMITED} for no limit
 * @param subscriptions subscriptions; {@link #UNLIMITED} for no limit
 */
public record LimitSet(
        @Nullable Quota requests,
        @Nullable Quota received,
        @Nullable Quota sent,
        long live,
        long connections,
        long streams,
        long storageBytes,
        long subscriptions) {
    /** The value of a number without a limit. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    /** No limits. */
    public static final LimitSet NONE =
            new LimitSet(null, null, null, UNLIMITED, UNLIMITED, UNLIMITED, UNLIMITED, UNLIMITED);

    /** The words that limit a client by its address. */
    public static final Set<String> OF_ADDRESSES = Set.of("requests", "in", "out", "live", "connections");

    /** The words that limit a client by its name, whose connections begin before the name is known. */
    public static final Set<String> OF_NAMES = Set.of("requests", "in", "out", "live", "subscriptions");

    /** The words that limit each client, of either kind. */
    public static final Set<String> OF_CLIENTS =
            Set.of("requests", "in", "out", "live", "connections", "subscriptions");

    /** The words that limit a tenant. */
    public static final Set<String> OF_TENANTS =
            Set.of("requests", "in", "out", "live", "streams", "storage", "subscriptions");

    private static final String NO_LIMIT = "none";

    /**
     * {@return these limits, with those that the words contain in their place}
     *
     * @param words such as {@code requests=100/1s}
     * @param allowed the words before the equals sign that are allowed
     * @throws IllegalArgumentException if a word is not valid; the message quotes it
     */
    public LimitSet with(List<String> words, Set<String> allowed) {
        LimitSet set = this;
        List<String> seen = new ArrayList<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            if (equals < 0 || !allowed.contains(name) || seen.contains(name)) {
                throw new IllegalArgumentException("'" + word + "'; expected each at most once of "
                        + allowed.stream().sorted().map(each -> each + "=").toList() + ", such as requests=100/1s");
            }
            seen.add(name);
            try {
                set = set.with(name, word.substring(equals + 1));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("'" + word + "': " + e.getMessage(), e);
            }
        }
        return set;
    }

    private LimitSet with(String name, String value) {
        boolean none = value.equals(NO_LIMIT);
        return switch (name) {
            case "requests" ->
                with(none ? null : Quota.parse(value, LimitSet::count), received, sent, live, connections);
            case "in" -> with(requests, none ? null : Quota.parse(value, Sizes::parse), sent, live, connections);
            case "out" -> with(requests, received, none ? null : Quota.parse(value, Sizes::parse), live, connections);
            case "live" -> with(requests, received, sent, none ? UNLIMITED : count(value), connections);
            case "connections" -> with(requests, received, sent, live, none ? UNLIMITED : count(value));
            case "streams" -> withContent(none ? UNLIMITED : count(value), storageBytes, subscriptions);
            case "storage" -> withContent(streams, none ? UNLIMITED : Sizes.parse(value), subscriptions);
            case "subscriptions" -> withContent(streams, storageBytes, none ? UNLIMITED : count(value));
            default -> throw new IllegalArgumentException("no limit has this name");
        };
    }

    private LimitSet with(
            @Nullable Quota newRequests,
            @Nullable Quota newReceived,
            @Nullable Quota newSent,
            long newLive,
            long newConnections) {
        return new LimitSet(
                newRequests, newReceived, newSent, newLive, newConnections, streams, storageBytes, subscriptions);
    }

    private LimitSet withContent(long newStreams, long newStorageBytes, long newSubscriptions) {
        return new LimitSet(requests, received, sent, live, connections, newStreams, newStorageBytes, newSubscriptions);
    }

    private static long count(String text) {
        try {
            return Digits.toLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is not a number; expected one such as 100", e);
        }
    }
}
