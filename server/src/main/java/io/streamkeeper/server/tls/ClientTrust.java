package io.streamkeeper.server.tls;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Those who issue certificates to clients, as they were at one moment. A connection keeps the one with which it began, so
 * that a change of the issuers is noticed on connections that are open. Immutable; safe for use by any thread.
 */
public final class ClientTrust {
    private static final Logger LOG = LoggerFactory.getLogger(ClientTrust.class);

    private static final AttributeKey<ClientTrust> BEGAN_WITH = AttributeKey.valueOf(ClientTrust.class, "began with");

    private final X509TrustManager manager;

    private ClientTrust(X509TrustManager manager) {
        this.manager = manager;
    }

    static ClientTrust of(X509Certificate... issuers) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (int i = 0; i < issuers.length; i++) {
            store.setCertificateEntry(Integer.toString(i), issuers[i]);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager x509) {
                return new ClientTrust(x509);
            }
        }
        throw new GeneralSecurityException("the JVM has no trust manager for X.509");
    }

    /** What the handshake of a connection uses. */
    X509TrustManager manager() {
        return manager;
    }

    /** {@return the issuers with which the handshake of {@code connection} began; null if it had none} */
    public static @Nullable ClientTrust of(Channel connection) {
        ClientTrust own = connection.attr(BEGAN_WITH).get();
        return own == null && connection.parent() != null ? of(connection.parent()) : own;
    }

    /** The handshake of {@code connection} begins with these issuers. */
    void begin(Channel connection) {
        connection.attr(BEGAN_WITH).set(this);
    }

    /** {@return whether one of them has issued the first certificate of {@code chain}; takes the time of signatures} */
    public boolean accepts(X509Certificate[] chain) {
        try {
            manager.checkClientTrusted(chain, chain[0].getPublicKey().getAlgorithm());
            return true;
        } catch (CertificateException | IllegalArgumentException e) {
            LOG.debug("the certificate of a client is not accepted any more", e);
            return false;
        }
    }
}
