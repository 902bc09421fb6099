package io.streamkeeper.server.subscription;

import org.jspecify.annotations.Nullable;

/** Makes and verifies the tokens of wakes (section 12.9). Used by all loops. */
public interface WakeTokens {
    /**
     * What a token states.
     *
     * @param subscription the id of the subscription
     * @param incarnation tells a subscription from a former one with its id
     * @param generation of the wake
     * @param expiresMillis milliseconds since 1970 UTC
     */
    record Claims(String subscription, String incarnation, long generation, long expiresMillis) {}

    /** A signed token. */
    String sign(Claims claims);

    /** The claims of a token; null if this server has not signed it. Whether it has expired is not checked. */
    @Nullable
    Claims verify(String token);
}
