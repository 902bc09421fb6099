package io.streamkeeper.client.http;

import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.protocol.Base64Url;
import io.streamkeeper.protocol.Ed25519;
import io.streamkeeper.protocol.StreamPath;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The public keys of a server, which sign its webhooks (section 6.5). They are requested when they are needed, one request
 * at a time, and again when they are old or a signature names a key that is not among them; but not again before a pause
 * has passed, so that signatures with invented keys cause few requests. While the server does not return them, those that
 * are known are used for some time. Safe for use by any thread.
 */
final class SigningKeys {
    private static final Duration FRESH = Duration.ofMinutes(5);

    /** A key that the server has revoked is used at most so long after the last answer. */
    private static final Duration USED_MAX = Duration.ofHours(1);

    private static final Duration PAUSE = Duration.ofSeconds(10);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(10);
    private static final int ANSWER_BYTES_MAX = 64 << 10;
    private static final String PATH = StreamPath.RESERVED_SEGMENT + "/jwks.json";

    private final RemoteSettings settings;
    private final LongSupplier nanos;
    private final ReentrantLock requesting = new ReentrantLock();
    private volatile @Nullable Known known;

    /** The last request, and why it failed; guarded by the lock. */
    private @Nullable Attempt last;

    /** The keys of an answer, by their ids. */
    private record Known(Map<String, PublicKey> keys, long atNanos) {}

    private record Attempt(long atNanos, @Nullable StreamException failure) {}

    /** The keys of a server; {@code nanos} is a clock that is never set. */
    SigningKeys(RemoteSettings settings, LongSupplier nanos) {
        this.settings = settings;
        this.nanos = nanos;
    }

    /**
     * Returns a key; null if the server has none with this id.
     *
     * @throws StreamException if the server does not return its keys
     */
    @Nullable
    PublicKey of(String id) throws InterruptedException {
        PublicKey key = find(id, FRESH);
        if (key != null) {
            return key;
        }
        PublicKey old = find(id, USED_MAX);
        if (old == null) {
            requesting.lockInterruptibly();
        } else if (!requesting.tryLock()) {
            return old;
        }
        try {
            PublicKey received = find(id, FRESH);
            return received == null ? request(id, old) : received;
        } finally {
            requesting.unlock();
        }
    }

    private @Nullable PublicKey find(String id, Duration ageMax) {
        Known now = known;
        return now == null || nanos.getAsLong() - now.atNanos() >= ageMax.toNanos()
                ? null
                : now.keys().get(id);
    }

    private @Nullable PublicKey request(String id, @Nullable PublicKey old) throws InterruptedException {
        Attempt before = last;
        if (before == null || nanos.getAsLong() - before.atNanos() >= PAUSE.toNanos()) {
            StreamException failure = null;
            try {
                known = new Known(fetch(), nanos.getAsLong());
            } catch (StreamException e) {
                failure = e;
            }
            before = new Attempt(nanos.getAsLong(), failure);
            last = before;
        }
        if (before.failure() != null && old == null) {
            throw before.failure();
        }
        return before.failure() == null ? find(id, FRESH) : old;
    }

    private Map<String, PublicKey> fetch() throws InterruptedException {
        HttpRequest request = settings.request(PATH).build();
        Answer answer = RemoteCalls.send(settings.client(), request, ANSWER_BYTES_MAX, ANSWER_MAX);
        if (!answer.isSuccess()) {
            throw answer.writeFailure(request.method() + " " + request.uri());
        }
        return SubscriptionAnswers.read(answer, SigningKeys::keys);
    }

    private static Map<String, PublicKey> keys(JsonObject set) throws IOException {
        Map<String, PublicKey> keys = new HashMap<>();
        for (JsonObject jwk : set.objects("keys")) {
            String id = jwk.textOrNull("kid");
            PublicKey key = key(jwk);
            if (id != null && key != null) {
                keys.put(id, key);
            }
        }
        return keys;
    }

    /** The key of a JWK (RFC 8037); null if it is of another kind, or does not sign. */
    private static @Nullable PublicKey key(JsonObject jwk) throws IOException {
        String use = jwk.textOrNull("use");
        boolean isKnown = "OKP".equals(jwk.textOrNull("kty"))
                && Ed25519.ALGORITHM.equals(jwk.textOrNull("crv"))
                && (use == null || use.equals("sig"));
        String text = jwk.textOrNull("x");
        byte[] bytes = !isKnown || text == null ? null : Base64Url.decode(text);
        if (bytes == null) {
            return null;
        }
        try {
            return Ed25519.publicKey(bytes);
        } catch (GeneralSecurityException e) {
            return null;
        }
    }
}
