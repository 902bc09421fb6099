package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.TEXT;
import static io.streamkeeper.server.wire.TestServer.path;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ExpiryTest {
    @RegisterExtension
    static final TestServer SERVER = new TestServer(TestServer.config());

    private static String expiresIn(long millis) {
        return "Stream-Expires-At: " + Instant.now().plusMillis(millis).toString();
    }

    private static void awaitGone(String path) {
        await().pollInterval(Duration.ofMillis(20))
                .until(() -> SERVER.head(path).status() == 404);
    }

    /** Uses the stream in one way for longer than its time, and checks that it exists all the time. */
    private static void assertStaysWhile(String path, Runnable use) {
        long end = System.nanoTime() + Duration.ofMillis(1_600).toNanos();
        await().pollInterval(Duration.ofMillis(100)).until(() -> {
            use.run();
            return System.nanoTime() > end;
        });
        SERVER.head(path).is(200);
    }

    @Test
    void aStreamGoesAtItsMoment() {
        String path = SERVER.create(TEXT, "abc", expiresIn(1_000));
        SERVER.get(path).is(200);

        awaitGone(path);
        SERVER.get(path).isError(404, "stream_not_found");
        SERVER.post(path, "d", TEXT).isError(404, "stream_not_found");
        SERVER.createAt(path, TEXT, "anew");
    }

    @Test
    void useDoesNotMoveAMoment() {
        String path = SERVER.create(TEXT, "abc", expiresIn(1_000));

        await().pollInterval(Duration.ofMillis(20)).until(() -> SERVER.get(path).status() == 404);
    }

    @Test
    void aStreamThatNobodyUsesGoesThoughItsHeadIsAsked() {
        String path = SERVER.create(TEXT, "abc", "Stream-TTL: 1");

        awaitGone(path);
    }

    @Test
    void readingKeepsAStream() {
        String path = SERVER.create(TEXT, "abc", "Stream-TTL: 1");

        assertStaysWhile(path, () -> SERVER.get(path).is(200));
    }

    @Test
    void readingAtTheTailKeepsAStream() {
        String path = SERVER.create(TEXT, "abc", "Stream-TTL: 1");

        assertStaysWhile(path, () -> SERVER.get(path + "?offset=now").is(200));
    }

    @Test
    void appendingKeepsAStream() {
        String path = SERVER.create(TEXT, "abc", "Stream-TTL: 1");

        assertStaysWhile(path, () -> SERVER.append(path, "d"));
    }

    @Test
    void closingAgainKeepsAStream() {
        String path = SERVER.create(TEXT, "abc", "Stream-TTL: 1");

        assertStaysWhile(path, () -> SERVER.closeStream(path));
    }

    @Test
    void aLiveReaderKeepsAStream() throws IOException {
        String path = SERVER.create(TEXT, "abc", "Stream-TTL: 1");
        try (EventReader events = SERVER.events(path, "now")) {
            events.control();
            assertStaysWhile(path, () -> SERVER.head(path).is(200));
        }
        awaitGone(path);
    }

    @Test
    void aPollEndsWhenTheStreamGoes() throws IOException {
        String path = SERVER.create(TEXT, "abc", expiresIn(1_000));
        try (TestConnection waiting = SERVER.connect()) {
            waiting.exchange("GET", path + "?live=long-poll&offset=now", "").isError(404, "stream_not_found");
        }
    }

    @Test
    void eventsEndWhenTheStreamGoes() throws IOException {
        String path = SERVER.create(TEXT, "abc", expiresIn(1_000));
        try (EventReader events = SERVER.events(path, "now")) {
            events.control();
            assertThat(events.rest()).isEmpty();
        }
    }

    @Test
    void aForkOutlivesItsSource() {
        String source = SERVER.create(TEXT, "abc", expiresIn(1_000));
        String fork = path();
        SERVER.put(fork, "", "Stream-Forked-From: " + source, "Stream-TTL: 60").is(201);

        await().pollInterval(Duration.ofMillis(20))
                .until(() -> SERVER.head(source).status() == 410);

        assertThat(SERVER.get(fork).is(200).text()).isEqualTo("abc");
    }
}
