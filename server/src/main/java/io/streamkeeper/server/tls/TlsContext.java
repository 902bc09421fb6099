package io.streamkeeper.server.tls;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What a new connection begins with. Immutable.
 *
 * @param context the certificate and key of the server
 * @param trust those who issue certificates to clients; null if clients are not asked for one
 */
public record TlsContext(SslContext context, @Nullable ClientTrust trust) {
    /** {@return the handler of TLS for {@code connection}; {@code workers} compute the handshake} */
    public SslHandler newHandler(Channel connection, Executor workers) {
        if (trust != null) {
            trust.begin(connection);
        }
        return context.newHandler(connection.alloc(), workers);
    }
}
