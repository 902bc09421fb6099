package io.streamkeeper.server.http;

import io.netty.channel.Channel;
import io.streamkeeper.server.tls.ClientCertificate;
import io.streamkeeper.server.tls.ClientTrust;
import io.streamkeeper.server.tls.TlsIdentity;
import java.security.cert.X509Certificate;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The certificate of the client of one connection. The handshake has verified it; after a change of the issuers that the
 * server accepts it is verified again before it counts, by a worker, because that takes the time of some signatures. So
 * the removal of an issuer takes effect on open connections too. Owned by the connection's loop.
 */
final class ClientIdentity {
    private static final CompletableFuture<Boolean> ACCEPTED = CompletableFuture.completedFuture(true);

    private final Channel channel;
    private final Executor workers;
    private final @Nullable TlsIdentity server;
    private X509Certificate @Nullable [] chain;
    private boolean isRead;

    private @Nullable IssuerCheck check;

    /** The client of {@code channel}, a connection of a server with the identity {@code server} or without TLS. */
    ClientIdentity(Channel channel, @Nullable TlsIdentity server, Executor workers) {
        this.channel = channel;
        this.server = server;
        this.workers = workers;
    }

    /** The client's certificate; null if it has none. */
    @Nullable
    X509Certificate certificate() {
        if (!isRead) {
            isRead = true;
            chain = ClientCertificate.chain(channel);
            ClientTrust began = ClientTrust.of(channel);
            // A connection of another server, in which this one is mounted, has no issuers of this one.
            check = chain == null || began == null ? null : new IssuerCheck(chain, began, workers);
        }
        return chain == null ? null : chain[0];
    }

    /** Whether the issuers that the server accepts now have issued the certificate, which the client has. */
    CompletableFuture<Boolean> isAccepted() {
        ClientTrust now = server == null ? null : server.context().trust();
        return check == null ? ACCEPTED : check.by(now);
    }
}
