package io.streamkeeper.server.subscription;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamPath;

/** The paths below which subscriptions are, which no stream of a client has (section 6). */
public final class SubscriptionPaths {
    /** What the path of each subscription begins with, relative to the root of the streams. */
    public static final String LOGS = StreamPath.RESERVED_SEGMENT + "/subscriptions/";

    /** The path of the public keys, relative to the root of the streams. */
    public static final String KEYS = StreamPath.RESERVED_SEGMENT + "/jwks.json";

    /** Characters of the longest id. */
    public static final int ID_CHARS_MAX = 256;

    private SubscriptionPaths() {}

    /**
     * The path of the log of a subscription, for which clients need rights to the subscription.
     *
     * @param id not percent-encoded
     * @throws RefusedException with {@link ErrorCode#SUBSCRIPTION_INVALID} if it is not the id of a subscription
     */
    public static StreamPath logOf(String id) {
        if (id.length() > ID_CHARS_MAX || id.indexOf('/') >= 0) {
            throw invalid(id);
        }
        try {
            return StreamPath.of(LOGS + id);
        } catch (RefusedException e) {
            throw invalid(id);
        }
    }

    private static RefusedException invalid(String id) {
        return new RefusedException(
                ErrorCode.SUBSCRIPTION_INVALID,
                "the subscription id " + Quoted.of(id) + " is not valid; expected 1 to " + ID_CHARS_MAX
                        + " characters, at most " + (StreamPath.BYTES_MAX - LOGS.length())
                        + " bytes of UTF-8, without slashes and control characters, and not . or ..");
    }

    /**
     * The URL for the callbacks of a webhook.
     *
     * @param base the URL that streams are below, with a slash at its end
     */
    public static String callbackUrl(String base, String id) {
        return base + logOf(id).encoded() + "/callback";
    }
}
