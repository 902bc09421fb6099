package io.streamkeeper.server.outbound;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * TLS of connections that the server opens, with the authorities that the JVM trusts; the certificate must be for the host of the
 * URL. Created with its first use, because that reads files. Safe for use by any thread.
 */
public final class ClientTls {
    private final @Nullable TrustManagerFactory trust;
    private volatile @Nullable SslContext context;

    /** TLS with other authorities, unless {@code trust} is null. */
    public ClientTls(@Nullable TrustManagerFactory trust) {
        this.trust = trust;
    }

    /** Reads the authorities, unless that was done; a loop must not. */
    public synchronized void prepare() throws SSLException {
        if (context == null) {
            context = SslContextBuilder.forClient()
                    .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
                    .protocols("TLSv1.3", "TLSv1.2")
                    .trustManager(trust)
                    .endpointIdentificationAlgorithm("HTTPS")
                    .build();
        }
    }

    /** The context; only after it was prepared. */
    public SslContext context() {
        SslContext prepared = context;
        if (prepared == null) {
            throw new IllegalStateException("TLS is not prepared");
        }
        return prepared;
    }
}
