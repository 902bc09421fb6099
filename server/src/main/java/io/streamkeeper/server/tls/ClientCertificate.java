package io.streamkeeper.server.tls;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** The certificate with which a client has identified itself. */
public final class ClientCertificate {
    private ClientCertificate() {}

    /**
     * The certificate of the client of {@code channel}, which is a connection, or a stream of one, and those of its
     * issuers; null if it has none. The handshake has verified that it is issued by one of those in {@code
     * tls-client-ca}, and that the client has its key.
     */
    public static X509Certificate @Nullable [] chain(Channel channel) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            return channel.parent() == null ? null : chain(channel.parent());
        }
        try {
            Certificate[] chain = tls.engine().getSession().getPeerCertificates();
            return Arrays.copyOf(chain, chain.length, X509Certificate[].class);
        } catch (SSLPeerUnverifiedException e) {
            return null;
        }
    }
}
