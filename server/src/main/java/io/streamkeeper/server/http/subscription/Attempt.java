package io.streamkeeper.server.http.subscription;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a step of a request by a thread that has no request of its own. */
final class Attempt {
    private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);

    private Attempt() {}

    /** Runs a step; if it throws, the request is refused (I12). */
    static void run(Consumer<Refusal> refuse, Runnable step) {
        try {
            step.run();
        } catch (RefusedException e) {
            refuse.accept(e.refusal());
        } catch (RuntimeException | Error e) {
            LOG.error("a request about a subscription has failed", e);
            refuse.accept(Refusal.of(ErrorCode.INTERNAL_ERROR, "the server failed to carry the request out"));
        }
    }
}
