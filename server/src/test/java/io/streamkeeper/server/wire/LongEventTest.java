package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.JSON;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A long JSON message is written to each subscriber part by part, and is one event. */
class LongEventTest {
    private static final int MESSAGE_BYTES = 3 << 20;

    /** What one step of a loop encodes, and the two events around it. */
    private static final int FRAME_BYTES_MAX = (256 << 10) + 1_000;

    @RegisterExtension
    static final TestServer SERVER = new TestServer(TestServer.config());

    private static String message() {
        StringBuilder text = new StringBuilder(MESSAGE_BYTES).append('"');
        for (int i = 0; text.length() < MESSAGE_BYTES; i++) {
            text.append(i).append(i % 7 == 0 ? "  " : " ");
        }
        return text.append('"').toString();
    }

    @Test
    void noFrameIsLongerThanAStepOfALoopMayTake() throws IOException {
        String path = SERVER.create(JSON, "[" + message() + "]");
        try (TestConnection connection = SERVER.connect()) {
            connection.request("GET", path + "?offset=-1&live=sse", "");
            connection.input().head().is(200);
            int frames = 0;
            String frame = "";
            while (!frame.contains("event: control")) {
                byte[] chunk = connection.input().chunk();
                assertThat(chunk).as("frame " + frames).isNotNull().hasSizeLessThan(FRAME_BYTES_MAX);
                frame = new String(chunk, US_ASCII);
                frames++;
            }
            assertThat(frames).isGreaterThan(MESSAGE_BYTES / FRAME_BYTES_MAX);
        }
    }

    @Test
    void whoIsBehindAndWhoWaitsGetItAsOneEventAndThenWhatComesNext() throws IOException {
        String path = SERVER.create(JSON, "");
        String message = message();
        try (EventReader waits = SERVER.events(path, "-1")) {
            waits.control();
            String tail = SERVER.appendJson(path, message);
            try (EventReader behind = SERVER.events(path, "-1")) {
                SERVER.appendJson(path, "2");
                for (EventReader events : new EventReader[] {waits, behind}) {
                    assertThat(events.data().data()).isEqualTo("[" + message + "]");
                    assertThat(events.lastOffset()).isEqualTo(tail);
                    assertThat(events.data().data()).isEqualTo("[2]");
                }
            }
        }
    }

    @Test
    void theStreamThatItClosesEndsAfterIt() throws IOException {
        String path = SERVER.create(JSON, "");
        String message = message();
        try (EventReader waits = SERVER.events(path, "-1")) {
            waits.control();
            try (TestConnection connection = SERVER.connect()) {
                connection
                        .exchange("POST", path, message, JSON, "Stream-Closed: true")
                        .is(204);
            }
            List<Event> all = waits.rest();
            assertThat(all).hasSize(2);
            assertThat(all.get(0).data()).isEqualTo("[" + message + "]");
            assertThat(all.get(1).isClosed()).isTrue();
        }
    }

    @Test
    void aStreamThatIsDeletedMeanwhileEndsAfterTheWholeEvent() throws IOException {
        String path = SERVER.create(JSON, "");
        String message = message();
        try (EventReader waits = SERVER.events(path, "-1")) {
            waits.control();
            SERVER.appendJson(path, message);
            try (TestConnection connection = SERVER.connect()) {
                connection.exchange("DELETE", path, "").is(204);
            }
            assertThat(waits.data().data()).isEqualTo("[" + message + "]");
        }
    }
}
