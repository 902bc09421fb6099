package io.streamkeeper.server.http;

import static io.streamkeeper.server.http.SmallServer.ROOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.protocol.output.LogsFaults;
import io.streamkeeper.server.http.decode.DecodingConnection;
import io.streamkeeper.server.wire.Answer;
import io.streamkeeper.server.wire.Event;
import io.streamkeeper.server.wire.EventReader;
import io.streamkeeper.server.wire.TestConnection;
import io.streamkeeper.storage.memory.Reservation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A response that follows many streams of a server that lacks memory. */
class StreamsSessionTest {
    private static final String TEXT = "Content-Type: text/plain";
    private static final int MIB = 64;

    private SmallServer server;

    @BeforeEach
    void start() throws IOException {
        server = new SmallServer(MIB);
        exchange("PUT", ROOT + "large", "l".repeat(1_000_000), TEXT).is(201);
        exchange("PUT", ROOT + "small", "s", TEXT).is(201);
    }

    @AfterEach
    void stop() {
        await().untilAsserted(() -> DecodingConnection.assertNothingIsReserved(server.memory()));
        server.close();
    }

    private Answer exchange(String method, String target, String body, String... fields) throws IOException {
        try (TestConnection connection = server.connect()) {
            return connection.exchange(method, target, body, fields);
        }
    }

    private EventReader events(String query) throws IOException {
        return server.connect().events(ROOT + "?live=sse" + query);
    }

    /** Keeps all memory for reads; returns what gives it back. */
    private Runnable keepReads() {
        List<Reservation> pins = new ArrayList<>();
        for (long bytes = 1L << 40; bytes > 0; bytes /= 2) {
            for (Reservation pin = server.reads().pin(bytes);
                    pin != null;
                    pin = server.reads().pin(bytes)) {
                pins.add(pin);
            }
        }
        long left = server.memory().reads().leftBytes();
        server.memory().reads().reserveAlways(left);
        return () -> {
            pins.forEach(Reservation::close);
            server.memory().reads().release(left);
        };
    }

    @Test
    void aStreamWaitsWhileThereIsNoMemoryForItsReadAndTheOthersDoNotEnd() throws Exception {
        Runnable release = keepReads();
        try (EventReader reader = events("&stream=large@-1&stream=small@-1")) {
            assertThat(reader.next("data").id()).startsWith("small@");
            assertThat(reader.next("control").data()).contains("\"stream\":\"small\"", "upToDate");
            release.run();
            int received = 0;
            while (received < 1_000_000) {
                Event event = reader.next();
                assertThat(event.data()).doesNotContain("error");
                received += event.isData() ? event.data().length() : 0;
            }
        }
    }

    private Answer change(String session, String member, String streams) throws IOException {
        String body = "{\"" + member + "\":[" + streams + "]}";
        return exchange("POST", ROOT + "?session=" + session, body, "Content-Type: application/json");
    }

    /** Otherwise a client that does not read could let the server keep any number of events. */
    @ParameterizedTest
    @ValueSource(strings = {"large", "message"})
    void aClientThatDoesNotReadCannotRemoveMoreThanTheMostStreams(String unread) throws Exception {
        String message = "[\"" + "m".repeat(900_000) + "\"]";
        exchange("PUT", ROOT + "message", message, "Content-Type: application/json")
                .is(201);
        int batch = 50;
        String added = IntStream.range(0, batch)
                .mapToObj(i -> "\"absent/" + i + "@-1\"")
                .collect(Collectors.joining(","));
        String removed = added.replace("@-1", "");
        try (EventReader reader = events("&stream=small@-1")) {
            String session = reader.next("session").data().replaceAll(".*:\"(.*)\".*", "$1");
            reader.next("data");
            change(session, "add", "\"" + unread + "@-1\"").is(200);
            int batches = 0;
            Answer answer = change(session, "add", added);
            while (answer.status() == 200 && batches < 250) {
                change(session, "remove", removed).is(200);
                batches++;
                answer = change(session, "add", added);
            }
            answer.isError(503, "overloaded");
            assertThat(batches).isPositive();
            int ended = 0;
            while (ended < batches * batch) {
                String data = reader.next().data();
                boolean ends = data.contains("\"removed\":true") || data.contains("\"error\":");
                ended += data.contains("absent/") && ends ? 1 : 0;
            }
            change(session, "add", added).is(200);
            change(session, "remove", removed).is(200);
        }
    }

    @Test
    void aClientThatDoesNotReadCostsNoEventsAndGetsThemLater() throws Exception {
        // Where less is available, the connection of a client that reads slowly may be ended.
        server.close();
        server = new SmallServer(16 * MIB);
        exchange("PUT", ROOT + "small", "s", TEXT).is(201);
        int bytes = 20_000;
        int appends = 150;
        try (EventReader reader = events("&stream=small@now");
                TestConnection writer = server.connect()) {
            reader.next("control");
            for (int i = 0; i < appends; i++) {
                writer.exchange("POST", ROOT + "small", "w".repeat(bytes), TEXT).is(204);
                assertThat(server.memory().unsent().usedBytes()).isLessThan(20L * bytes);
            }
            int received = 0;
            while (received < appends * bytes) {
                received += reader.next("data").data().length();
            }
            assertThat(received).isEqualTo(appends * bytes);
        }
    }

    @Test
    @LogsFaults("connection from {} failed")
    void anEventThatCannotBeWrittenEndsTheResponse() throws Exception {
        try (EventReader reader = events("&stream=small@now")) {
            reader.next("control");
            server.failToWrite(true);
            try (TestConnection writer = server.connect()) {
                writer.request("POST", ROOT + "small", "missing", TEXT);
                reader.connection().assertEnds();
            } finally {
                server.failToWrite(false);
            }
        }
    }

    @Test
    @LogsFaults("connection from {} failed")
    void anEventOfAReadThatCannotBeWrittenEndsTheResponse() throws Exception {
        Runnable release = keepReads();
        try (EventReader reader = events("&stream=small@-1&stream=large@-1")) {
            reader.next("data");
            server.failToWrite(true);
            release.run();
            reader.connection().assertEnds();
        } finally {
            server.failToWrite(false);
        }
    }

    @Test
    @LogsFaults("connection from {} failed")
    void theEndOfAStreamThatCannotBeWrittenEndsTheResponse() throws Exception {
        try (EventReader reader = events("&stream=small@now")) {
            reader.next("control");
            server.failToWrite(true);
            try (TestConnection writer = server.connect()) {
                writer.request("DELETE", ROOT + "small", "");
                reader.connection().assertEnds();
            } finally {
                server.failToWrite(false);
            }
        }
    }
}
