package io.streamkeeper.client.http;

import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.http.SubscriptionRequests.WakeName;
import io.streamkeeper.client.subscription.LinkedStream;
import io.streamkeeper.client.subscription.WebhookRejectedException;
import io.streamkeeper.client.subscription.WebhookRejectedException.Reason;
import io.streamkeeper.client.subscription.WebhookWake;
import io.streamkeeper.protocol.Ed25519;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.WebhookSignature;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the webhooks of a server, whatever HTTP server receives them, and acknowledges them (section 7.1). It requests
 * the public keys of the server when they are needed, and keeps them. Share one among all requests; safe for use by any
 * thread.
 *
 * <p>A receiver calls {@link #verify}, processes the streams of the wake, and answers 200 with {@link #doneBody}: then
 * everything up to the {@link LinkedStream#tailOffset} of each stream is acknowledged. Or it answers 202 without a body, and
 * works later: it calls {@link #ack}, each time before the lease of the subscription ends, and {@link #done} at the end. A
 * receiver that throws, or answers with another status, is sent the wake again.
 *
 * <p>A request that an attacker has recorded passes within the window of time, too. Work is done at least once in any case,
 * so a receiver has to tolerate a repetition.
 */
public final class WebhookReceiver {
    /** The longest body that {@link #verify} accepts, in bytes: read one byte more at most. */
    public static final int BODY_BYTES_MAX = 4 << 20;

    private static final String DONE = "{\"done\":true}";
    private static final Duration WINDOW = Duration.ofMinutes(5);

    private final RemoteSettings settings;
    private final SigningKeys keys;
    private final InstantSource clock;
    private final Duration window;
    private final RemoteCalls calls;

    WebhookReceiver(RemoteSettings settings) {
        this(settings, new SigningKeys(settings, System::nanoTime), InstantSource.system(), WINDOW);
    }

    /** A receiver with other keys and another clock. */
    WebhookReceiver(RemoteSettings settings, SigningKeys keys, InstantSource clock, Duration window) {
        this.settings = settings;
        this.keys = keys;
        this.clock = clock;
        this.window = window;
        this.calls = new RemoteCalls(settings);
    }

    /**
     * {@return this receiver, with another window of time: how much the clock of the sender may differ from its own}
     *
     * @param time 5 minutes by default
     * @throws IllegalArgumentException if it is negative
     */
    public WebhookReceiver window(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("window is " + time + "; expected zero or a positive time");
        }
        return new WebhookReceiver(settings, keys, clock, time);
    }

    /** {@return the body of an answer that acknowledges the wake} Its content type is {@code application/json}. */
    public static byte[] doneBody() {
        return DONE.getBytes(StandardCharsets.US_ASCII);
    }

    // ---- verification ----

    /**
     * Verifies a request, and returns what it contains.
     *
     * @param headers of the request, such as those of {@code com.sun.net.httpserver.HttpExchange}; names in any case
     * @param body its bytes as they came
     * @return the wake, which the server has signed
     * @throws WebhookRejectedException if the server has not sent it, or that cannot be verified now: answer with {@link
     *     WebhookRejectedException#status}
     * @throws InterruptedException if the thread is interrupted while it waits for the keys
     */
    public WebhookWake verify(Map<String, List<String>> headers, byte[] body)
            throws WebhookRejectedException, InterruptedException {
        String found = null;
        for (Map.Entry<String, List<String>> header : headers.entrySet()) {
            if (!WebhookSignature.HEADER.equalsIgnoreCase(header.getKey())) {
                continue;
            }
            for (String value : header.getValue()) {
                if (found != null) {
                    throw rejected(
                            Reason.SIGNATURE_INVALID, "the request has more than one " + WebhookSignature.HEADER);
                }
                found = value;
            }
        }
        return verifySigned(found, body);
    }

    /**
     * Verifies a request, and returns what it contains.
     *
     * @param header returns the header with a name, or null, such as {@code request::getHeader} of a servlet
     * @param body as for {@link #verify(Map, byte[])}
     * @return the wake, which the server has signed
     * @throws WebhookRejectedException as {@link #verify(Map, byte[])} does
     * @throws InterruptedException if the thread is interrupted while it waits for the keys
     */
    public WebhookWake verify(Function<String, @Nullable String> header, byte[] body)
            throws WebhookRejectedException, InterruptedException {
        return verifySigned(header.apply(WebhookSignature.HEADER), body);
    }

    private WebhookWake verifySigned(@Nullable String header, byte[] body)
            throws WebhookRejectedException, InterruptedException {
        if (header == null) {
            throw rejected(Reason.SIGNATURE_MISSING, "the request has no " + WebhookSignature.HEADER);
        }
        if (body.length > BODY_BYTES_MAX) {
            throw rejected(Reason.BODY_INVALID, "the body has more than " + BODY_BYTES_MAX + " bytes");
        }
        WebhookSignature signature = WebhookSignature.parse(header);
        if (signature == null) {
            throw rejected(
                    Reason.SIGNATURE_INVALID,
                    WebhookSignature.HEADER + " is " + Quoted.of(header) + "; expected t=…,kid=…,ed25519=…");
        }
        long now = clock.instant().getEpochSecond();
        if (Math.abs(now - signature.seconds()) > window.toSeconds()) {
            throw rejected(
                    Reason.TIME_NOT_IN_WINDOW,
                    "the request was signed at " + signature.seconds() + " and came at " + now
                            + ", in seconds since 1970; expected a difference of at most " + window.toSeconds());
        }
        if (!isBy(key(signature.keyId()), signature, body)) {
            throw rejected(Reason.SIGNATURE_INVALID, "the body was not signed with the key " + signature.keyId());
        }
        try {
            return SubscriptionAnswers.wake(body);
        } catch (IOException e) {
            throw rejected(Reason.BODY_INVALID, "the body is no wake: " + e.getMessage());
        }
    }

    private PublicKey key(String id) throws WebhookRejectedException, InterruptedException {
        PublicKey key;
        try {
            key = keys.of(id);
        } catch (StreamException e) {
            throw new WebhookRejectedException(
                    Reason.KEYS_UNAVAILABLE, "the keys of the server cannot be read: " + e.getMessage(), e);
        }
        if (key == null) {
            throw rejected(Reason.KEY_UNKNOWN, "the server has no key " + Quoted.of(id));
        }
        return key;
    }

    private static boolean isBy(PublicKey key, WebhookSignature signature, byte[] body) {
        try {
            Signature verifier = Signature.getInstance(Ed25519.ALGORITHM);
            verifier.initVerify(key);
            verifier.update(WebhookSignature.prefix(signature.seconds()));
            verifier.update(body);
            return verifier.verify(signature.bytes());
        } catch (GeneralSecurityException e) {
            // The JDK throws for some signatures that are not valid, instead of returning false.
            return false;
        }
    }

    private static WebhookRejectedException rejected(Reason reason, String message) {
        return new WebhookRejectedException(reason, message, null);
    }

    // ---- acknowledgements ----

    /**
     * Acknowledges that streams are processed up to offsets, and begins the time of the lease again. Without an offset it
     * does only the latter.
     *
     * @param wake from {@link #verify}
     * @param offsets the offset up to which each stream is processed; all are acknowledged, or none
     * @throws StreamException.Fenced if the lease has ended, or another wake has replaced this one; nothing is acknowledged
     * @throws StreamException if the server refuses it or is not available
     * @throws InterruptedException if the thread is interrupted; the offsets may be acknowledged nevertheless
     */
    public void ack(WebhookWake wake, Map<String, String> offsets) throws InterruptedException {
        call(wake, offsets, false);
    }

    /**
     * Acknowledges that streams are processed up to offsets, and ends the wake. What has not been acknowledged follows with
     * another wake.
     *
     * @param wake from {@link #verify}
     * @param offsets the offset up to which each stream is processed; all are acknowledged, or none
     * @return whether another wake follows
     * @throws StreamException.Fenced as {@link #ack} does; after the request was repeated, because of its first attempt, too
     * @throws StreamException if the server refuses it or is not available
     * @throws InterruptedException if the thread is interrupted; the offsets may be acknowledged nevertheless
     */
    public boolean done(WebhookWake wake, Map<String, String> offsets) throws InterruptedException {
        return SubscriptionAnswers.read(call(wake, offsets, true), SubscriptionAnswers::wakesAgain);
    }

    /**
     * Acknowledges everything up to the {@link LinkedStream#tailOffset} of each stream of the wake, and ends it.
     *
     * @param wake from {@link #verify}
     * @return whether another wake follows
     * @throws StreamException as {@link #done(WebhookWake, Map)} does
     * @throws InterruptedException if the thread is interrupted; the offsets may be acknowledged nevertheless
     */
    public boolean done(WebhookWake wake) throws InterruptedException {
        Map<String, String> tails = new LinkedHashMap<>();
        wake.streams().forEach(stream -> tails.put(stream.path(), stream.tailOffset()));
        return done(wake, tails);
    }

    private Answer call(WebhookWake wake, Map<String, String> offsets, boolean isDone) throws InterruptedException {
        WakeName name = new WakeName(wake.wakeId(), wake.generation(), wake.callbackToken());
        return calls.answer(
                () -> name.authorise(callback(wake))
                        .header("Content-Type", "application/json")
                        .POST(SubscriptionRequests.acknowledgement(name, offsets, isDone))
                        .build(),
                true);
    }

    /** Only the server of the settings gets the headers of the settings. */
    private HttpRequest.Builder callback(WebhookWake wake) {
        String url = wake.callbackUrl().toString();
        String root = settings.root();
        return url.toLowerCase(Locale.ROOT).startsWith(root.toLowerCase(Locale.ROOT))
                ? settings.request(url.substring(root.length()))
                : HttpRequest.newBuilder(wake.callbackUrl());
    }
}
