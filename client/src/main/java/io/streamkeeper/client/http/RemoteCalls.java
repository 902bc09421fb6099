package io.streamkeeper.client.http;

import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.protocol.RefusedException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** Sends the requests of blocking calls, and repeats them as {@link Attempts} allows. Safe for use by any thread. */
final class RemoteCalls {
    private final RemoteSettings settings;
    private final AtomicBoolean reached = new AtomicBoolean();

    RemoteCalls(RemoteSettings settings) {
        this.settings = settings;
    }

    /** A call, whose state is known also if it fails. Used by one thread. */
    final class Call {
        private boolean isRepeated;

        private Call() {}

        /** Whether a request of this call was sent again. */
        boolean isRepeated() {
            return isRepeated;
        }

        /**
         * Returns the response of success.
         *
         * @param request creates the request of each attempt; it may throw a {@link RefusedException}
         * @param isRepeatable whether the request has the same effect if it is executed twice
         * @throws StreamException if the server refuses it or is not available
         */
        Answer run(Supplier<HttpRequest> request, boolean isRepeatable) throws InterruptedException {
            Attempts attempts = newAttempts();
            while (true) {
                StreamException failure;
                try {
                    HttpRequest sent = request.get();
                    Answer answer = send(sent);
                    attempts.answered();
                    if (answer.isSuccess()) {
                        return answer;
                    }
                    failure = answer.writeFailure(sent.method() + " " + sent.uri());
                } catch (RefusedException e) {
                    failure = StreamException.of(e.refusal());
                } catch (StreamException.Unavailable e) {
                    failure = e;
                }
                attempts.waitAfter(failure, isRepeatable);
                isRepeated = true;
            }
        }
    }

    Call begin() {
        return new Call();
    }

    /** Returns the response of success, as {@link Call#run} does. */
    Answer answer(Supplier<HttpRequest> request, boolean isRepeatable) throws InterruptedException {
        return begin().run(request, isRepeatable);
    }

    Attempts newAttempts() {
        return new Attempts(reached, settings.retryMax());
    }

    private Answer send(HttpRequest request) throws InterruptedException {
        return send(settings.client(), request, settings.answerBytesMax(), settings.silenceMax());
    }

    /**
     * Sends a request once.
     *
     * @param bytesMax the largest body of a response of success
     * @param timeMax how long the response may take
     * @throws StreamException.Unavailable if no response arrives
     */
    static Answer send(HttpClient client, HttpRequest request, int bytesMax, Duration timeMax)
            throws InterruptedException {
        AnswerBody body = new AnswerBody(bytesMax, () -> {});
        body.send(client, request);
        CompletableFuture<Answer> answer = body.answer().orTimeout(timeMax.toMillis(), TimeUnit.MILLISECONDS);
        try {
            return answer.get();
        } catch (InterruptedException e) {
            body.cancel();
            throw e;
        } catch (ExecutionException e) {
            body.cancel();
            throw Unreachable.explained(request, e.getCause());
        }
    }
}
