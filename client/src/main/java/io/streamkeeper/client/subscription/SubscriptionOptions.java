package io.streamkeeper.client.subscription;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How a subscription is created (section 6.2). Begin with {@link #webhook} or {@link #pullWake}; each further method returns
 * options with one more setting. A pattern or a stream is needed. To create a subscription that already exists with the
 * same options is no error. Immutable.
 */
public final class SubscriptionOptions {
    private static final Duration LEASE = Duration.ofSeconds(30);

    private final SubscriptionType type;
    private final String target;
    private final @Nullable String pattern;
    private final List<String> streams;
    private final Duration lease;
    private final @Nullable String description;

    private SubscriptionOptions(
            SubscriptionType type,
            String target,
            @Nullable String pattern,
            List<String> streams,
            Duration lease,
            @Nullable String description) {
        this.type = type;
        this.target = target;
        this.pattern = pattern;
        this.streams = List.copyOf(streams);
        this.lease = lease;
        this.description = description;
    }

    /**
     * {@return options for a subscription that wakes by a request to a URL}
     *
     * @param url one that the server allows, usually of https
     */
    public static SubscriptionOptions webhook(URI url) {
        return new SubscriptionOptions(SubscriptionType.WEBHOOK, url.toString(), null, List.of(), LEASE, null);
    }

    /**
     * {@return options for a subscription that wakes by a message in a stream}
     *
     * @param wakeStream the path of a JSON stream, without percent-encoding, which the application creates
     */
    public static SubscriptionOptions pullWake(String wakeStream) {
        return new SubscriptionOptions(SubscriptionType.PULL_WAKE, wakeStream, null, List.of(), LEASE, null);
    }

    /**
     * {@return these options, with the streams whose paths match a pattern}
     *
     * @param newPattern in which {@code *} is any one segment, and {@code **} any number of segments, also none
     */
    public SubscriptionOptions pattern(String newPattern) {
        return new SubscriptionOptions(type, target, newPattern, streams, lease, description);
    }

    /**
     * {@return these options, with one more stream that is followed by name}
     *
     * @param path without percent-encoding; it need not exist yet
     */
    public SubscriptionOptions stream(String path) {
        List<String> more =
                Stream.concat(streams.stream(), Stream.of(path)).distinct().toList();
        return new SubscriptionOptions(type, target, pattern, more, lease, description);
    }

    /**
     * {@return these options, with another time for which one worker has the work}
     *
     * @param time 1 s to 10 min, rounded down to milliseconds; 30 s by default
     */
    public SubscriptionOptions lease(Duration time) {
        return new SubscriptionOptions(type, target, pattern, streams, time, description);
    }

    /**
     * {@return these options, with a description for people}
     *
     * @param text at most 1,024 characters
     */
    public SubscriptionOptions description(String text) {
        return new SubscriptionOptions(type, target, pattern, streams, lease, text);
    }

    /** {@return how workers are woken} */
    public SubscriptionType type() {
        return type;
    }

    /** {@return the URL that receives wakes; null with a pull-wake subscription} */
    public @Nullable String webhookUrl() {
        return type == SubscriptionType.WEBHOOK ? target : null;
    }

    /** {@return the path of the stream that receives wakes; null with a webhook} */
    public @Nullable String wakeStream() {
        return type == SubscriptionType.PULL_WAKE ? target : null;
    }

    /** {@return the pattern of the paths of streams; null for none} */
    public @Nullable String pattern() {
        return pattern;
    }

    /** {@return the streams that are followed by name} */
    public List<String> streams() {
        return streams;
    }

    /** {@return the time for which one worker has the work} */
    public Duration lease() {
        return lease;
    }

    /** {@return the description for people; null for none} */
    public @Nullable String description() {
        return description;
    }
}
