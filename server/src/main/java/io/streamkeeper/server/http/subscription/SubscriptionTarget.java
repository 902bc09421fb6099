package io.streamkeeper.server.http.subscription;

import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.subscription.SubscriptionPaths;
import java.util.regex.Pattern;

/** Reads the ids and paths in the URLs of subscriptions. Immutable. */
final class SubscriptionTarget {
    private static final Pattern ENCODED_SLASH = Pattern.compile("%2[Ff]");

    /** What follows the id in the URL of an explicit stream. */
    private static final String STREAMS = "/streams/";

    private final String prefix;

    /** URLs of subscriptions of streams below {@code root}. */
    SubscriptionTarget(String root) {
        this.prefix = root + SubscriptionPaths.LOGS;
    }

    /**
     * The path of the log of the subscription that a request names.
     *
     * @throws RefusedException if the id is not valid
     */
    StreamPath path(HttpRequest request) {
        return SubscriptionPaths.logOf(id(request));
    }

    /**
     * The id of the subscription that a request names.
     *
     * @throws RefusedException if it is not valid
     */
    String id(HttpRequest request) {
        String encoded = request.path().substring(prefix.length(), idEnd(request));
        String decoded;
        try {
            decoded = StreamPath.parse(SubscriptionPaths.LOGS + encoded)
                    .value()
                    .substring(SubscriptionPaths.LOGS.length());
        } catch (RefusedException e) {
            throw JsonObject.invalid("the subscription id in the path is not valid: "
                    + e.refusal().message());
        }
        SubscriptionPaths.logOf(decoded);
        return decoded;
    }

    private int idEnd(HttpRequest request) {
        int slash = request.path().indexOf('/', prefix.length());
        return slash < 0 ? request.path().length() : slash;
    }

    /**
     * The stream that a request names after its subscription; its slashes may be percent-encoded.
     *
     * @throws RefusedException if it is not the path of a stream
     */
    StreamPath stream(HttpRequest request) {
        String encoded = request.path().substring(idEnd(request) + STREAMS.length());
        try {
            return StreamPath.parse(ENCODED_SLASH.matcher(encoded).replaceAll("/"));
        } catch (RefusedException e) {
            throw JsonObject.invalid(e.refusal().message());
        }
    }
}
