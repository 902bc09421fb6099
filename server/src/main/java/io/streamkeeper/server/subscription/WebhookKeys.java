package io.streamkeeper.server.subscription;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** The keys that sign webhooks, as receivers see them (section 6.5). Used by all loops; does not block. */
public interface WebhookKeys {
    /**
     * Makes the first key, unless there is one, which the other methods need.
     *
     * @return completed by any thread; with a {@link io.streamkeeper.protocol.RefusedException} if the key can be stored
     *     later, and with an {@link java.io.IOException} if it cannot
     */
    CompletableFuture<Void> prepare(Executor workers);

    /** The id of the key that signs now. */
    String activeKid();

    /** The public keys that signatures may have been made with, as a JWK set. */
    String jwkSet();
}
