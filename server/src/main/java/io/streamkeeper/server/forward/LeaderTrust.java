package io.streamkeeper.server.forward;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** The authorities that issue the certificates of leaders: those that the JVM trusts, and those of the members. */
public final class LeaderTrust {
    private LeaderTrust() {}

    /**
     * Reads the authorities of the members.
     *
     * @param authorities a PEM file
     * @throws IOException if it cannot be read, or has no certificates
     */
    public static TrustManagerFactory of(Path authorities) throws IOException {
        try (InputStream in = Files.newInputStream(authorities)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int count = 0;
            for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("member-" + count++, each);
            }
            for (TrustManager manager : factory(null).getTrustManagers()) {
                if (manager instanceof X509TrustManager known) {
                    for (Certificate each : known.getAcceptedIssuers()) {
                        store.setCertificateEntry("known-" + count++, each);
                    }
                }
            }
            return factory(store);
        } catch (GeneralSecurityException e) {
            throw new IOException(authorities + " has no certificates that can be read; expected a PEM file", e);
        }
    }

    /** A factory with the authorities of {@code store}; those that the JVM trusts if it is null. */
    private static TrustManagerFactory factory(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory;
    }
}
