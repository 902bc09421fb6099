package io.streamkeeper.client.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.client.api.StreamChanges;
import io.streamkeeper.client.api.StreamChanges.Change;
import io.streamkeeper.client.api.StreamChanges.Kind;
import io.streamkeeper.client.api.StreamException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The changes of streams, from a server whose test determines what it sends. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ChangesWaitTest {
    private static final Duration LONG = Duration.ofSeconds(50);
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final String CREATED =
            "{\"change\":\"created\",\"path\":\"a/\\u00fc\",\"contentType\":\"text/plain\","
                    + "\"nextOffset\":\"1\",\"closed\":true,\"createdAt\":\"2030-01-31T12:00:00.123Z\"}";

    private StubServer server;

    @AfterEach
    void closeServer() {
        if (server != null) {
            server.close();
        }
    }

    private BlockingRemoteStreams serve(StubServer.Script script) throws IOException {
        server = StubServer.start(script);
        return RemoteStreams.at(server.url()).blocking();
    }

    private static void upToDate(StubServer.Response response, String position) throws IOException {
        response.chunk("event: control\nid: " + position + "\ndata: {\"position\":\"" + position
                + "\",\"upToDate\":true}\n\n");
    }

    private static void data(StubServer.Response response, String position, String... changes) throws IOException {
        response.chunk("event: data\nid: " + position + "\ndata: [" + String.join(",", changes) + "]\n\n");
    }

    @Test
    void changesHaveWhatTheServerSends() throws Exception {
        BlockingRemoteStreams streams = serve((request, response) -> {
            response.events();
            upToDate(response, "1");
            response.chunk(": comment\n\nevent: later\ndata: x\n\n");
            data(response, "2", "{\"change\":\"renamed\",\"path\":\"b\"}");
            data(
                    response,
                    "3",
                    CREATED,
                    CREATED.replace("created\"", "deleted\""),
                    CREATED.replace("created\"", "closed\""));
            response.hold();
        });
        StreamChanges changes = streams.changes("a/ü&", "p 1", LONG);
        assertThat(changes.position()).isEqualTo("3");
        assertThat(changes.changes()).extracting(Change::kind).containsExactly(Kind.CREATED, Kind.DELETED, Kind.CLOSED);
        assertThat(changes.changes().get(0))
                .isEqualTo(new Change(
                        Kind.CREATED, "a/ü", "text/plain", "1", true, Instant.parse("2030-01-31T12:00:00.123Z")));
        StubServer.Request asked = server.requests().get(0);
        assertThat(asked.path()).isEqualTo("/root/");
        assertThat(asked.query())
                .containsEntry("live", "sse")
                .containsEntry("prefix", "a/ü&")
                .containsEntry("after", "p 1");
    }

    @Test
    void withoutAChangeTheLastPositionIsReturnedAfterTheWait() throws Exception {
        BlockingRemoteStreams streams = serve((request, response) -> {
            response.events();
            upToDate(response, "1");
            upToDate(response, "2");
            response.hold();
        });
        assertThat(streams.changes("", null, SHORT)).isEqualTo(new StreamChanges(List.of(), "2"));
        assertThat(streams.changes("", null, Duration.ZERO).changes()).isEmpty();
        assertThat(server.requests().get(0).query()).doesNotContainKey("after");
    }

    @Test
    void aResponseThatEndsOrBreaksIsContinuedAfterItsLastEvent() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        BlockingRemoteStreams streams = serve((request, response) -> {
            switch (tries.getAndIncrement()) {
                case 0 -> {
                    response.events();
                    upToDate(response, "1");
                    response.end();
                }
                case 1 -> {
                    response.events();
                    upToDate(response, "2");
                    response.chunk("event: data\nid: 3\ndata: [").cut();
                }
                case 2 -> response.whole(503, "");
                case 3 -> response.events().end();
                default -> {
                    response.events();
                    data(response, "3", CREATED);
                    response.hold();
                }
            }
        });
        assertThat(streams.changes("", "0", LONG).position()).isEqualTo("3");
        assertThat(server.requests().stream().map(request -> request.query().get("after")))
                .containsExactly("0", "1", "2", "2", "2");
    }

    @Test
    void aServerThatFallsSilentIsTriedAgain() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        server = StubServer.start((request, response) -> {
            response.events();
            if (tries.getAndIncrement() == 0) {
                upToDate(response, "1");
                response.hold();
            }
            data(response, "2", CREATED);
            response.hold();
        });
        BlockingRemoteStreams streams =
                RemoteStreams.at(server.url()).silenceMax(SHORT).blocking();
        assertThat(streams.changes("", null, LONG).position()).isEqualTo("2");
    }

    private void assertFails(Class<? extends StreamException> type, String message, StubServer.Script script)
            throws IOException {
        BlockingRemoteStreams streams = serve(script);
        assertThatThrownBy(() -> streams.changes("", "x", LONG))
                .isInstanceOf(type)
                .hasMessageContaining(message);
        server.close();
    }

    @Test
    void whatTheServerRefusesIsThrown() throws IOException {
        assertFails(
                StreamException.OffsetGone.class,
                "list the streams again",
                (request, response) -> response.events()
                        .chunk("event: control\ndata: {\"error\":\"offset_gone\",\"listAgain\":true}\n\n"));
        assertFails(
                StreamException.Invalid.class,
                "right to list",
                (request, response) ->
                        response.events().chunk("event: control\ndata: {\"authorizationEnded\":true}\n\n"));
        assertFails(
                StreamException.Invalid.class,
                "no position",
                (request, response) -> response.whole(
                        400, "{\"error\":{\"code\":\"invalid_parameter\",\"message\":\"no position\"}}"));
        assertFails(
                StreamException.Invalid.class,
                "does not report changes",
                (request, response) -> response.whole(200, "{}", "Content-Type: application/json"));
        assertFails(StreamException.Invalid.class, "createdAt", (request, response) -> {
            response.events();
            data(response, "1", CREATED.replace("createdAt", "created"));
        });
        assertFails(StreamException.Invalid.class, "not about changes", (request, response) -> {
            response.events();
            data(response, "1", CREATED.replace("2030", "x"));
        });
    }

    @Test
    void aNegativeWaitIsRefused() throws IOException {
        BlockingRemoteStreams streams = serve((request, response) -> response.hold());
        assertThatThrownBy(() -> streams.changes("", null, Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anInterruptEndsTheWaitAndTheRequest() throws Exception {
        BlockingRemoteStreams streams = serve((request, response) -> {
            response.events();
            upToDate(response, "1");
            response.hold();
        });
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> streams.changes("", null, LONG)).isInstanceOf(InterruptedException.class);
    }
}
