package io.streamkeeper.server.security;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.streamkeeper.server.config.JwtConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Authenticates JSON Web Tokens. Loops get the result of a token that was verified before from a bounded cache; others
 * are verified on threads of this class, of which a bounded number waits. A token that names a key which is not known
 * causes a fetch of the JWK set, at most every {@value #FETCH_SECONDS_MIN} seconds; all tokens that lack a key wait for
 * the same fetch, and are refused at once if there may be none. Safe for use by any thread.
 *
 * <p>The cache belongs to a set of keys. Other keys take over the tokens of the keys that both have, so that a rotation
 * causes no verification of all tokens at once; a token whose key was removed is not accepted any more.
 */
final class JwtAuthenticator {
    private static final Logger LOG = LoggerFactory.getLogger(JwtAuthenticator.class);

    static final int FETCH_SECONDS_MIN = 10;
    static final int CACHED_MAX = 10_000;

    private static final int WAITING_MAX = 256;
    private static final int THREADS = 2;
    private static final int KEEP_ALIVE_SECONDS = 10;

    private static final Authentication BUSY =
            Authentication.unavailable("too many tokens are being verified; try again later");
    private static final Authentication NO_KEYS =
            Authentication.unavailable("the keys of tokens cannot be fetched; try again later");

    /** Who has sent a token, and the key with which it is signed. */
    private record Known(Principal principal, JwtKeys.@Nullable KeyName by) {}

    /** Keys, and what they have verified. */
    private record Verified(JwtKeys keys, ConcurrentMap<TokenDigest, Known> tokens) {
        Verified(JwtKeys keys) {
            this(keys, new ConcurrentHashMap<>());
        }

        /** Other keys, with the tokens of those keys that stay. */
        Verified with(JwtKeys newKeys) {
            Verified next = new Verified(newKeys);
            Set<JwtKeys.KeyName> names = newKeys.names();
            tokens.forEach((digest, known) -> {
                if (known.by() != null && names.contains(known.by())) {
                    next.tokens().put(digest, known);
                }
            });
            return next;
        }
    }

    private final JwtRules rules;
    private final @Nullable WatchedFile<JwtKeys> file;
    private final @Nullable JwksFetch jwks;
    private final LongSupplier nowMillis;
    private final LongSupplier nowNanos;
    private final long refreshNanos;
    private final long staleNanos;
    /** Tokens that wait for a thread. */
    private final AtomicInteger queued = new AtomicInteger();

    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            THREADS,
            THREADS,
            KEEP_ALIVE_SECONDS,
            TimeUnit.SECONDS,
            // Loops add to it, so it has no lock; the number of its tasks is bounded by the counter.
            new LinkedTransferQueue<>(),
            new DefaultThreadFactory("streamkeeper-jwt", true));
    private final ThreadPoolExecutor fetching = new ThreadPoolExecutor(
            1,
            1,
            KEEP_ALIVE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(1),
            new DefaultThreadFactory("streamkeeper-jwks", true));
    private volatile Verified ofFile = new Verified(JwtKeys.NONE);
    private volatile Verified ofSet = new Verified(JwtKeys.NONE);
    private volatile Runnable changed = () -> {};

    // Written by the thread that fetches, the time first; read by loops too, without the lock.
    private volatile long fetchedNanos;
    private volatile boolean hasFetched;

    // Guarded by this.
    private @Nullable CompletableFuture<Void> fetch;
    private long fetchBeganNanos;
    private boolean hasBegunAFetch;
    private String setText = "";
    private boolean isUsable;
    private int waiting;

    JwtAuthenticator(JwtConfig config, LongSupplier nowMillis, LongSupplier nowNanos) throws IOException {
        this(config, nowMillis, nowNanos, JwksFetch.TOTAL_MILLIS);
    }

    /** The same; {@code fetchMillis} limits a fetch of the JWK set. */
    JwtAuthenticator(JwtConfig config, LongSupplier nowMillis, LongSupplier nowNanos, long fetchMillis)
            throws IOException {
        this.jwks = config.jwksUrl() == null ? null : new JwksFetch(config.jwksUrl(), fetchMillis);
        if (jwks != null && config.requiredAudience() == null) {
            throw new IllegalArgumentException("jwt-audience is \"none\" and jwt-jwks is \"" + jwks.shown()
                    + "\"; expected an audience, because the issuer may also sign tokens for others");
        }
        this.rules = new JwtRules(config);
        this.nowMillis = nowMillis;
        this.nowNanos = nowNanos;
        this.refreshNanos = TimeUnit.SECONDS.toNanos(config.jwksRefreshSeconds());
        this.staleNanos = TimeUnit.SECONDS.toNanos(config.jwksStaleSeconds());
        threads.allowCoreThreadTimeOut(true);
        fetching.allowCoreThreadTimeOut(true);
        this.file = config.keyFile() == null
                ? null
                : WatchedFile.open(config.keyFile(), JwtAuthenticator::readKey, JwtKeys::ofFile);
        if (file != null) {
            ofFile = new Verified(file.value());
        }
    }

    private static byte[] readKey(Path path) throws IOException {
        byte[] content = SecretFile.readRules(path);
        return JwtKeys.isSecret(content) ? SecretFile.readSecret(path) : content;
    }

    void onChange(Runnable newChanged) {
        changed = newChanged;
    }

    // ---- keys ----

    /**
     * Reads the file again and fetches the set again if it is time. Returns whether tokens may have become invalid:
     * keys of the file have changed, or the set has become too old, so that no token of it is accepted. A set that was
     * fetched reports its change itself.
     */
    boolean check() {
        if (jwks != null && isFetchDue()) {
            fetch();
        }
        boolean hasChanged = hasBecomeUnusable();
        if (file != null && file.check()) {
            ofFile = ofFile.with(file.value());
            hasChanged = true;
        }
        return hasChanged;
    }

    /** Whether the set was usable at the previous call, and is too old now. */
    private synchronized boolean hasBecomeUnusable() {
        boolean wasUsable = isUsable;
        isUsable = jwks != null && !isSetUnusable();
        return wasUsable && !isUsable;
    }

    private synchronized boolean isFetchDue() {
        return mayFetch() && (!hasFetched || nowNanos.getAsLong() - fetchedNanos >= refreshNanos);
    }

    private synchronized boolean mayFetch() {
        return !hasBegunAFetch || nowNanos.getAsLong() - fetchBeganNanos >= TimeUnit.SECONDS.toNanos(FETCH_SECONDS_MIN);
    }

    /** The fetch that is under way or begins now; null if it is too early for another one. */
    private synchronized @Nullable CompletableFuture<Void> fetch() {
        JwksFetch source = jwks;
        if (source == null) {
            return null;
        }
        if (fetch != null && !fetch.isDone()) {
            return fetch;
        }
        if (!mayFetch()) {
            return null;
        }
        hasBegunAFetch = true;
        fetchBeganNanos = nowNanos.getAsLong();
        fetch = CompletableFuture.runAsync(() -> fetch(source), fetching);
        return fetch;
    }

    private void fetch(JwksFetch source) {
        try {
            String text = source.fetch();
            JwtKeys keys = isUsed(text) ? null : JwtKeys.ofSet(text, false);
            synchronized (this) {
                fetchedNanos = nowNanos.getAsLong();
                hasFetched = true;
                setText = text;
            }
            if (keys != null) {
                ofSet = ofSet.with(keys);
                changed.run();
            }
        } catch (IOException | IllegalArgumentException e) {
            LOG.warn("the JWK set could not be fetched; the last one stays in use: {}", e.getMessage());
        }
    }

    /** Whether the set in use has this text, so that its keys stay, and what is wrong with them is not reported again. */
    private synchronized boolean isUsed(String text) {
        return hasFetched && text.equals(setText);
    }

    /** Whether the keys of the set are too old, or there are none yet. */
    private boolean isSetUnusable() {
        return jwks != null && (!hasFetched || nowNanos.getAsLong() - fetchedNanos > refreshNanos + staleNanos);
    }

    // ---- tokens ----

    /** Authenticates a token; does not block. */
    CompletableFuture<Authentication> authenticate(String token, TokenDigest digest) {
        Principal known = find(digest);
        if (known != null) {
            return CompletableFuture.completedFuture(Authentication.of(known));
        }
        CompletableFuture<Authentication> result = new CompletableFuture<>();
        if (queued.incrementAndGet() > WAITING_MAX) {
            queued.decrementAndGet();
            result.complete(BUSY);
            return result;
        }
        try {
            threads.execute(() -> {
                queued.decrementAndGet();
                verify(token, digest, result, true);
            });
        } catch (RejectedExecutionException e) {
            queued.decrementAndGet();
            result.complete(BUSY);
        }
        return result;
    }

    private @Nullable Principal find(TokenDigest digest) {
        Known known = ofFile.tokens().get(digest);
        if (known == null && !ofSet.tokens().isEmpty() && !isSetUnusable()) {
            known = ofSet.tokens().get(digest);
        }
        return known != null && !known.principal().hasExpired(nowMillis.getAsLong()) ? known.principal() : null;
    }

    private void verify(String token, TokenDigest digest, CompletableFuture<Authentication> result, boolean mayFetch) {
        try {
            JwtRules.Verdict verdict = verify(token, digest, ofFile);
            Verified set = ofSet;
            if (verdict.lacksKey() && !isSetUnusable()) {
                verdict = verify(token, digest, set);
            }
            if (verdict.lacksKey() && jwks != null) {
                lacksKey(token, digest, result, verdict, set, mayFetch);
            } else {
                result.complete(verdict.authentication());
            }
        } catch (RuntimeException | Error e) {
            result.completeExceptionally(e);
        }
    }

    private JwtRules.Verdict verify(String token, TokenDigest digest, Verified by) {
        JwtRules.Verdict verdict = rules.verify(token, by.keys(), nowMillis.getAsLong());
        Principal principal = verdict.authentication().principal();
        if (principal != null) {
            remember(by.tokens(), digest, new Known(principal, verdict.by()));
        }
        return verdict;
    }

    /** Remembers who has sent a token; forgets the expired ones, or else any, where there are too many. */
    private void remember(ConcurrentMap<TokenDigest, Known> tokens, TokenDigest digest, Known token) {
        if (tokens.size() >= CACHED_MAX) {
            long now = nowMillis.getAsLong();
            tokens.values().removeIf(known -> known.principal().hasExpired(now));
        }
        if (tokens.size() >= CACHED_MAX) {
            List<TokenDigest> some = new ArrayList<>();
            for (TokenDigest known : tokens.keySet()) {
                some.add(known);
                if (some.size() > CACHED_MAX / 8) {
                    break;
                }
            }
            some.forEach(tokens::remove);
        }
        tokens.put(digest, token);
    }

    /**
     * Waits for a fetch of the set, or takes one that has ended after {@code tried} was read, and verifies the token
     * again; else refuses it.
     */
    private void lacksKey(
            String token,
            TokenDigest digest,
            CompletableFuture<Authentication> result,
            JwtRules.Verdict verdict,
            Verified tried,
            boolean mayFetch) {
        CompletableFuture<Void> fetched = mayFetch ? fetch() : null;
        if (fetched == null && mayFetch && ofSet.keys() != tried.keys()) {
            verify(token, digest, result, false);
        } else if (fetched == null) {
            result.complete(isSetUnusable() ? NO_KEYS : verdict.authentication());
        } else if (!beginWait()) {
            result.complete(BUSY);
        } else {
            fetched.whenComplete((done, fault) -> {
                endWait();
                verify(token, digest, result, false);
            });
        }
    }

    private synchronized boolean beginWait() {
        if (waiting >= WAITING_MAX) {
            return false;
        }
        waiting++;
        return true;
    }

    private synchronized void endWait() {
        waiting--;
    }

    void close() {
        threads.shutdownNow();
        fetching.shutdownNow();
    }
}
