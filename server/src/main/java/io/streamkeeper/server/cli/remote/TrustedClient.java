package io.streamkeeper.server.cli.remote;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Makes an HTTP client that trusts the certificates in a file, and no others. */
final class TrustedClient {
    private static final Duration CONNECT_MAX = Duration.ofSeconds(10);

    private TrustedClient() {}

    /**
     * Returns a client for a file.
     *
     * @throws IllegalArgumentException if the file has no certificates
     */
    static HttpClient of(Path authorities) throws IOException {
        try (InputStream pem = Files.newInputStream(authorities)) {
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(pem);
            if (certificates.isEmpty()) {
                throw notPem(authorities, null);
            }
            return HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(CONNECT_MAX)
                    .sslContext(trusting(certificates))
                    .build();
        } catch (GeneralSecurityException e) {
            throw notPem(authorities, e);
        }
    }

    private static SSLContext trusting(Collection<? extends Certificate> certificates)
            throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        int index = 0;
        for (Certificate certificate : certificates) {
            trusted.setCertificateEntry("ca-" + index++, certificate);
        }
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }

    private static IllegalArgumentException notPem(Path file, @Nullable Exception cause) {
        return new IllegalArgumentException("--ca is " + file + "; expected a PEM file of certificates", cause);
    }
}
