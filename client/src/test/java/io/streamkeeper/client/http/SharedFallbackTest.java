package io.streamkeeper.client.http;

import static io.streamkeeper.client.recording.Recorder.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.client.api.From;
import io.streamkeeper.client.listen.Listening;
import io.streamkeeper.client.listen.Listening.Status;
import io.streamkeeper.client.listen.StreamSource;
import io.streamkeeper.client.recording.Recorder;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A shared connection to servers that do not follow many streams, or behind proxies that hold their events back. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SharedFallbackTest {
    private static final String JSON = "application/json";
    private static final String OFFSET = "0000000000000001_0000000000000002";
    private static final Duration SHORT = Duration.ofMillis(300);

    private final Recorder one = new Recorder();
    private final Recorder two = new Recorder();
    private StubServer server;

    @AfterEach
    void closeServer() {
        if (server != null) {
            server.close();
        }
    }

    /** A server whose streams have one message each, which answers requests for many streams by {@code many}. */
    private RemoteStreams serve(StubServer.Script many) throws IOException {
        return serve(
                many,
                (request, response) -> response.events().data("[1]").closed("1").end());
    }

    private RemoteStreams serve(StubServer.Script many, StubServer.Script events) throws IOException {
        server = StubServer.start((request, response) -> {
            if (request.method().equals("POST")) {
                many.answer(request, response);
            } else if (request.isHead()) {
                response.described(JSON, "Stream-Next-Offset: 1");
            } else if (request.live().equals("sse")) {
                events.answer(request, response);
            } else {
                response.whole(200, "[1]", "Content-Type: " + JSON, "Stream-Next-Offset: 1", "Stream-Closed: true");
            }
        });
        return RemoteStreams.at(server.url());
    }

    private List<StubServer.Request> posts() {
        return server.requests().stream()
                .filter(request -> request.method().equals("POST"))
                .toList();
    }

    private void assertBothArrive(StreamSource source) {
        source.listen("one", From.beginning(), one);
        source.listen("two", From.beginning(), two);
        for (Recorder each : List.of(one, two)) {
            each.awaitComplete();
            assertThat(each.messages()).containsExactly("1");
            assertThat(each.statuses()).containsExactly(Status.CONNECTING, Status.STREAMING, Status.IDLE);
        }
    }

    /** The HTTP client repeats a GET by itself if it meets a connection that has ended. */
    private void assertBothArePolled() {
        assertThat(server.requests("long-poll"))
                .extracting(StubServer.Request::path)
                .containsOnly("/root/one", "/root/two");
    }

    @Test
    void aServerThatDoesNotFollowManyIsAskedForEachStream() throws IOException {
        for (int status : new int[] {400, 404, 405, 406, 501}) {
            RemoteStreams streams = serve((request, response) -> response.whole(status, "no list here"));
            StreamSource source = streams.shared();
            for (int i = 0; i < 3; i++) {
                Recorder own = new Recorder();
                source.listen("p" + i, From.beginning(), own);
                own.awaitComplete();
                assertThat(own.messages()).as("answered %d", status).containsExactly("1");
            }
            assertThat(posts()).as("answered %d", status).hasSize(1);
            server.close();
        }
    }

    @Test
    void anAnswerThatIsNoneOfEventsMeansAConnectionForEachStream() throws IOException {
        assertBothArrive(serve((request, response) -> response.whole(200, "<html>", "Content-Type: text/html"))
                .shared());
    }

    @Test
    void aProxyThatHoldsTheWholeAnswerBackMeansPolls() throws IOException {
        assertBothArrive(serve((request, response) -> response.hold(), (request, response) -> response.hold())
                .firstEventMax(SHORT)
                .shared());
        assertBothArePolled();
    }

    @Test
    void aProxyThatHoldsTheBodyBackMeansPolls() throws IOException {
        StubServer.Script held = (request, response) -> response.events().hold();
        assertBothArrive(serve(held, held).firstEventMax(SHORT).shared());
        assertBothArePolled();
    }

    @Test
    void aProxyThatCutsTheEventsOutMeansAConnectionForEachStream() throws IOException {
        assertBothArrive(serve((request, response) -> response.events().end()).shared());
    }

    @Test
    void withoutEventsEachStreamIsPolled() throws IOException {
        assertBothArrive(
                serve((request, response) -> response.hold()).withoutEvents().shared());
        assertThat(posts()).isEmpty();
        assertThat(server.requests("sse")).isEmpty();
    }

    @Test
    void aServerThatAnswersNothingIsAskedForManyStreamsAgain() throws IOException {
        AtomicInteger tries = new AtomicInteger();
        server = StubServer.start((request, response) -> {
            if (!request.method().equals("POST")) {
                response.whole(503, "");
            } else if (tries.getAndIncrement() == 0) {
                response.whole(404, "");
            } else {
                response.events()
                        .chunk("event: session\ndata: {\"session\":\"s\"}\n\n")
                        .chunk("event: control\ndata: {\"stream\":\"one\",\"streamNextOffset\":\"0\","
                                + "\"contentType\":\"application/json\"}\n\n")
                        .chunk("event: data\nid: one@1\ndata: [1]\n\n")
                        .chunk("event: control\ndata: {\"stream\":\"one\",\"streamNextOffset\":\"1\","
                                + "\"streamClosed\":true}\n\n")
                        .hold();
            }
        });
        RemoteStreams.at(server.url()).shared().listen("one", From.beginning(), one);
        one.awaitComplete();
        assertThat(one.messages()).containsExactly("1");
        assertThat(one.statuses()).contains(Status.DISCONNECTED);
    }

    @Test
    void aStreamWhoseEventsStopArrivingContinuesFromItsOffset() throws IOException {
        AtomicInteger tries = new AtomicInteger();
        RemoteStreams streams = serve((request, response) -> {
            if (tries.getAndIncrement() == 0) {
                response.events()
                        .chunk("event: session\ndata: {\"session\":\"s\"}\n\n")
                        .chunk("event: control\ndata: {\"stream\":\"one\",\"streamNextOffset\":\"0\","
                                + "\"contentType\":\"application/json\"}\n\n")
                        .chunk("event: data\nid: one@" + OFFSET + "\ndata: [0]\n\n")
                        .end();
            } else {
                response.whole(406, "no events any more");
            }
        });
        streams.shared().listen("one", From.beginning(), one);
        one.awaitComplete();
        assertThat(one.messages()).containsExactly("0", "1");
        assertThat(server.requests("sse").stream()
                        .filter(request -> request.method().equals("GET")))
                .extracting(StubServer.Request::offset)
                .containsExactly(OFFSET);
    }

    @Test
    void aStreamThatStopsEndsItsConnection() throws IOException {
        RemoteStreams streams = serve(
                (request, response) -> response.whole(404, ""),
                (request, response) ->
                        response.events().data("[1]").control("1").hold());
        Listening listening = streams.shared().listen("one", From.beginning(), one);
        one.awaitMessages("1");
        listening.stop();
        eventually(() -> assertThat(server.connectionCount()).isLessThanOrEqualTo(1));
    }
}
