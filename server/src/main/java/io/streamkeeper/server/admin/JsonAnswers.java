package io.streamkeeper.server.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.server.http.respond.ErrorBody;
import io.streamkeeper.server.http.route.Answer;
import java.io.IOException;
import java.io.StringWriter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers whose body is an object of JSON, on one line with an end of line, so that a terminal shows it well. */
final class JsonAnswers {
    private static final Logger LOG = LoggerFactory.getLogger(JsonAnswers.class);
    private static final String JSON = "application/json";
    private static final int TIMEOUT_SECONDS = 10;
    private static final JsonFactory FACTORY = new JsonFactory();

    private JsonAnswers() {}

    /** Writes the fields of an object. */
    interface Fields {
        void writeTo(JsonGenerator json) throws IOException;
    }

    static Answer of(int status, Fields fields) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            json.writeStartObject();
            fields.writeTo(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("a text in memory cannot be written", e);
        }
        return Answer.text(status, JSON, text.append('\n').toString());
    }

    /**
     * Answers when the result of {@code answer} is complete; refuses if it fails or takes too long. All of it is begun by
     * one of {@code workers}: timeouts of futures take a lock, for which a loop must not wait.
     */
    static void whenDone(Executor workers, Supplier<CompletableFuture<Answer>> answer, Consumer<Answer> answering) {
        workers.execute(() -> begun(answer)
                .orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .exceptionally(JsonAnswers::refusal)
                .thenAccept(answering));
    }

    private static CompletableFuture<Answer> begun(Supplier<CompletableFuture<Answer>> answer) {
        try {
            return answer.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static Answer refusal(Throwable thrown) {
        Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
        if (cause instanceof RefusedException refused) {
            return of(refused.refusal());
        }
        LOG.warn("a request of administration cannot be answered", thrown);
        return of(Refusal.of(ErrorCode.OVERLOADED, "the loops of the server do not answer now; try again later"));
    }

    private static Answer of(Refusal refusal) {
        return Answer.text(refusal.code().status(), JSON, ErrorBody.of(refusal));
    }
}
