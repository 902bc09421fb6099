package io.streamkeeper.server.http.subscription;

import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.subscription.Glob;
import io.streamkeeper.server.subscription.SubscriptionSpec;
import io.streamkeeper.server.subscription.SubscriptionSpec.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Reads the configuration of a subscription (section 6.2) into its normal form. Immutable. */
final class SpecParser {
    static final long LEASE_MILLIS_MIN = 1_000;
    static final long LEASE_MILLIS_MAX = 600_000;
    private static final long LEASE_MILLIS_DEFAULT = 30_000;

    /** The most streams that one request names. */
    static final int STREAMS_MAX = 100_000;

    private static final int DESCRIPTION_CHARS_MAX = 1_024;
    private static final int WORKER_CHARS_MAX = 256;
    private static final int URL_CHARS_MAX = 2_048;

    private final UnaryOperator<String> webhookUrl;

    /** Reads configurations; {@code webhookUrl} returns the normal form of the URL of a webhook, or refuses it. */
    SpecParser(UnaryOperator<String> webhookUrl) {
        this.webhookUrl = webhookUrl;
    }

    SubscriptionSpec parse(JsonObject body) {
        Kind kind = kind(body);
        Glob pattern = pattern(body);
        List<StreamPath> streams = streams(body);
        if (pattern == null && streams.isEmpty()) {
            throw JsonObject.invalid("neither pattern nor streams names a stream; expected at least one of them");
        }
        // What belongs to the other kind is ignored: the protocol's own example has both.
        StreamPath wakeStream = kind == Kind.PULL_WAKE ? wakeStream(body, streams) : null;
        return new SubscriptionSpec(
                kind,
                pattern,
                streams,
                kind == Kind.WEBHOOK ? url(body) : null,
                wakeStream,
                leaseMillis(body),
                description(body));
    }

    private static Kind kind(JsonObject body) {
        String type = body.requiredText("type", 64);
        for (Kind kind : Kind.values()) {
            if (kind.text().equals(type)) {
                return kind;
            }
        }
        throw body.invalid("type", "is " + Quoted.of(type) + "; expected webhook or pull-wake");
    }

    private static @Nullable Glob pattern(JsonObject body) {
        String text = body.text("pattern");
        if (text == null) {
            return null;
        }
        // A pattern is written like a path.
        path(body, "pattern", text);
        return Glob.parse(text);
    }

    /** The streams that a body names in {@code streams}, sorted, each once. */
    static List<StreamPath> streams(JsonObject body) {
        List<String> texts = body.texts("streams");
        if (texts.size() > STREAMS_MAX) {
            throw body.invalid("streams", "names " + texts.size() + " streams; expected at most " + STREAMS_MAX);
        }
        TreeSet<StreamPath> streams = new TreeSet<>(Comparator.comparing(StreamPath::value));
        for (int i = 0; i < texts.size(); i++) {
            streams.add(path(body, "streams[" + i + "]", texts.get(i)));
        }
        return new ArrayList<>(streams);
    }

    /** The streams that a body names; at least one. */
    static List<StreamPath> someStreams(JsonObject body) {
        List<StreamPath> streams = streams(body);
        if (streams.isEmpty()) {
            throw body.invalid("streams", "names no stream; expected a list of paths");
        }
        return streams;
    }

    /** The stream that a body names in {@code stream}. */
    static StreamPath stream(JsonObject body) {
        return path(body, "stream", body.requiredText("stream", StreamPath.BYTES_MAX));
    }

    /** The name of a worker. */
    static String worker(JsonObject body) {
        return body.requiredText("worker", WORKER_CHARS_MAX);
    }

    private static StreamPath wakeStream(JsonObject body, List<StreamPath> streams) {
        StreamPath wakeStream = path(body, "wake_stream", body.requiredText("wake_stream", StreamPath.BYTES_MAX));
        if (streams.contains(wakeStream)) {
            throw body.invalid(
                    "wake_stream",
                    "is " + Quoted.of(wakeStream.value()) + ", which is one of streams too; expected a stream whose"
                            + " messages do not wake the subscription");
        }
        return wakeStream;
    }

    /**
     * A path of a stream in a body.
     *
     * @param name the member, for the refusal
     */
    static StreamPath path(JsonObject body, String name, String text) {
        StreamPath path;
        try {
            path = StreamPath.of(text);
        } catch (RefusedException e) {
            throw body.invalid(name, "is not valid: " + e.refusal().message());
        }
        if (path.isReserved() || path.equals(StreamPath.REGISTRY)) {
            throw body.invalid(
                    name, "is " + Quoted.of(text) + ", which is reserved; expected the path of a stream of clients");
        }
        return path;
    }

    private String url(JsonObject body) {
        JsonObject webhook = body.object("webhook");
        if (webhook == null) {
            throw body.invalid("webhook", "is missing; expected an object with the member url");
        }
        return webhookUrl.apply(webhook.requiredText("url", URL_CHARS_MAX));
    }

    private static long leaseMillis(JsonObject body) {
        long millis = body.number("lease_ttl_ms", LEASE_MILLIS_DEFAULT);
        if (millis < LEASE_MILLIS_MIN || millis > LEASE_MILLIS_MAX) {
            throw body.invalid(
                    "lease_ttl_ms",
                    "is " + millis + "; expected " + LEASE_MILLIS_MIN + " to " + LEASE_MILLIS_MAX + " milliseconds");
        }
        return millis;
    }

    private static @Nullable String description(JsonObject body) {
        String text = body.text("description");
        if (text != null && text.length() > DESCRIPTION_CHARS_MAX) {
            throw body.invalid(
                    "description", "has " + text.length() + " characters; expected at most " + DESCRIPTION_CHARS_MAX);
        }
        return text;
    }
}
