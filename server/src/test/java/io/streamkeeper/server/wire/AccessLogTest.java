package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.ROOT;
import static io.streamkeeper.server.wire.TestServer.TEXT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamkeeper.server.config.AccessLogConfig.Format;
import io.streamkeeper.server.metrics.Metric;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The access log has one line for each request, with its outcome, whatever becomes of the request. */
class AccessLogTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path folder;

    private static TestServer server;
    private static Path file;

    @BeforeAll
    static void start() throws IOException {
        file = folder.resolve("access");
        server = TestServer.started(TestServer.config(
                config -> config.accessLog(log -> log.format(Format.JSON).file(file.toString()))
                        .limits(limits -> limits.trustedProxies("127.0.0.0/8").tenants("tenants/*"))));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    // ---- the lines ----

    private static List<JsonNode> lines(String path) {
        try {
            List<JsonNode> found = new ArrayList<>();
            for (String line : Files.readAllLines(file)) {
                JsonNode read = JSON.readTree(line);
                assertThat(read.has("droppedBefore")).isFalse();
                if (read.path("path").asText().equals(path)) {
                    found.add(read);
                }
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for so many lines of a path; there must not be more. */
    private static List<JsonNode> lines(String path, int count) {
        await().until(() -> lines(path).size() >= count);
        List<JsonNode> lines = lines(path);
        assertThat(lines).hasSize(count);
        return lines;
    }

    private static List<String> values(List<JsonNode> lines, String name) {
        return lines.stream().map(line -> line.path(name).asText()).toList();
    }

    // ---- requests ----

    @Test
    void eachRequestHasALineWithItsOutcome() {
        String path = ROOT + "tenants/a/outcomes";
        server.put(path, "", TEXT, "X-Forwarded-For: 203.0.113.7").is(201);
        server.post(path, "hello", TEXT).is(204);
        server.get(path + "?offset=-1&unused=secret").is(200);
        server.head(path).is(200);
        server.post(path, "hello", "Content-Type: application/json").is(409);
        server.delete(path).is(204);
        server.get(path).is(404);
        server.exchange("OPTIONS", path, "").is(204);

        List<JsonNode> lines = lines(path, 8);
        assertThat(values(lines, "operation"))
                .containsExactly("create", "append", "read", "describe", "append", "delete", "read", "options");
        assertThat(values(lines, "status")).containsExactly("201", "204", "200", "200", "409", "204", "404", "204");
        assertThat(values(lines, "code"))
                .containsExactly("", "", "", "", "content_type_mismatch", "", "stream_not_found", "");
        assertThat(values(lines, "requestBytes")).containsExactly("0", "5", "0", "0", "5", "0", "0", "0");
        assertThat(lines.get(0).path("client").asText()).isEqualTo("203.0.113.7");
        assertThat(lines.get(1).path("client").asText()).isEqualTo("127.0.0.1");
        assertThat(values(lines, "tenant")).startsWith("tenants/a", "tenants/a");
        assertThat(lines)
                .allMatch(line -> line.path("responseBytes").asLong() > 100)
                .allMatch(line -> line.path("durationMillis").asDouble()
                        >= line.path("waitMillis").asDouble())
                .noneMatch(line -> line.has("cut"))
                .noneMatch(line -> line.toString().contains("secret"));
    }

    @Test
    void theResponseContainsTheIdOfTheClientOrANewOne() {
        String path = TestServer.path();
        Answer own = server.put(path, "", TEXT, "X-Request-Id: mine-1").is(201);
        Answer made = server.get(path, "X-Request-Id: not valid").is(200);

        assertThat(own.field("X-Request-Id")).isEqualTo("mine-1");
        assertThat(made.field("X-Request-Id")).matches("[0-9a-f]{16}");
        assertThat(values(lines(path, 2), "id")).containsExactly("mine-1", made.field("X-Request-Id"));
    }

    @Test
    void theBytesAreThoseOfTheResponseAlsoOfALongOne() throws IOException {
        String path = server.create(TEXT, "y".repeat(3_000_000));
        server.get(path).is(200);
        server.get(path, "Accept-Encoding: gzip").is(200);

        List<JsonNode> lines = lines(path, 3);
        assertThat(lines.get(1).path("responseBytes").asLong()).isBetween(3_000_200L, 3_002_000L);
        assertThat(lines.get(2).path("responseBytes").asLong()).isBetween(1_000L, 100_000L);
    }

    @Test
    void pipelinedRequestsHaveTheirLinesAndBytesInOrder() throws IOException {
        String path = server.create(TEXT, "y".repeat(100_000));
        try (TestConnection connection = server.connect()) {
            connection.send(TestConnection.requestText("HEAD", path, "")
                    + TestConnection.requestText("GET", path, "")
                    + TestConnection.requestText("POST", path, "x", TEXT));
            assertThat(connection.input().answer(true).is(200).text()).isEmpty();
            connection.receive().is(200);
            connection.receive().is(204);
        }
        List<JsonNode> lines = lines(path, 4).subList(1, 4);
        assertThat(values(lines, "method")).containsExactly("HEAD", "GET", "POST");
        assertThat(lines.get(0).path("responseBytes").asLong()).isLessThan(2_000);
        assertThat(lines.get(1).path("responseBytes").asLong()).isBetween(100_000L, 102_000L);
        assertThat(lines.get(2).path("responseBytes").asLong()).isLessThan(2_000);
    }

    @Test
    void anInterimResponseHasNoLine() throws IOException {
        String path = server.create(TEXT, "");
        try (TestConnection connection = server.connect()) {
            connection.send("POST " + path + " HTTP/1.1\r\nHost: test\r\n" + TEXT
                    + "\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
            assertThat(connection.input().head().status()).isEqualTo(100);
            connection.send("hello");
            connection.receive().is(204);
        }
        assertThat(values(lines(path, 2), "status")).containsExactly("201", "204");
    }

    @Test
    void bytesThatAreNoRequestHaveALine() throws IOException {
        int before = lines("-").size();
        try (TestConnection connection = server.connect()) {
            connection.send("no request\r\n\r\n");
            connection.receive().is(400);
        }
        JsonNode line = lines("-", before + 1).get(before);
        assertThat(line.path("status").asInt()).isEqualTo(400);
        assertThat(line.path("method").asText()).isEqualTo("-");
        assertThat(line.path("code").asText()).isNotEmpty();
    }

    // ---- live reads ----

    @Test
    void aLiveReadHasOneLineAtItsEnd() throws IOException {
        String path = server.create(TEXT, "");
        try (EventReader events = server.events(path, "-1")) {
            events.control();
            server.append(path, "one");
            events.data();
            assertThat(values(lines(path, 2), "operation")).containsExactly("create", "append");
            server.closeStream(path);
            lines(path, 4);
        }
        JsonNode line = lines(path, 4).stream()
                .filter(each -> each.path("operation").asText().equals("sse"))
                .findFirst()
                .orElseThrow();
        assertThat(line.path("status").asInt()).isEqualTo(200);
        assertThat(line.path("responseBytes").asLong()).isGreaterThan(300);
        assertThat(line.has("cut")).isFalse();
    }

    @Test
    void aLiveReadWhoseConnectionIsResetIsCut() throws IOException {
        String path = server.create(TEXT, "");
        try (TestConnection events = server.connect();
                TestConnection poll = server.connect()) {
            events.events(path + "?live=sse&offset=-1").control();
            poll.request("GET", path + "?offset=now&live=long-poll", "");
            await().until(() -> server.metric(Metric.WAITERS, "long_poll") == 1);
            events.socket().setSoLinger(true, 0);
            poll.socket().setSoLinger(true, 0);
        }
        List<JsonNode> lines = lines(path, 3).subList(1, 3);
        assertThat(values(lines, "operation")).containsExactlyInAnyOrder("sse", "long_poll");
        assertThat(lines).allMatch(line -> line.path("cut").asBoolean());
        assertThat(lines)
                .filteredOn(line -> line.path("operation").asText().equals("long_poll"))
                .allMatch(line ->
                        !line.has("status") && line.path("responseBytes").asInt() == 0);
    }

    @Test
    void aLiveReadThatItsClientClosesEndsAsAnyOther() throws IOException {
        String path = server.create(TEXT, "");
        server.events(path, "-1").close();
        JsonNode line = lines(path, 2).get(1);
        assertThat(line.path("status").asInt()).isEqualTo(200);
        assertThat(line.has("cut")).isFalse();
    }

    // ---- HTTP/2 ----

    @Test
    void aStreamOfHttp2HasALine() throws IOException {
        String path = TestServer.path();
        try (FrameClient client = FrameClient.begun(server)) {
            client.window(0, 10_000_000);
            client.exchange(1, "PUT", path, "first", TEXT, "X-Request-Id: h2").is(201);
            client.request(3, "GET", path + "?offset=now&live=long-poll", null);
            await().until(() -> server.metric(Metric.WAITERS, "long_poll") == 1);
            client.reset(3, 8);
            List<JsonNode> lines = lines(path, 2);
            assertThat(values(lines, "protocol")).containsOnly("HTTP/2");
            assertThat(values(lines, "id")).startsWith("h2");
            assertThat(lines.get(1).path("cut").asBoolean()).isTrue();
        }
    }

    // ---- the file ----

    @Test
    void aFileThatIsRenamedIsFollowedByANewOne() throws IOException {
        Path own = folder.resolve("rotated");
        try (TestServer rotated = TestServer.started(TestServer.config(
                config -> config.accessLog(log -> log.format(Format.SHORT).file(own.toString()))))) {
            rotated.create(TEXT, "");
            await().until(() -> Files.readAllLines(own).size() == 1);
            Files.move(own, folder.resolve("rotated.1"));
            String path = rotated.create(TEXT, "");
            await().until(() -> Files.exists(own) && Files.readString(own).contains(path + " 201 - 0 "));
        }
        assertThat(Files.readAllLines(folder.resolve("rotated.1"))).hasSize(1);
    }
}
