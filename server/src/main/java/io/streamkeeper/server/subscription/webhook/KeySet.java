package io.streamkeeper.server.subscription.webhook;

import io.streamkeeper.protocol.WebhookSignature;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The key that signs, and those that it has replaced, as long as something may arrive that they have signed: a webhook
 * within the replay window of its receiver, which is some minutes, or a token of a lease, which lasts some minutes.
 * Immutable.
 */
final class KeySet {
    /** How long a key is used to verify after it was replaced. */
    static final long RETIRED_MILLIS = TimeUnit.HOURS.toMillis(1);

    /** The most keys that were replaced; when there are more, the oldest is forgotten. */
    static final int RETIRED_MAX = 16;

    /**
     * A key that was replaced.
     *
     * @param key only verifies
     * @param millis when it was replaced, in milliseconds since 1970 UTC
     */
    record Retired(VerifyingKey key, long millis) {
        private boolean isOver(long nowMillis) {
            // A key that was replaced in the future was replaced before the clock was corrected.
            return nowMillis - millis >= RETIRED_MILLIS;
        }
    }

    private final SigningKey current;
    private final List<Retired> retired;

    /** The keys; those that were replaced are in the order of their time, the last one first. */
    KeySet(SigningKey current, List<Retired> retired) {
        this.current = current;
        this.retired = List.copyOf(retired);
    }

    /** A new key alone. */
    static KeySet make() {
        return new KeySet(SigningKey.make(), List.of());
    }

    SigningKey current() {
        return current;
    }

    List<Retired> retired() {
        return retired;
    }

    /**
     * The keys after the current one was replaced by a new one.
     *
     * @param isRevoked whether nothing may be verified with the old keys from now on
     */
    KeySet rotated(long nowMillis, boolean isRevoked) {
        List<Retired> kept = new ArrayList<>();
        if (!isRevoked) {
            kept.add(new Retired(current.verifying(), nowMillis));
            retired.stream()
                    .filter(each -> !each.isOver(nowMillis))
                    .limit(RETIRED_MAX - 1)
                    .forEach(kept::add);
        }
        return new KeySet(SigningKey.make(), kept);
    }

    /** Signs a body. */
    WebhookSignature sign(long nowMillis, byte[] body) {
        return current.sign(TimeUnit.MILLISECONDS.toSeconds(nowMillis), body);
    }

    /** The keys that verify. */
    List<VerifyingKey> verifying(long nowMillis) {
        List<VerifyingKey> keys = new ArrayList<>();
        keys.add(current.verifying());
        retired.stream()
                .filter(each -> !each.isOver(nowMillis))
                .map(Retired::key)
                .forEach(keys::add);
        return keys;
    }

    /** The JWK set of the public keys (section 6.5). */
    String jwks(long nowMillis) {
        return verifying(nowMillis).stream()
                .map(VerifyingKey::jwk)
                .collect(Collectors.joining(",", "{\"keys\":[", "]}"));
    }
}
