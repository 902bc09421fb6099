package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.ROOT;
import static io.streamkeeper.server.wire.TestServer.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathTest {
    @RegisterExtension
    static final TestServer SERVER = new TestServer(TestServer.config());

    @Test
    void twoSpellingsOfOnePathAreOneStream() {
        SERVER.put(ROOT + "a%20b/%C3%a4/~x", "abc", TEXT).is(201);

        assertThat(SERVER.get(ROOT + "%61%20b/%c3%A4/%7Ex").is(200).text()).isEqualTo("abc");
    }

    @Test
    void pathsMayHaveManySegments() {
        SERVER.put(ROOT + "many/segments", "1", TEXT).is(201);
        SERVER.put(ROOT + "many/segments/more", "2", TEXT).is(201);

        assertThat(SERVER.get(ROOT + "many/segments").text()).isEqualTo("1");
        assertThat(SERVER.get(ROOT + "many/segments/more").text()).isEqualTo("2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "/", "a//b", "a/", "/a", ".", "..", "a/../b", "%2e%2E", "a%2Fb", "a%00", "a%0Ab", "%7f", "%ff",
                "%c3", "%", "%4", "%zz"
            })
    void whatIsNoPathIsRefused(String path) {
        SERVER.put(ROOT + path, "", TEXT).isError(400, "invalid_path");
        if (!path.isEmpty()) {
            SERVER.get(ROOT + path).isError(400, "invalid_path");
        }
    }

    @Test
    void aPathHasABound() {
        SERVER.put(ROOT + "x".repeat(1024), "", TEXT).is(201);
        SERVER.put(ROOT + "x".repeat(1025), "", TEXT).isError(400, "invalid_path");
        SERVER.put(ROOT + "%61".repeat(1024), "", TEXT).is(201);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/v1/streams", "/v1/streams/a", "/other"})
    void besideTheRootThereIsNothing(String target) {
        SERVER.get(target).isError(404, "not_found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"__ds", "__ds/a", "__ds/subscriptions/a/b", "%5F%5Fds/a", "%5F%5Fds/subscriptions/a"})
    void theReservedSegmentIsNoStream(String path) {
        SERVER.put(ROOT + path, "", TEXT).isError(404, "not_found");
        SERVER.get(ROOT + path).isError(404, "not_found");
    }

    @Test
    void theReservedWordIsFreeElsewhere() {
        SERVER.put(ROOT + "a/__ds", "", TEXT).is(201);
        SERVER.put(ROOT + "__dsx", "", TEXT).is(201);
    }

    @Test
    void theRootIsTheOperatorsChoice() throws IOException {
        try (TestServer server = TestServer.started(TestServer.config(config -> config.root("/")))) {
            server.put("/a/b", "abc", TEXT).is(201);
            assertThat(server.get("/a/b").is(200).text()).isEqualTo("abc");
            server.get(ROOT + "a").isError(404, "stream_not_found");
        }
    }

    @Test
    void healthAnswers() {
        assertThat(SERVER.get("/health").is(200).text()).isEqualTo("{\"status\":\"ok\"}");
        assertThat(SERVER.post("/health", "").isError(405, "method_not_allowed").field("Allow"))
                .isEqualTo("GET, HEAD, OPTIONS");
    }
}
