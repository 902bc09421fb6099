package io.streamkeeper.server.http.subscription;

import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.route.Answer;
import io.streamkeeper.server.http.route.Answering;
import io.streamkeeper.server.log.RareReport;
import io.streamkeeper.server.subscription.WebhookKeys;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers with the public keys that verify webhooks (section 6.5), of which the first is made when it is needed. */
public final class KeyAnswers {
    private static final Logger LOG = LoggerFactory.getLogger(KeyAnswers.class);

    private final WebhookKeys keys;
    private final Executor workers;
    private final RareReport failures = new RareReport(System::nanoTime);

    /** Answers with {@code keys}, which {@code workers} make. */
    public KeyAnswers(WebhookKeys keys, Executor workers) {
        this.keys = keys;
        this.workers = workers;
    }

    /** {@code GET} of the keys. */
    void handle(HttpRequest request, Answering answering) {
        ready(answering::refuse, () -> {
            byte[] body = keys.jwkSet().getBytes(StandardCharsets.UTF_8);
            List<Answer.Field> fields = List.of(
                    new Answer.Field("Cache-Control", "public, max-age=300"),
                    new Answer.Field("Content-Type", "application/jwk-set+json"));
            answering.accept(new Answer(200, fields, Unpooled.wrappedBuffer(body), null));
        });
    }

    /** Calls {@code then} when there is a key: at once, unless it has to be made. Refuses if it cannot be stored. */
    public void ready(Consumer<Refusal> refuse, Runnable then) {
        CompletableFuture<Void> prepared = keys.prepare(workers);
        if (prepared.isDone() && !prepared.isCompletedExceptionally()) {
            then.run();
            return;
        }
        prepared.whenComplete((done, fault) -> {
            if (fault == null) {
                Attempt.run(refuse, then);
                return;
            }
            if (fault instanceof RefusedException refused) {
                refuse.accept(refused.refusal());
                return;
            }
            report(fault);
            refuse.accept(Refusal.of(
                    ErrorCode.OVERLOADED, "the key that signs webhooks cannot be stored now; try again later"));
        });
    }

    private void report(Throwable fault) {
        long unreported = failures.unreported();
        if (unreported != RareReport.NOT_DUE) {
            LOG.error(
                    "the key that signs webhooks cannot be stored ({} more requests since the last such line)",
                    unreported,
                    fault);
        }
    }
}
