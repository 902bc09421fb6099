package io.streamkeeper.server.security;

import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/**
 * What a request contains to prove who sends it. It has no {@code toString} that shows a secret.
 *
 * @param authorization the value of {@code Authorization}; null if the request has none
 * @param signature the value of the query parameter {@code signature}, decoded; null if the request has none
 * @param certificate the certificate of the connection's client, whose issuer and key are verified; null if it has none
 */
public record Credentials(
        @Nullable String authorization,
        @Nullable String signature,
        @Nullable X509Certificate certificate) {
    /** No credentials. */
    public static final Credentials NONE = new Credentials(null, null, null);

    @Override
    public String toString() {
        return "Credentials[" + (authorization == null ? "" : "authorization")
                + (signature == null ? "" : "signature")
                + (certificate == null ? "" : "certificate") + "]";
    }
}
