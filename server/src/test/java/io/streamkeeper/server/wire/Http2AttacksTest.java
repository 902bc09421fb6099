package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.FrameClient.CONTINUATION;
import static io.streamkeeper.server.wire.FrameClient.DATA;
import static io.streamkeeper.server.wire.FrameClient.END_HEADERS;
import static io.streamkeeper.server.wire.FrameClient.END_STREAM;
import static io.streamkeeper.server.wire.FrameClient.ENHANCE_YOUR_CALM;
import static io.streamkeeper.server.wire.FrameClient.GOAWAY;
import static io.streamkeeper.server.wire.FrameClient.HEADERS;
import static io.streamkeeper.server.wire.FrameClient.PING;
import static io.streamkeeper.server.wire.FrameClient.PRIORITY;
import static io.streamkeeper.server.wire.FrameClient.RST_STREAM;
import static io.streamkeeper.server.wire.FrameClient.SETTINGS;
import static io.streamkeeper.server.wire.FrameClient.WINDOW_UPDATE;
import static io.streamkeeper.server.wire.FrameClient.fields;
import static io.streamkeeper.server.wire.FrameClient.frame;
import static io.streamkeeper.server.wire.FrameClient.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.server.metrics.Metric;
import io.streamkeeper.server.wire.FrameClient.Frame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients of HTTP/2 that cost the server more than themselves. A client that sends the same frames, but fewer than the
 * limit, is served; one that passes the limit is disconnected with the error that says so, and nothing of it stays in
 * memory.
 */
@Timeout(120)
class Http2AttacksTest {
    @RegisterExtension
    static final TestServer SERVER = new TestServer(TestServer.config());

    /** Frames without use that a client may send in ten seconds, as docs/http-api.md states. */
    private static final int FRAMES_MAX = 1_000;

    /** Resets that a client may send or cause in ten seconds. */
    private static final int RESETS_MAX = 500;

    private static final int BLOCK_FRAMES_MAX = 16;
    private static final int STREAMS_MAX = 100;
    private static final int LIST_BYTES_MAX = 40 << 10;

    /** The frames with which a connection begins, and one with which the test asks whether it is served. */
    private static final int OTHER_FRAMES = 5;

    private static final int INITIAL_WINDOW = 4;

    @AfterEach
    void nothingStays() throws Exception {
        await().until(() -> SERVER.metric(Metric.CONNECTIONS) == 0);
        for (String budget : List.of("heads_of_requests", "reads", "bodies", "unsent_answers", "received_bytes")) {
            await().until(() -> SERVER.used(budget) == 0);
        }
        SERVER.get("/health").is(200);
    }

    /** Sends {@code each}, as often as {@code limit} allows, then a request, then more than it allows. */
    private static void assertBounded(int limit, IntFunction<byte[]> each, int nextStream) throws IOException {
        try (FrameClient client = FrameClient.begun(SERVER)) {
            client.write(repeated(0, limit - OTHER_FRAMES, each));
            client.exchange(nextStream, "GET", "/health", null).is(200);
            client.write(repeated(limit - OTHER_FRAMES, limit + OTHER_FRAMES, each));
            assertCalmed(client);
        }
    }

    private static byte[] repeated(int from, int to, IntFunction<byte[]> each) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = from; i < to; i++) {
            all.write(each.apply(i));
        }
        return all.toByteArray();
    }

    private static void assertCalmed(FrameClient client) throws IOException {
        assertThat(client.await(GOAWAY).error()).isEqualTo(ENHANCE_YOUR_CALM);
        assertEnds(client);
    }

    private static void assertEnds(FrameClient client) throws IOException {
        for (Frame frame = client.next(); frame != null; frame = client.next()) {
            assertThat(frame.type()).isIn(DATA, PING);
        }
    }

    // ---- frames without use ----

    @Test
    void pingsAreBounded() throws Exception {
        assertBounded(FRAMES_MAX, i -> frame(PING, 0, 0, new byte[8]), 1);
    }

    @Test
    void settingsAreBounded() throws Exception {
        assertBounded(FRAMES_MAX, i -> frame(SETTINGS, 0, 0, new byte[0]), 1);
    }

    /** Each of them changes the windows of all streams. */
    @Test
    void changesOfTheInitialWindowAreBounded() throws Exception {
        byte[] large = frame(SETTINGS, 0, 0, new byte[] {0, INITIAL_WINDOW, 0, 1, 0, 0});
        byte[] small = frame(SETTINGS, 0, 0, new byte[] {0, INITIAL_WINDOW, 0, 0, 8, 0});
        assertBounded(FRAMES_MAX, i -> i % 2 == 0 ? large : small, 1);
    }

    @Test
    void prioritiesAreBounded() throws Exception {
        assertBounded(
                FRAMES_MAX,
                i -> frame(PRIORITY, 0, 2 * i + 1, new byte[] {0, 0, (byte) (i >> 7), (byte) (i << 1), (byte) i}),
                2 * FRAMES_MAX + 1);
    }

    @Test
    void unknownFramesAreBounded() throws Exception {
        assertBounded(FRAMES_MAX, i -> frame(77, 0, 0, new byte[0]), 1);
    }

    @Test
    void windowUpdatesOfOneByteAreBounded() throws Exception {
        assertBounded(FRAMES_MAX, i -> frame(WINDOW_UPDATE, 0, 0, number(1)), 1);
    }

    @Test
    void emptyDataIsBounded() throws Exception {
        try (FrameClient client = FrameClient.begun(SERVER)) {
            String path = SERVER.create(TestServer.TEXT, "");
            byte[] empty = frame(DATA, 0, 1, new byte[0]);
            client.send(HEADERS, END_HEADERS, 1, client.block(fields("POST", path, TestServer.TEXT)));
            client.write(repeated(0, 2, i -> empty));
            client.send(DATA, END_STREAM, 1, (byte) 'x');
            client.answer(1).is(204);
            client.send(HEADERS, END_HEADERS, 3, client.block(fields("POST", path, TestServer.TEXT)));
            client.write(repeated(0, 3, i -> frame(DATA, 0, 3, new byte[0])));
            assertCalmed(client);
        }
    }

    /** A client that takes each event of many, and gives its window back at once, is none of these. */
    @Test
    void aClientMayAnswerEachPartOfAResponseWithWindowUpdates() throws Exception {
        try (FrameClient client = FrameClient.begun(SERVER);
                TestConnection writer = SERVER.connect()) {
            String path = SERVER.create(TestServer.TEXT, "");
            client.request(1, "GET", path + "?live=sse&offset=-1", null);
            client.head(1).is(200);
            int events = 0;
            while (events < FRAMES_MAX) {
                writer.request("POST", path, "x", TestServer.TEXT);
                writer.receive().is(204);
                Frame event = client.await(DATA);
                while (!new String(event.bytes(), StandardCharsets.UTF_8).contains("data: x")
                        && !new String(event.bytes(), StandardCharsets.UTF_8).contains("data:x")) {
                    event = client.await(DATA);
                }
                client.window(1, event.bytes().length);
                client.window(0, event.bytes().length);
                events++;
            }
            client.exchange(3, "GET", "/health", null).is(200);
        }
    }

    // ---- windows ----

    /** A window of one byte divides a response into frames of one byte, and each window update counts. */
    @Test
    void aWindowOfOneByteIsServedAndBounded() throws Exception {
        try (FrameClient client = FrameClient.begun(SERVER, INITIAL_WINDOW, 1)) {
            String path = SERVER.create(TestServer.TEXT, "0123456789".repeat(1_000));
            client.request(1, "GET", path + "?offset=-1", null);
            int taken = 0;
            for (; taken < 900; taken++) {
                assertThat(client.await(DATA).bytes()).hasSize(1);
                client.window(1, 1);
            }
            byte[] more = repeated(0, 400, i -> frame(WINDOW_UPDATE, 0, 1, number(1)));
            client.write(more);
            assertCalmed(client);
        }
    }

    @Test
    void aWindowThatOverflowsIsAnError() throws Exception {
        try (FrameClient client = FrameClient.begun(SERVER)) {
            client.window(0, Integer.MAX_VALUE - 65_535);
            client.exchange(1, "GET", "/health", null).is(200);
            client.window(0, 1 << 30);
            assertThat(client.await(GOAWAY).error()).isEqualTo(FrameClient.FLOW_CONTROL_ERROR);
            assertThat(client.next()).isNull();
        }
        try (FrameClient client = FrameClient.begun(SERVER)) {
            String path = SERVER.create(TestServer.TEXT, "");
            client.request(1, "GET", path + "?live=long-poll&offset=now", null);
            client.window(1, Integer.MAX_VALUE);
            assertThat(client.await(RST_STREAM).error()).isEqualTo(FrameClient.FLOW_CONTROL_ERROR);
            client.exchange(3, "GET", "/health", null).is(200);
        }
    }

    /** With a setting that makes the windows of open streams overflow. */
    @Test
    void anInitialWindowThatOverflowsIsAnError() throws Exception {
        try (FrameClient client = FrameClient.begun(SERVER)) {
            String path = SERVER.create(TestServer.TEXT, "");
            client.request(1, "GET", path + "?live=long-poll&offset=now", null);
            client.window(1, 1 << 30);
            client.settings(INITIAL_WINDOW, Integer.MAX_VALUE);
            assertThat(client.await(RST_STREAM).error()).isEqualTo(FrameClient.FLOW_CONTROL_ERROR);
        }
    }

    /** What a client does not read waits in the store, apart from some bytes of each response. */
    @Test
    void aClientThatReadsNothingHoldsABoundedPartOfEachResponse() throws Exception {
        String path = SERVER.create(TestServer.TEXT, "x".repeat(900_000));
        try (FrameClient client = FrameClient.begun(SERVER, INITIAL_WINDOW, Integer.MAX_VALUE)) {
            client.window(0, 1 << 30);
            for (int i = 0; i < STREAMS_MAX; i++) {
                client.request(2 * i + 1, "GET", path + "?offset=-1", null);
            }
            await().until(() -> SERVER.used("heads_of_requests") >= 600_000);
            long held = 0;
            for (int i = 0; i < 20; i++) {
                SERVER.get("/health").is(200);
                held = Math.max(held, SERVER.used("reads") + SERVER.used("unsent_answers"));
            }
            assertThat(held).isLessThan(STREAMS_MAX * 200_000L);
            assertThat(SERVER.used("heads_of_requests")).isLessThan(2_000_000);
        }
    }

    // ---- resets ----

    @Test
    void rapidResetsAreBounded() throws Exception {
        try (FrameClient client = FrameClient.begun(SERVER)) {
            IntFunction<byte[]> each = i -> joined(
                    frame(HEADERS, END_HEADERS | END_STREAM, 2 * i + 1, client.block(fields("GET", "/health"))),
                    frame(RST_STREAM, 0, 2 * i + 1, number(8)));
            client.write(repeated(0, RESETS_MAX - 1, each));
            client.exchange(2 * RESETS_MAX - 1, "GET", "/health", null).is(200);
            // The codec does not count the reset of a stream whose response is complete; as a frame without use it
            // counts.
            client.write(repeated(RESETS_MAX, FRAMES_MAX + 20, each));
            assertCalmed(client);
        }
    }

    /** The client makes the server reset its streams: the attack "MadeYouReset". */
    @Test
    void resetsThatAClientCausesAreBounded() throws Exception {
        try (FrameClient client = FrameClient.begun(SERVER)) {
            IntFunction<byte[]> each = i -> joined(
                    frame(HEADERS, END_HEADERS, 2 * i + 1, client.block(fields("POST", "/health"))),
                    frame(WINDOW_UPDATE, 0, 2 * i + 1, number(0)));
            client.write(repeated(0, RESETS_MAX - 1, each));
            client.exchange(2 * RESETS_MAX - 1, "GET", "/health", null).is(200);
            client.write(repeated(RESETS_MAX, RESETS_MAX + 5, each));
            assertCalmed(client);
        }
    }

    private static byte[] joined(byte[] first, byte[] second) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(first);
        all.writeBytes(second);
        return all.toByteArray();
    }

    @Test
    void streamsBeyondTheLimitAreRefused() throws Exception {
        try (FrameClient client = FrameClient.begun(SERVER)) {
            String path = SERVER.create(TestServer.TEXT, "");
            for (int i = 0; i <= STREAMS_MAX; i++) {
                client.request(2 * i + 1, "GET", path + "?live=long-poll&offset=now", null);
            }
            Frame refused = client.await(RST_STREAM);
            assertThat(refused.stream()).isEqualTo(2 * STREAMS_MAX + 1);
            assertThat(refused.error()).isEqualTo(FrameClient.REFUSED_STREAM);
            SERVER.append(path, "x");
            for (int i = 0; i < STREAMS_MAX; i++) {
                client.head(2 * i + 1).is(200);
            }
        }
    }

    // ---- heads ----

    @ParameterizedTest
    @ValueSource(ints = {BLOCK_FRAMES_MAX, BLOCK_FRAMES_MAX + 1})
    void continuationsAreBounded(int frames) throws Exception {
        try (FrameClient client = FrameClient.begun(SERVER)) {
            client.send(HEADERS, END_STREAM, 1, client.block(fields("GET", "/health")));
            for (int i = 2; i < frames; i++) {
                client.send(CONTINUATION, 0, 1, client.block("x-" + i, "y"));
            }
            client.send(CONTINUATION, END_HEADERS, 1);
            if (frames <= BLOCK_FRAMES_MAX) {
                client.answer(1).is(200);
            } else {
                assertCalmed(client);
            }
        }
    }

    /** Fields as long as a frame: their number is not what ends the connection, but their sum. */
    @Test
    void longContinuationsAreBoundedByTheirBytes() throws Exception {
        try (FrameClient client = FrameClient.begun(SERVER)) {
            client.send(HEADERS, END_STREAM, 1, client.block(fields("GET", "/health")));
            byte[] field = client.block("x-long", "~".repeat(12_000));
            for (int i = 0; i < 5; i++) {
                client.send(CONTINUATION, 0, 1, field);
            }
            assertThat(client.await(GOAWAY).error()).isEqualTo(FrameClient.PROTOCOL_ERROR);
            assertThat(client.next()).isNull();
        }
    }

    /** One long field in the table of the decoder, and a byte for each copy of it. */
    @ParameterizedTest
    @ValueSource(ints = {10, 15, 10_000})
    void aSmallBlockThatBecomesManyFieldsIsRefused(int copies) throws Exception {
        try (FrameClient client = FrameClient.begun(SERVER)) {
            ByteArrayOutputStream block = new ByteArrayOutputStream();
            block.writeBytes(client.block(fields("GET", "/health", "X-Long: " + "x".repeat(3_000))));
            for (int i = 0; i < copies; i++) {
                block.write(0x80 | 62);
            }
            client.send(HEADERS, END_HEADERS | END_STREAM, 1, block.toByteArray());
            if (copies * 3_000 < LIST_BYTES_MAX - 9_000) {
                client.answer(1).is(200);
            } else {
                client.answer(1).is(431);
                client.exchange(3, "GET", "/health", null).is(200);
            }
        }
    }

    /** The server's own table, which a setting of the client could let grow with each response. */
    @Test
    void theTableForResponsesStaysSmallWhateverTheClientAllows() throws Exception {
        // The decoder of the test refuses a table that is larger than the one it has.
        try (FrameClient client = FrameClient.begun(SERVER, 1, Integer.MAX_VALUE)) {
            client.settings(1, 0);
            client.settings(1, Integer.MAX_VALUE);
            for (int stream = 1; stream < 400; stream += 2) {
                client.exchange(stream, "PUT", TestServer.path(), "", TestServer.TEXT)
                        .is(201);
            }
        }
    }

    @Test
    void aFrameThatStaysIncompleteEndsTheConnectionAlsoBesideALiveRead() throws Exception {
        try (TestServer server = TestServer.started(
                        TestServer.config(config -> config.http(http -> http.headerTimeoutMillis(300))));
                FrameClient client = FrameClient.begun(server)) {
            String path = server.create(TestServer.TEXT, "");
            client.request(1, "GET", path + "?offset=now&live=sse", null);
            client.head(1).is(200);

            client.write(Arrays.copyOf(frame(PING, 0, 0, new byte[8]), 12));

            assertCalmed(client);
            await().until(() -> server.used("received_bytes") == 0);
        }
    }

    /** The memory of a frame and of a block that stay incomplete is counted. */
    @Test
    void incompleteFramesAreCounted() throws Exception {
        try (FrameClient client = FrameClient.begun(SERVER)) {
            byte[] block = client.block(fields("GET", "/health", "X-Long: " + "~".repeat(15_000)));
            byte[] part = frame(HEADERS, END_STREAM, 1, block);
            client.write(Arrays.copyOf(part, 8_000));
            await().until(() -> SERVER.used("received_bytes") >= 8_000);
            client.write(Arrays.copyOfRange(part, 8_000, part.length));
            await().until(() -> SERVER.used("received_bytes") >= block.length);
            assertThat(SERVER.used("received_bytes")).isLessThan(200_000);
            client.send(CONTINUATION, END_HEADERS, 1);
            client.answer(1).is(200);
            await().until(() -> SERVER.used("received_bytes") == 0);
        }
    }
}
