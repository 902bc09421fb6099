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

import io.streamkeeper.server.wire.FrameClient.Frame;
import java.io.IOException;
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

    /** Frames of any kind and content, some of them parts of requests. More with {@code -Dhttp2.frames=1000000}. */
    @Test
    void arbitraryFramesBreakNothing() throws Exception {
        int frames = Integer.getInteger("http2.frames", 3_000);
        long seed = Long.getLong("http2.seed", new Random().nextLong());
        Random random = new Random(seed);
        String path = SERVER.create(TestServer.TEXT, "content");
        for (int sent = 0; sent < frames; ) {
            try (FrameClient client = FrameClient.begun(SERVER)) {
                int stream = 1;
                for (int i = 0; i < 60; i++, sent++) {
                    int at = random.nextInt(8) == 0 ? random.nextInt(20) : stream;
                    if (random.nextInt(3) > 0) {
                        String[] methods = {"GET", "POST", "HEAD", "PUT", "DELETE", "X"};
                        byte[] block = client.block(fields(
                                methods[random.nextInt(4)],
                                path + (random.nextBoolean() ? "" : "?live=sse&offset=-1"),
                                TestServer.TEXT));
                        if (random.nextInt(10) == 0) {
                            block[random.nextInt(block.length)] ^= (byte) (1 << random.nextInt(8));
                        }
                        client.send(
                                HEADERS,
                                random.nextInt(10) == 0 ? random.nextInt(64) : 4 | random.nextInt(2),
                                at,
                                block);
                        stream += 2;
                    } else {
                        byte[] content = new byte[random.nextInt(4) == 0 ? random.nextInt(200) : random.nextInt(9)];
                        random.nextBytes(content);
                        client.send(random.nextInt(11), random.nextInt(64), at, content);
                    }
                }
            } catch (IOException e) {
                // The server has ended the connection.
                sent++;
            }
            if (random.nextInt(20) == 0) {
                assertThat(SERVER.get("/health").status()).as("seed " + seed).isEqualTo(200);
            }
        }
        SERVER.get("/health").is(200);
    }
}
