package io.streamkeeper.server.http.subscription;

import io.streamkeeper.client.subscription.Claim;
import io.streamkeeper.client.subscription.SubscriptionOptions;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.subscription.AckRequest;
import io.streamkeeper.server.subscription.SubscriptionSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Reads the arguments of the Java API by the same rules as the bodies of requests. The methods throw a {@link
 * RefusedException} that names the member of the body if an argument is not valid.
 */
public final class SubscriptionArguments {
    private SubscriptionArguments() {}

    /**
     * The configuration of a subscription.
     *
     * @param webhookUrl returns the normal form of the URL of a webhook, or refuses it
     */
    public static SubscriptionSpec spec(SubscriptionOptions options, UnaryOperator<String> webhookUrl) {
        Map<String, Object> members = new HashMap<>();
        members.put("type", options.type().text());
        members.put("pattern", options.pattern());
        members.put("streams", options.streams());
        if (options.webhookUrl() != null) {
            members.put("webhook", Map.of("url", options.webhookUrl()));
        }
        members.put("wake_stream", options.wakeStream());
        members.put("lease_ttl_ms", options.lease().toMillis());
        members.put("description", options.description());
        return new SpecParser(webhookUrl).parse(JsonObject.of(members));
    }

    /** Streams that are linked by name; at least one. */
    public static List<StreamPath> streams(List<String> paths) {
        return SpecParser.someStreams(JsonObject.of(Map.of("streams", paths)));
    }

    /** A stream of clients. */
    public static StreamPath stream(String path) {
        return SpecParser.stream(JsonObject.of(Map.of("stream", path)));
    }

    /** A place of a stream: an offset, {@code -1} or {@code now}. */
    public static ReadStart place(String offset) {
        return AckParser.place(JsonObject.of(Map.of("offset", offset)));
    }

    /** The name of a worker. */
    public static String worker(String name) {
        return SpecParser.worker(JsonObject.of(Map.of("worker", name)));
    }

    /** An acknowledgement. */
    public static AckRequest ack(Claim claim, Map<String, String> offsets, boolean isDone) {
        List<Map<String, String>> acks = offsets.entrySet().stream()
                .map(each -> Map.of("stream", each.getKey(), "offset", each.getValue()))
                .toList();
        Map<String, Object> members =
                Map.of("wake_id", claim.wakeId(), "generation", claim.generation(), "acks", acks, "done", isDone);
        return AckParser.parse(JsonObject.of(members), claim.token());
    }
}
