package io.streamkeeper.server.tls;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** The certificate with which a client has identified itself. */
public final class ClientCertificate {
    private ClientCertificate() {}

    /**
     * The certificate of the client of {@code channel}, which is a connection, or a stream of one; null if it has none.
     * The handshake has verified that it is issued by one of those in {@code tls-client-ca}, and that the client has
     * its key.
     */
    public static @Nullable X509Certificate of(Channel channel) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            return channel.parent() == null ? null : of(channel.parent());
        }
        try {
            return (X509Certificate) tls.engine().getSession().getPeerCertificates()[0];
        } catch (SSLPeerUnverifiedException e) {
            return null;
        }
    }
}
