package io.streamkeeper.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The value of the header {@code Webhook-Signature} (section 7.1): {@code t=<seconds>,kid=<id>,ed25519=<signature>}. It
 * is over the seconds in decimal digits, a dot, and the body of the request. Immutable.
 */
public final class WebhookSignature {
    /** The name of the header. */
    public static final String HEADER = "Webhook-Signature";

    /** The bits of the last character that belong to no byte are 0: a signature has one text. */
    private static final Pattern FORM =
            Pattern.compile("t=([0-9]{1,15}),kid=([!-~&&[^,\"\\\\]]{1,128}),ed25519=([A-Za-z0-9_-]{85}[AQgw])");

    private final long seconds;
    private final String keyId;
    private final byte[] bytes;

    /**
     * A signature.
     *
     * @param seconds when it was made, in seconds since 1970 UTC
     * @param keyId the id of the key in the JWK set of the server
     * @param bytes what the algorithm returns
     */
    public WebhookSignature(long seconds, String keyId, byte[] bytes) {
        this.seconds = seconds;
        this.keyId = keyId;
        this.bytes = bytes.clone();
    }

    /**
     * {@return the signature that a header contains; null if it contains none}
     *
     * @param value any text
     */
    public static @Nullable WebhookSignature parse(String value) {
        Matcher form = FORM.matcher(value);
        if (!form.matches()) {
            return null;
        }
        byte[] bytes = Base64.getUrlDecoder().decode(form.group(3));
        return new WebhookSignature(Digits.toLong(form.group(1)), form.group(2), bytes);
    }

    /** {@return when it was made, in seconds since 1970 UTC} */
    public long seconds() {
        return seconds;
    }

    /** {@return the id of the key in the JWK set of the server} */
    public String keyId() {
        return keyId;
    }

    /** {@return what the algorithm returns} */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** {@return the value of the header} */
    public String value() {
        return "t=" + seconds + ",kid=" + keyId + ",ed25519=" + Base64Url.encode(bytes);
    }

    /**
     * {@return the bytes that are signed before the body}
     *
     * @param seconds when it is signed, in seconds since 1970 UTC
     */
    public static byte[] prefix(long seconds) {
        return (seconds + ".").getBytes(StandardCharsets.US_ASCII);
    }
}
