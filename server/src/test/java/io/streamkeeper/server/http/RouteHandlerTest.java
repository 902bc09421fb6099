package io.streamkeeper.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.output.LogsFaults;
import io.streamkeeper.server.http.request.Method;
import io.streamkeeper.server.http.route.Answer;
import io.streamkeeper.server.http.route.Route;
import io.streamkeeper.server.wire.TestConnection;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a handler of a path may do, over a socket: answer later, piece by piece, refuse, and fail. */
@Timeout(60)
class RouteHandlerTest {
    private final BlockingQueue<Consumer<Answer>> waiting = new LinkedBlockingQueue<>();
    private final AtomicInteger closed = new AtomicInteger();
    private SmallServer server;

    @BeforeEach
    void start() throws IOException {
        server = new SmallServer(
                64,
                List.of(
                        Route.reading(
                                "/now",
                                (request, answering) -> answering.accept(
                                        Answer.text(200, "text/plain", "now").with("X-Own", "a"))),
                        Route.reading("/later", (request, answering) -> waiting.add(answering)),
                        Route.reading(
                                "/pieces",
                                (request, answering) ->
                                        answering.accept(Answer.pieces(200, "text/plain", new Numbers(50)))),
                        Route.reading(
                                "/endless",
                                (request, answering) -> answering.accept(
                                        Answer.pieces(200, "text/plain", new Numbers(Integer.MAX_VALUE)))),
                        new Route("/refused", Set.of(Method.POST), (request, answering) -> {
                            throw new RefusedException(ErrorCode.INVALID_PARAMETER, "no");
                        }),
                        Route.reading("/broken", (request, answering) -> {
                            throw new IllegalStateException("broken on purpose");
                        })));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** The numbers below a bound, one a piece. */
    private final class Numbers implements Answer.Pieces {
        private final int end;
        private int next;

        Numbers(int end) {
            this.end = end;
        }

        @Override
        public ByteBuf next(ByteBufAllocator allocator) {
            return next == end ? null : ByteBufUtil.writeAscii(allocator, next++ + "\n");
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }

    private static String numbers(int end) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < end; i++) {
            text.append(i).append('\n');
        }
        return text.toString();
    }

    @Test
    void anAnswerHasItsStatusFieldsAndBody() throws Exception {
        try (TestConnection connection = server.connect()) {
            assertThat(connection.exchange("GET", "/now", "").is(200).text()).isEqualTo("now");
            assertThat(connection.exchange("GET", "/now", "").field("X-Own")).isEqualTo("a");
            assertThat(connection.exchange("HEAD", "/now", "").is(200).field("Content-Length"))
                    .isEqualTo("3");
        }
    }

    @Test
    void anAnswerOfAnotherThreadIsWrittenInItsTurn() throws Exception {
        try (TestConnection connection = server.connect()) {
            connection.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\nGET /now HTTP/1.1\r\nHost: a\r\n\r\n");

            Consumer<Answer> later = waiting.poll(10, TimeUnit.SECONDS);
            later.accept(Answer.text(200, "text/plain", "later"));

            assertThat(connection.input().answer(false).text()).isEqualTo("later");
            assertThat(connection.input().answer(false).text()).isEqualTo("now");
        }
    }

    @Test
    @LogsFaults("a request was answered twice")
    void aSecondAnswerIsDropped() throws Exception {
        try (TestConnection connection = server.connect()) {
            connection.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
            Consumer<Answer> later = waiting.poll(10, TimeUnit.SECONDS);
            later.accept(Answer.text(200, "text/plain", "first"));
            later.accept(Answer.pieces(200, "text/plain", new Numbers(1)));

            assertThat(connection.input().answer(false).text()).isEqualTo("first");
            assertThat(closed).hasValue(1);
            assertThat(connection.exchange("GET", "/now", "").text()).isEqualTo("now");
        }
    }

    @Test
    void aBodyInPiecesArrivesWholeAndTheConnectionGoesOn() throws Exception {
        try (TestConnection connection = server.connect()) {
            assertThat(connection.exchange("GET", "/pieces", "").is(200).text()).isEqualTo(numbers(50));
            connection.exchange("HEAD", "/pieces", "").is(200);
            assertThat(connection.exchange("GET", "/now", "").text()).isEqualTo("now");
        }
        assertThat(closed).hasValue(2);
    }

    @Test
    void aBodyInPiecesEndsWithItsClient() throws Exception {
        try (TestConnection connection = server.connect()) {
            connection.send("GET /endless HTTP/1.1\r\nHost: a\r\n\r\n");
            await().until(() -> connection.input().head().status() == 200);
        }
        await().untilAtomic(closed, org.hamcrest.Matchers.is(1));
    }

    @Test
    void aHandlerMayRefuse() throws Exception {
        try (TestConnection connection = server.connect()) {
            assertThat(connection.exchange("POST", "/refused", "body").is(400).text())
                    .contains("\"invalid_parameter\"");
            assertThat(connection.exchange("GET", "/refused", "").is(405).field("Allow"))
                    .isEqualTo("POST, OPTIONS");
        }
    }

    @Test
    @LogsFaults("the handler of {} has failed")
    void aHandlerThatFailsIsAnsweredForOnce() throws Exception {
        try (TestConnection connection = server.connect()) {
            assertThat(connection.exchange("GET", "/broken", "").is(500).text()).contains("\"internal_error\"");
            assertThat(connection.exchange("GET", "/now", "").text()).isEqualTo("now");
        }
    }
}
