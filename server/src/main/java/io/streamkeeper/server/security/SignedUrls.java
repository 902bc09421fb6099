package io.streamkeeper.server.security;

import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.disk.Clock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/**
 * Signs URLs for clients that cannot send a header, such as {@code EventSource} of browsers: each holder of a URL may do
 * what it allows until it expires. The server verifies them with the same key file ({@code --signing-keys}). Safe for
 * use by any thread.
 */
public final class SignedUrls {
    /** The name of the query parameter. */
    public static final String PARAMETER = "signature";

    private final SigningKeys keys;

    private SignedUrls(SigningKeys keys) {
        this.keys = keys;
    }

    /**
     * Reads the keys of a file.
     *
     * @param file lines with an id and a secret of at least 32 characters; only its owner may read it; the first key
     *     signs
     * @return signs with the keys that the file contains now
     * @throws IOException if the file cannot be read, or others may read it
     * @throws IllegalArgumentException if its content is not valid
     */
    public static SignedUrls of(Path file) throws IOException {
        try {
            return new SignedUrls(SigningKeys.parse(SecretFile.lines(SecretFile.readSecret(file))));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Signs access to one stream.
     *
     * @param actions {@link Action#READ}, {@link Action#APPEND}, or both
     * @param path the path of the stream, not percent-encoded
     * @param validFor how long the signature is valid, at least a second
     * @return the value of the query parameter {@code signature}
     * @throws IllegalArgumentException if an argument is not allowed
     */
    public String signature(Set<Action> actions, String path, Duration validFor) {
        return keys.sign(actions, checked(path), false, expires(validFor));
    }

    /**
     * Signs access to a path and all streams below it.
     *
     * @param actions {@link Action#READ}, {@link Action#APPEND}, or both
     * @param prefix the path, not percent-encoded, without a slash at its end
     * @param validFor how long the signature is valid, at least a second
     * @return the value of the query parameter {@code signature}
     * @throws IllegalArgumentException if an argument is not allowed
     */
    public String signatureBelow(Set<Action> actions, String prefix, Duration validFor) {
        return keys.sign(actions, checked(prefix), true, expires(validFor));
    }

    private static String checked(String path) {
        try {
            return StreamPath.of(path).value();
        } catch (RefusedException e) {
            throw new IllegalArgumentException(e.refusal().message(), e);
        }
    }

    private static long expires(Duration validFor) {
        if (validFor.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException(
                    "the signature is valid for " + validFor + "; expected a second or more");
        }
        return Instant.ofEpochMilli(Clock.SYSTEM.nowMillis()).plus(validFor).getEpochSecond();
    }
}
