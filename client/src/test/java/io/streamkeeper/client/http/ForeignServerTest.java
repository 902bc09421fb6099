package io.streamkeeper.client.http;

import static io.streamkeeper.client.recording.Recorder.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.listen.Listening;
import io.streamkeeper.client.listen.Listening.Status;
import io.streamkeeper.client.recording.Recorder;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Listeners on servers of other makers, through proxies that hold events back, and on servers of another protocol. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ForeignServerTest {
    private static final String JSON = "application/json";
    private static final Duration SHORT = Duration.ofMillis(300);

    private final Recorder recorder = new Recorder();
    private StubServer server;

    @AfterEach
    void closeServer() {
        if (server != null) {
            server.close();
        }
    }

    private RemoteStreams serve(StubServer.Script script) throws IOException {
        server = StubServer.start(script);
        return RemoteStreams.at(server.url());
    }

    /** A server with a stream of a type, which answers reads by a script. */
    private RemoteStreams serve(String type, StubServer.Script reads) throws IOException {
        return serve((request, response) -> {
            if (request.isHead()) {
                response.described(type, "Stream-Next-Offset: tail");
            } else {
                reads.answer(request, response);
            }
        });
    }

    private Listening listen(RemoteStreams streams) {
        return streams.listen("p", From.beginning(), recorder);
    }

    // ---- events ----

    @Test
    void eventsOfAnotherServersShapeAreRead() throws IOException {
        RemoteStreams streams = serve(
                JSON,
                (request, response) -> response.events()
                        .data("[", "{\"k\":\"v\"},", "{\"k\":\"w\"},", "]")
                        .control("1")
                        .chunk(": comment\n\n")
                        .data("{\"one\":1}")
                        .data("[2]")
                        .chunk("event: data\r\ndata: [3]\r\nid: x\r\nretry: 5\r\n\r\n")
                        .control("2")
                        .closed("2"));
        listen(streams);
        assertThat(recorder.awaitComplete()).isEqualTo("2");
        assertThat(recorder.messages()).containsExactly("{\"k\":\"v\"}", "{\"k\":\"w\"}", "{\"one\":1}", "2", "3");
        assertThat(recorder.offsets()).containsExactly("1", "2");
    }

    @Test
    void bytesAreDecodedAsTheHeaderSays() throws IOException {
        RemoteStreams streams = serve(
                "image/png",
                (request, response) -> response.events("stream-sse-data-encoding: BASE64")
                        .data("iVBO", "Rw==")
                        .data("AQI")
                        .closed("2"));
        listen(streams);
        recorder.awaitComplete();
        assertThat(recorder.bytes()).isEqualTo(new byte[] {(byte) 0x89, 'P', 'N', 'G', 1, 2});
    }

    @Test
    void theNextSessionBeginsWhereTheLastControlEventSaidAndEchoesItsCursor() throws IOException {
        AtomicInteger sessions = new AtomicInteger();
        RemoteStreams streams = serve(JSON, (request, response) -> {
            if (sessions.getAndIncrement() == 0) {
                response.events()
                        .data("[1]")
                        .chunk("event: control\ndata: {\"streamNextOffset\":\"o:1+ü %\",\"streamCursor\":\"c&1\"}\n\n")
                        .data("[2]")
                        .end();
            } else {
                response.events().data("[2]").closed("o:2").end();
            }
        });
        listen(streams);
        recorder.awaitComplete();
        assertThat(recorder.messages()).containsExactly("1", "2");
        List<StubServer.Request> asked = server.requests("sse");
        assertThat(asked).hasSize(2);
        assertThat(asked.get(0).path()).isEqualTo("/root/p");
        assertThat(asked.get(0).offset()).isEqualTo("-1");
        assertThat(asked.get(0).query()).doesNotContainKey("cursor");
        assertThat(asked.get(0).fields()).containsEntry("accept", "text/event-stream");
        assertThat(asked.get(1).query()).containsEntry("offset", "o:1+ü %").containsEntry("cursor", "c&1");
        assertThat(recorder.statuses()).containsExactly(Status.CONNECTING, Status.STREAMING, Status.IDLE);
        assertThat(server.requests("").size()).as("HEAD requests").isEqualTo(1);
    }

    @Test
    void anEventThatIsCutIsReadAgainAndDeliveredOnce() throws IOException {
        AtomicInteger sessions = new AtomicInteger();
        RemoteStreams streams = serve(JSON, (request, response) -> {
            switch (sessions.getAndIncrement()) {
                case 0 ->
                    response.events()
                            .data("[1]")
                            .control("1")
                            .chunk("event: data\ndata: [2")
                            .cut();
                case 1 ->
                    response.events()
                            .data("[2]")
                            .chunk("event: control\ndata: {\"streamNext")
                            .cut();
                case 2 -> response.events().data("[2]").cut();
                default -> response.events().data("[2]").closed("2").end();
            }
        });
        listen(streams);
        recorder.awaitComplete();
        assertThat(recorder.messages()).containsExactly("1", "2");
        assertThat(server.requests("sse"))
                .extracting(StubServer.Request::offset)
                .containsExactly("-1", "1", "1", "1");
    }

    @Test
    void aServerWithoutExtensionsIsFollowedFromNow() throws IOException {
        RemoteStreams streams = serve((request, response) -> {
            if (request.isHead()) {
                response.head(200, "Content-Type: application/json; charset=utf-8", "Stream-TTL: soon");
            } else {
                response.events().control("7").data("[8]").closed("8").end();
            }
        });
        streams.listen("p", From.now(), recorder);
        recorder.awaitComplete();
        assertThat(recorder.offsets()).containsExactly("8");
        assertThat(server.requests("sse").get(0).offset()).isEqualTo("now");
    }

    @Test
    void anEventThatIsTooLargeIsAnError() throws IOException {
        RemoteStreams streams = serve(
                        JSON, (request, response) -> response.events().data("[\"" + "x".repeat(2_000) + "\"]"))
                .answerBytesMax(1_000);
        listen(streams);
        assertThat(recorder.awaitError(StreamException.Invalid.class).code()).isEqualTo("answer_too_large");
    }

    @Test
    void aControlEventWithoutAnOffsetIsAnError() throws IOException {
        listen(serve(
                JSON,
                (request, response) ->
                        response.events().data("[1]").chunk("event: control\ndata: {\"upToDate\":true}\n\n")));
        assertThat(recorder.awaitError(StreamException.Invalid.class).code()).isEqualTo("invalid_answer");
        assertThat(recorder.messages()).isEmpty();
    }

    @Test
    void aServerThatFallsSilentIsTriedAgain() throws IOException {
        AtomicInteger sessions = new AtomicInteger();
        RemoteStreams streams = serve(JSON, (request, response) -> {
                    if (sessions.getAndIncrement() == 0) {
                        response.events().data("[1]").control("1").hold();
                    }
                    response.events().data("[2]").closed("2").end();
                })
                .silenceMax(SHORT);
        listen(streams);
        recorder.awaitComplete();
        assertThat(recorder.messages()).containsExactly("1", "2");
        assertThat(recorder.statuses())
                .containsExactly(
                        Status.CONNECTING,
                        Status.STREAMING,
                        Status.DISCONNECTED,
                        Status.CONNECTING,
                        Status.STREAMING,
                        Status.IDLE);
    }

    // ---- where events do not arrive ----

    /**
     * A stream with two messages for long-polls, the second one the last; requests for events are answered by {@code
     * events}.
     */
    private RemoteStreams serveTwoByPoll(StubServer.Script events) throws IOException {
        return serve(JSON, (request, response) -> {
            if (request.live().equals("sse")) {
                events.answer(request, response);
            } else if (request.offset().equals("-1")) {
                response.whole(200, "[1]", "Content-Type: " + JSON, "Stream-Next-Offset: 1", "Stream-Cursor: c");
            } else {
                assertThat(request.query()).containsEntry("live", "long-poll");
                response.whole(200, "[2]", "Content-Type: " + JSON, "Stream-Next-Offset: 2", "Stream-Closed: true");
            }
        });
    }

    private void assertFollowedByPollForGood(RemoteStreams streams) {
        Listening listening = listen(streams);
        recorder.awaitComplete();
        assertThat(recorder.messages()).containsExactly("1", "2");
        assertThat(recorder.statuses()).containsExactly(Status.CONNECTING, Status.STREAMING, Status.IDLE);
        assertThat(server.requests("long-poll").get(1).query()).containsEntry("cursor", "c");
        int tried = server.requests("sse").size();
        assertThat(tried).isEqualTo(1);
        listening.resume();
        eventually(() -> assertThat(recorder.completions()).hasSize(2));
        assertThat(server.requests("sse")).hasSize(tried);
    }

    @Test
    void aServerThatRefusesEventsIsPolled() throws IOException {
        for (int status : new int[] {400, 406, 501}) {
            RemoteStreams streams = serveTwoByPoll((request, response) -> response.whole(status, "no events here"));
            Recorder own = new Recorder();
            Listening listening = streams.listen("p", From.beginning(), own);
            own.awaitComplete();
            assertThat(own.messages()).as("answered %d", status).containsExactly("1", "2");
            listening.resume();
            eventually(() -> assertThat(own.completions()).hasSize(2));
            assertThat(server.requests("sse")).hasSize(1);
            server.close();
        }
    }

    @Test
    void anAnswerThatIsNoneOfEventsMeansPolls() throws IOException {
        assertFollowedByPollForGood(serveTwoByPoll((request, response) ->
                response.whole(200, "<html>", "Content-Type: text/html", "Stream-Next-Offset: 9")));
    }

    @Test
    void anEndlessAnswerThatIsNoneOfEventsIsLeft() throws IOException {
        assertFollowedByPollForGood(serveTwoByPoll((request, response) -> {
            response.head(200, "Content-Type: text/html", "Transfer-Encoding: chunked")
                    .chunk("<html>");
            response.hold();
        }));
        eventually(() -> assertThat(server.connectionCount()).isLessThanOrEqualTo(1));
    }

    @Test
    void aProxyThatHoldsTheWholeAnswerBackMeansPolls() throws IOException {
        assertFollowedByPollForGood(
                serveTwoByPoll((request, response) -> response.hold()).firstEventMax(SHORT));
    }

    @Test
    void aProxyThatHoldsTheBodyBackMeansPolls() throws IOException {
        assertFollowedByPollForGood(
                serveTwoByPoll((request, response) -> response.events().hold()).firstEventMax(SHORT));
    }

    @Test
    void aProxyThatCutsTheEventsOutMeansPolls() throws IOException {
        assertFollowedByPollForGood(
                serveTwoByPoll((request, response) -> response.events().end()));
    }

    @Test
    void aServerThatDoesNotAnswerPollsEitherGetsARequestForEventsAgain() throws IOException {
        AtomicInteger tries = new AtomicInteger();
        RemoteStreams streams = serve(JSON, (request, response) -> {
                    if (tries.getAndIncrement() < 2) {
                        response.hold();
                    }
                    response.events().data("[1]").closed("1").end();
                })
                .firstEventMax(SHORT)
                .silenceMax(SHORT);
        listen(streams);
        recorder.awaitComplete();
        assertThat(server.requests().stream().map(StubServer.Request::live))
                .containsExactly("", "sse", "long-poll", "", "sse");
        assertThat(recorder.statuses()).contains(Status.DISCONNECTED);
    }

    @Test
    void aRequestThatIsWrongForEventsAndPollsAlikeIsAnError() throws IOException {
        listen(serve(
                JSON,
                (request, response) -> response.whole(
                        400, "{\"error\":{\"code\":\"invalid_offset\",\"message\":\"no such offset\"}}")));
        StreamException error = recorder.awaitError(StreamException.Invalid.class);
        assertThat(error.code()).isEqualTo("invalid_offset");
        assertThat(error).hasMessage("no such offset");
    }

    // ---- long-polls ----

    @Test
    void textIsPolledAndAnEmptyAnswerMovesThePlace() throws IOException {
        Iterator<String[]> answers = List.of(
                        new String[] {"204", "", "Stream-Next-Offset: 1"},
                        new String[] {"200", "a\r", "Stream-Next-Offset: 2"},
                        new String[] {"204", "", "Stream-Next-Offset: 2", "Stream-Closed: true"})
                .iterator();
        listen(serve("text/plain", (request, response) -> {
            String[] answer = answers.next();
            if (answer[0].equals("204")) {
                response.head(204, Arrays.copyOfRange(answer, 2, answer.length));
            } else {
                response.whole(200, answer[1], answer[2], "Content-Type: text/plain");
            }
        }));
        assertThat(recorder.awaitComplete()).isEqualTo("2");
        assertThat(recorder.text()).isEqualTo("a\r");
        assertThat(server.requests("long-poll"))
                .extracting(StubServer.Request::offset)
                .containsExactly("-1", "1", "2");
        assertThat(server.requests("sse")).isEmpty();
    }

    @Test
    void aServerThatDoesNotWaitIsAskedAtAMeasuredPace() throws IOException {
        List<Long> times = new CopyOnWriteArrayList<>();
        listen(serve("text/plain", (request, response) -> {
            times.add(System.nanoTime());
            response.head(204);
        }));
        eventually(() -> assertThat(times).hasSizeGreaterThan(6));
        assertThat(times.get(6) - times.get(1))
                .isGreaterThan(Duration.ofMillis(5 * 125).toNanos());
    }

    @Test
    void anAnswerThatIsTooLargeIsAnError() throws IOException {
        RemoteStreams streams = serve(
                        "text/plain",
                        (request, response) -> response.whole(200, "x".repeat(2_000), "Stream-Next-Offset: 1"))
                .answerBytesMax(1_000);
        listen(streams);
        assertThat(recorder.awaitError(StreamException.Invalid.class).code()).isEqualTo("answer_too_large");
    }

    @Test
    void dataWithoutAnOffsetIsAnError() throws IOException {
        listen(serve("text/html", (request, response) -> response.whole(200, "<html>welcome</html>")));
        assertThat(recorder.awaitError(StreamException.Invalid.class).code()).isEqualTo("invalid_answer");
    }

    @Test
    void aPollThatIsNotAnsweredIsTriedAgain() throws IOException {
        AtomicInteger polls = new AtomicInteger();
        RemoteStreams streams = serve("text/plain", (request, response) -> {
                    if (polls.getAndIncrement() == 0) {
                        response.hold();
                    }
                    response.head(204, "Stream-Next-Offset: 1", "Stream-Closed: true");
                })
                .silenceMax(SHORT);
        listen(streams);
        recorder.awaitComplete();
        assertThat(recorder.statuses()).contains(Status.DISCONNECTED);
    }

    @Test
    void aServerMayBeWaitedForForEver() throws IOException {
        listen(serve(
                        JSON,
                        (request, response) ->
                                response.events().data("[1]").closed("1").end())
                .silenceMax(Duration.ofSeconds(Long.MAX_VALUE)));
        recorder.awaitComplete();
    }

    // ---- refusals ----

    private StreamException refused(int headStatus, int status, String body, String... fields) throws IOException {
        Recorder own = new Recorder();
        RemoteStreams streams = serve((request, response) -> {
            if (request.isHead()) {
                response.described(JSON, "Stream-Next-Offset: 1");
            } else {
                response.whole(status, body, fields);
            }
        });
        if (headStatus != 200) {
            server.close();
            streams = serve((request, response) -> response.head(headStatus, "Content-Length: 10"));
        }
        streams.listen("p", From.beginning(), own);
        eventually(() -> assertThat(own.errors().size() + own.gone().size()).isEqualTo(1));
        server.close();
        return (StreamException)
                (own.gone().isEmpty() ? own.errors().get(0) : own.gone().get(0));
    }

    @Test
    void refusalsHaveTheTypeOfTheirStatusAndCode() throws IOException {
        assertThat(refused(404, 0, "")).isInstanceOf(StreamException.NotFound.class);
        assertThat(refused(410, 0, "")).isInstanceOf(StreamException.Deleted.class);
        assertThat(refused(401, 0, "").status()).isEqualTo(401);
        assertThat(refused(302, 0, ""))
                .isInstanceOf(StreamException.Invalid.class)
                .hasMessageContaining("302");
        StreamException notFound = refused(200, 404, "<html>not here</html>");
        assertThat(notFound).isInstanceOf(StreamException.NotFound.class).hasMessageContaining("not here");
        assertThat(notFound.code()).isEqualTo("stream_not_found");
        StreamException gone = refused(200, 410, "");
        assertThat(gone).isInstanceOf(StreamException.OffsetGone.class);
        assertThat(((StreamException.OffsetGone) gone).earliestOffset()).isNull();
        StreamException overtaken = refused(200, 410, "{\"error\":\"gone\"}", "Stream-Earliest-Offset: 5");
        assertThat(((StreamException.OffsetGone) overtaken).earliestOffset()).isEqualTo("5");
        StreamException deleted =
                refused(200, 410, "{\"error\":{\"code\":\"stream_deleted\",\"message\":\"it is deleted\"}}");
        assertThat(deleted).isInstanceOf(StreamException.Deleted.class).hasMessage("it is deleted");
        StreamException forbidden = refused(200, 403, "x".repeat(100_000));
        assertThat(forbidden.code()).isEqualTo("status_403");
        assertThat(forbidden).hasMessageContaining("was answered 403").hasMessageContaining("/root/p");
    }

    @Test
    void whatPassesIsTriedAgainWhenTheServerAllows() throws IOException {
        Iterator<Integer> statuses = List.of(500, 429, 408).iterator();
        long begun = System.nanoTime();
        listen(serve(JSON, (request, response) -> {
            if (statuses.hasNext()) {
                response.whole(statuses.next(), "", "Retry-After: 1");
            } else {
                response.events().data("[1]").closed("1").end();
            }
        }));
        recorder.awaitComplete();
        assertThat(System.nanoTime() - begun)
                .isGreaterThan(Duration.ofSeconds(3).toNanos());
        assertThat(recorder.messages()).containsExactly("1");
        assertThat(recorder.errors()).isEmpty();
    }

    @Test
    void aServerThatIsDownIsTriedAgainUntilItIsUp() throws IOException {
        URI nobody;
        try (StubServer gone = StubServer.start((request, response) -> {})) {
            nobody = gone.url();
        }
        Listening listening = listen(RemoteStreams.at(nobody));
        recorder.awaitStatus(Status.DISCONNECTED);
        listening.stop().join();
        assertThat(recorder.statuses())
                .startsWith(Status.CONNECTING, Status.DISCONNECTED)
                .endsWith(Status.IDLE);
        assertThat(recorder.errors()).isEmpty();
    }

    // ---- requests ----

    @Test
    void headersAreSentWithEachRequestAndComputedEachTime() throws IOException {
        AtomicInteger tokens = new AtomicInteger();
        RemoteStreams streams = serve(
                        "text/plain",
                        (request, response) -> response.head(204, "Stream-Next-Offset: 1", "Stream-Closed: true"))
                .header("X-Tenant", "a")
                .header("Authorization", () -> "Bearer " + tokens.incrementAndGet());
        listen(streams);
        recorder.awaitComplete();
        assertThat(server.requests())
                .extracting(request -> request.fields().get("x-tenant"))
                .containsExactly("a", "a");
        assertThat(server.requests())
                .extracting(request -> request.fields().get("authorization"))
                .containsExactly("Bearer 1", "Bearer 2");
    }

    @Test
    void aHeaderWhoseValueFailsIsAnError() throws IOException {
        RemoteStreams streams = serve(JSON, (request, response) -> response.hold())
                .header("Authorization", () -> {
                    throw new IllegalStateException("no token, on purpose");
                });
        listen(streams);
        recorder.awaitError(IllegalStateException.class);
    }

    @Test
    void aStopClosesTheConnection() throws IOException {
        for (String type : List.of(JSON, "text/plain")) {
            RemoteStreams streams = serve(type, (request, response) -> {
                if (request.live().equals("sse")) {
                    response.events().control("1");
                }
                response.hold();
            });
            Recorder own = new Recorder();
            Listening listening = streams.listen("p", From.beginning(), own);
            eventually(() -> assertThat(server.requests()).hasSize(2));
            assertThat(server.connectionCount()).isEqualTo(1);
            listening.stop().join();
            eventually(() -> assertThat(server.connectionCount()).isZero());
            server.close();
        }
    }

    @Test
    void settingsThatCannotBeAreRefused() {
        for (String url : List.of("ftp://host/", "http:///x", "/v1/stream/", "http://host/?q", "http://host/#f")) {
            assertThatThrownBy(() -> RemoteStreams.at(URI.create(url)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(url);
        }
        RemoteStreams streams = RemoteStreams.at(URI.create("http://host"));
        assertThatThrownBy(() -> streams.header("Host", "x")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> streams.header("a b", "x")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> streams.answerBytesMax(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> streams.answerBytesMax(Integer.MAX_VALUE))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> streams.silenceMax(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
    }
}
