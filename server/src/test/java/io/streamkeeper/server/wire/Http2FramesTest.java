package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.FrameClient.ACK;
import static io.streamkeeper.server.wire.FrameClient.COMPRESSION_ERROR;
import static io.streamkeeper.server.wire.FrameClient.CONTINUATION;
import static io.streamkeeper.server.wire.FrameClient.DATA;
import static io.streamkeeper.server.wire.FrameClient.END_HEADERS;
import static io.streamkeeper.server.wire.FrameClient.END_STREAM;
import static io.streamkeeper.server.wire.FrameClient.FLOW_CONTROL_ERROR;
import static io.streamkeeper.server.wire.FrameClient.FRAME_SIZE_ERROR;
import static io.streamkeeper.server.wire.FrameClient.GOAWAY;
import static io.streamkeeper.server.wire.FrameClient.HEADERS;
import static io.streamkeeper.server.wire.FrameClient.PING;
import static io.streamkeeper.server.wire.FrameClient.PRIORITY;
import static io.streamkeeper.server.wire.FrameClient.PROTOCOL_ERROR;
import static io.streamkeeper.server.wire.FrameClient.PUSH_PROMISE;
import static io.streamkeeper.server.wire.FrameClient.RST_STREAM;
import static io.streamkeeper.server.wire.FrameClient.SETTINGS;
import static io.streamkeeper.server.wire.FrameClient.WINDOW_UPDATE;
import static io.streamkeeper.server.wire.FrameClient.fields;
import static io.streamkeeper.server.wire.FrameClient.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.server.wire.FrameClient.Frame;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames that RFC 9113 forbids, with the errors that it demands, and those that it wants ignored. */
@Timeout(120)
class Http2FramesTest {
    @RegisterExtension
    static final TestServer SERVER = new TestServer(TestServer.config());

    /** Arbitrary frames by default, and how many of them are sent on one connection. */
    private static final int FRAMES = 20_000;

    private static final int GROUP = 20;
    private static final byte[] LAST_PING = {1, 2, 3, 4, 5, 6, 7, 8};

    private interface Sending {
        void send(FrameClient client) throws Exception;
    }

    private static void assertConnectionEnds(int error, Sending sending) throws Exception {
        try (FrameClient client = FrameClient.begun(SERVER)) {
            sending.send(client);
            assertThat(client.await(GOAWAY).error()).isEqualTo(error);
            assertThat(client.next()).isNull();
        }
    }

    private static void assertStreamEnds(int error, Sending sending) throws Exception {
        try (FrameClient client = FrameClient.begun(SERVER)) {
            sending.send(client);
            Frame reset = client.await(RST_STREAM);
            assertThat(reset.error()).isEqualTo(error);
            client.exchange(reset.stream() + 2, "GET", "/health", null).is(200);
        }
    }

    private static byte[] get(FrameClient client) {
        return client.block(fields("GET", "/health"));
    }

    @Test
    void framesOnTheWrongStreamEndTheConnection() throws Exception {
        assertConnectionEnds(PROTOCOL_ERROR, client -> client.send(DATA, END_STREAM, 0, (byte) 1));
        assertConnectionEnds(PROTOCOL_ERROR, client -> client.send(HEADERS, END_HEADERS, 0, get(client)));
        assertConnectionEnds(PROTOCOL_ERROR, client -> client.send(HEADERS, END_HEADERS, 2, get(client)));
        assertConnectionEnds(PROTOCOL_ERROR, client -> client.send(SETTINGS, 0, 1));
        assertConnectionEnds(PROTOCOL_ERROR, client -> client.send(PING, 0, 1, new byte[8]));
        assertConnectionEnds(PROTOCOL_ERROR, client -> client.send(GOAWAY, 0, 1, new byte[8]));
        assertConnectionEnds(PROTOCOL_ERROR, client -> client.reset(0, 8));
        assertConnectionEnds(PROTOCOL_ERROR, client -> client.reset(1, 8));
        assertConnectionEnds(PROTOCOL_ERROR, client -> client.window(1, 8));
        assertConnectionEnds(PROTOCOL_ERROR, client -> client.send(DATA, 0, 1, (byte) 1));
        assertConnectionEnds(PROTOCOL_ERROR, client -> client.send(PUSH_PROMISE, END_HEADERS, 1, number(2)));
    }

    @Test
    void framesOfTheWrongSizeEndTheConnection() throws Exception {
        assertConnectionEnds(FRAME_SIZE_ERROR, client -> client.send(PING, 0, 0, new byte[7]));
        assertConnectionEnds(FRAME_SIZE_ERROR, client -> client.send(SETTINGS, 0, 0, new byte[5]));
        assertConnectionEnds(FRAME_SIZE_ERROR, client -> client.send(SETTINGS, ACK, 0, new byte[6]));
        assertConnectionEnds(FRAME_SIZE_ERROR, client -> client.send(WINDOW_UPDATE, 0, 0, new byte[3]));
        assertConnectionEnds(FRAME_SIZE_ERROR, client -> client.send(DATA, 0, 1, new byte[16_385]));
    }

    @Test
    void settingsOutOfRangeEndTheConnection() throws Exception {
        assertConnectionEnds(PROTOCOL_ERROR, client -> client.settings(2, 2));
        assertConnectionEnds(FLOW_CONTROL_ERROR, client -> client.settings(4, -1));
        assertConnectionEnds(PROTOCOL_ERROR, client -> client.settings(5, 100));
    }

    @Test
    void aBlockThatIsInterruptedOrDamagedEndsTheConnection() throws Exception {
        assertConnectionEnds(PROTOCOL_ERROR, client -> {
            client.send(HEADERS, 0, 1, get(client));
            client.send(PING, 0, 0, new byte[8]);
        });
        assertConnectionEnds(PROTOCOL_ERROR, client -> client.send(CONTINUATION, END_HEADERS, 1, get(client)));
        assertConnectionEnds(
                COMPRESSION_ERROR,
                client -> client.send(HEADERS, END_HEADERS | END_STREAM, 1, (byte) 0xff, (byte) 0xff));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ":scheme=http;:path=/health;:authority=test",
                ":method=GET;:path=/health;:authority=test",
                ":method=GET;:scheme=http;:authority=test",
                ":method=GET;:scheme=http;:path=;:authority=test",
                ":method=GET;:scheme=http;:path=health;:authority=test",
                ":method=GET;:scheme=http;:path=/a b;:authority=test",
                ":method=GET;:scheme=http;:path=/health;:authority=test;X-Upper=1",
                ":method=GET;:scheme=http;:path=/health;:authority=test;connection=close",
                ":method=GET;:scheme=http;:path=/health;:authority=test;transfer-encoding=chunked",
                ":method=GET;:scheme=http;:path=/health;:authority=test;te=gzip",
                ":method=GET;:scheme=http;:path=/health;:authority=test;host=other",
                ":method=GET;:scheme=http;:path=/health;:authority=test;:other=1",
                ":method=GET;:scheme=http;:path=/health;:authority=test;:status=200",
                ":method=GET;:scheme=http;:path=/health;:authority=test;:protocol=websocket",
                ":method=GET;:scheme=http;x=1;:path=/health;:authority=test",
                ":method=GET;:method=GET;:scheme=http;:path=/health;:authority=test",
            })
    void aMalformedHeadEndsItsStream(String fields) throws Exception {
        assertStreamEnds(
                PROTOCOL_ERROR,
                client -> client.send(HEADERS, END_HEADERS | END_STREAM, 1, client.block(fields.split("[;=]", -1))));
    }

    @Test
    void aBodyOfAnotherLengthEndsItsStream() throws Exception {
        assertStreamEnds(PROTOCOL_ERROR, client -> {
            client.send(HEADERS, END_HEADERS, 1, client.block(fields("POST", "/v1/stream/x", "Content-Length: 2")));
            client.send(DATA, END_STREAM, 1, (byte) 1);
        });
    }

    @Test
    void unknownFramesAndSettingsAreIgnored() throws Exception {
        try (FrameClient client = FrameClient.begun(SERVER)) {
            client.settings(99, 1);
            client.send(200, 255, 0, new byte[20]);
            client.send(PRIORITY, 0, 1, new byte[] {0, 0, 0, 0, 1});
            client.send(PING, 0, 0, (byte) 1, (byte) 2, (byte) 3, (byte) 4, (byte) 5, (byte) 6, (byte) 7, (byte) 8);
            assertThat(client.await(PING).bytes()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
            client.exchange(1, "GET", "/health", null).is(200);
        }
    }

    /**
     * Frames of any kind and content, most of them parts of requests. After each group the server answers a ping or has
     * ended the connection, and no response is a fault of the server. More with {@code -Dhttp2.frames=1000000}.
     */
    @Test
    void arbitraryFramesBreakNothing() throws Exception {
        int frames = Integer.getInteger("http2.frames", FRAMES);
        long seed = Long.getLong("http2.seed", new Random().nextLong());
        Random random = new Random(seed);
        String path = SERVER.create(TestServer.TEXT, "content");
        int connections = 0;
        int responses = 0;
        for (int sent = 0; sent < frames; sent += GROUP) {
            connections++;
            try (FrameClient client = FrameClient.begun(SERVER)) {
                sendArbitrary(client, random, path);
                client.send(PING, 0, 0, LAST_PING);
                responses += readToEnd(client, "seed " + seed + ", group " + connections);
            } catch (IOException e) {
                // The server has ended the connection while it was sent.
                assertThat(e).as("seed " + seed).isNotInstanceOf(SocketTimeoutException.class);
            }
        }
        assertThat(responses).as("seed " + seed).isGreaterThan(connections / 4);
        SERVER.get("/health").is(200);
        await().until(() -> SERVER.used("heads_of_requests") == 0 && SERVER.used("received_bytes") == 0);
    }

    private static void sendArbitrary(FrameClient client, Random random, String path) throws IOException {
        String[] methods = {"GET", "POST", "HEAD", "PUT", "DELETE", "X"};
        int stream = 1;
        for (int i = 0; i < GROUP; i++) {
            int at = random.nextInt(20) == 0 ? random.nextInt(20) : stream;
            if (random.nextInt(3) > 0) {
                byte[] block = client.block(fields(
                        methods[random.nextInt(methods.length)],
                        path + (random.nextBoolean() ? "" : "?live=sse&offset=-1"),
                        TestServer.TEXT));
                if (random.nextInt(30) == 0) {
                    block[random.nextInt(block.length)] ^= (byte) (1 << random.nextInt(8));
                }
                client.send(HEADERS, random.nextInt(30) == 0 ? random.nextInt(64) : 4 | random.nextInt(2), at, block);
                stream += 2;
            } else if (random.nextInt(3) > 0) {
                client.send(DATA, random.nextInt(2), Math.max(1, stream - 2), new byte[random.nextInt(2_000)]);
            } else {
                byte[] content = new byte[random.nextInt(4) == 0 ? random.nextInt(200) : random.nextInt(9)];
                random.nextBytes(content);
                client.send(random.nextInt(11), random.nextInt(64), random.nextInt(3) == 0 ? 0 : at, content);
            }
        }
    }

    /** Reads up to the answer to the last ping, or the end of the connection; returns the number of responses. */
    private static int readToEnd(FrameClient client, String where) throws IOException {
        int responses = 0;
        for (Frame frame = client.next(); frame != null; frame = client.next()) {
            if (frame.type() == HEADERS) {
                responses++;
                assertThat(frame.fields().get(":status")).as(where).matches("[1-4][0-9][0-9]");
            } else if (frame.type() == PING && Arrays.equals(frame.bytes(), LAST_PING)) {
                break;
            }
        }
        return responses;
    }
}
