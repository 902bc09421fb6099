package io.streamkeeper.server.http;

import io.streamkeeper.server.tls.ClientTrust;
import java.security.cert.X509Certificate;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Whether the certificate of one client is issued by those that the server accepts now. The result is kept until they
 * change; a check that has failed says nothing of the certificate, so the next call repeats it. Owned by the connection's
 * loop.
 */
final class IssuerCheck {
    private static final CompletableFuture<Boolean> NOT_ACCEPTED = CompletableFuture.completedFuture(false);

    private final X509Certificate[] chain;
    private final Executor workers;
    private ClientTrust checkedBy;
    private CompletableFuture<Boolean> result = CompletableFuture.completedFuture(true);

    /** The check of {@code chain}, which the handshake has accepted by {@code began}. */
    IssuerCheck(X509Certificate[] chain, ClientTrust began, Executor workers) {
        this.chain = chain;
        this.checkedBy = began;
        this.workers = workers;
    }

    /** Whether {@code issuers} have issued the certificate; null for none, who accept nothing. */
    CompletableFuture<Boolean> by(@Nullable ClientTrust issuers) {
        if (issuers == null) {
            return NOT_ACCEPTED;
        }
        if (issuers == checkedBy && !result.isCompletedExceptionally()) {
            return result;
        }
        try {
            result = CompletableFuture.supplyAsync(() -> issuers.accepts(chain), workers);
            checkedBy = issuers;
            return result;
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
