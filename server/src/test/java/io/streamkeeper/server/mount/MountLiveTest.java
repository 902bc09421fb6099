package io.streamkeeper.server.mount;

import static io.streamkeeper.server.mount.MountingServer.JSON;
import static io.streamkeeper.server.mount.MountingServer.TEXT;
import static io.streamkeeper.server.mount.MountingServer.path;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.wire.Answer;
import io.streamkeeper.server.wire.Event;
import io.streamkeeper.server.wire.EventReader;
import io.streamkeeper.server.wire.TestConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Long-polls and events on mounted connections. */
@Timeout(60)
class MountLiveTest {
    private static final int KERNEL_BYTES = 16 << 10;

    /** On each of the two channels what makes it unwritable, and one event more. */
    private static final long UNSENT_BYTES_MAX = (64 << 10) + (128 << 10) + 2 * (300 << 10);

    private static final MountingServer.Setup SMALL_SOCKETS =
            pipeline -> pipeline.channel().config().setOption(ChannelOption.SO_SNDBUF, KERNEL_BYTES);

    @RegisterExtension
    static final MountingServer SERVER = new MountingServer();

    @Test
    void aLongPollIsAnsweredByAnAppend() throws IOException {
        String path = SERVER.create(TEXT, "abc");
        try (TestConnection connection = SERVER.connect()) {
            String tail = connection.exchange("HEAD", path, "").nextOffset();
            connection.request("GET", path + "?live=long-poll&offset=" + tail, "");
            SERVER.append(path, "news", TEXT);
            Answer answer = connection.receive().is(200);
            assertThat(answer.text()).isEqualTo("news");
            assertThat(connection.exchange("GET", "/hello", "").text()).isEqualTo("GET /hello ");
        }
        SERVER.takeSeen();
    }

    @Test
    void aLongPollWithoutNewsEndsAfterItsTime() {
        String path = SERVER.create(TEXT, "abc");

        Answer answer =
                SERVER.get(path + "?live=long-poll&offset=now&timeout=1").is(204);

        assertThat(answer.isUpToDate()).isTrue();
    }

    @Test
    void everySubscriberGetsEveryEventInOrder() throws IOException {
        int subscribers = 20;
        String path = SERVER.create(JSON, "");
        List<EventReader> readers = new ArrayList<>();
        for (int i = 0; i < subscribers; i++) {
            readers.add(SERVER.events(path, "-1"));
        }
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            SERVER.append(path, "[" + i + "]", JSON);
            all.append(i == 0 ? "" : ",").append(i);
        }
        for (EventReader reader : readers) {
            StringBuilder received = new StringBuilder();
            while (received.length() < all.length()) {
                String data = reader.data().data();
                received.append(received.length() == 0 ? "" : ",").append(data, 1, data.length() - 1);
            }
            assertThat(received.toString()).isEqualTo(all.toString());
            reader.close();
        }
    }

    @Test
    void aReaderThatReadsNothingCostsLittleAndThenGetsEverythingInOrder() throws Exception {
        try (MountingServer server = MountingServer.started(MountingServer.config(), SMALL_SOCKETS)) {
            String path = server.create(TEXT, "");
            int appendBytes = 32 << 10;
            int appends = 300;
            StringBuilder all = new StringBuilder();
            try (EventReader slow = server.connect(KERNEL_BYTES).events(path + "?live=sse&offset=-1")) {
                slow.control();
                Channel outer = server.lastOuter();
                Channel inner = server.lastInner();
                long most = 0;
                for (int i = 0; i < appends; i++) {
                    String text = String.format("%08d", i).repeat(appendBytes / 8);
                    server.append(path, text, TEXT);
                    all.append(text);
                    most = Math.max(most, unsentBytes(outer) + unsentBytes(inner));
                }
                assertThat(outer.isWritable()).isFalse();
                assertThat(unsentBytes(inner)).isPositive();
                assertThat(most).isLessThan(UNSENT_BYTES_MAX);
                assertThat(new String(slow.bytes(all.length()), UTF_8).contentEquals(all))
                        .isTrue();
                server.append(path, "end", TEXT);
                assertThat(slow.data().data()).isEqualTo("end");
            }
        }
    }

    private static long unsentBytes(Channel channel) {
        ChannelOutboundBuffer unsent = channel.unsafe().outboundBuffer();
        return unsent == null ? 0 : unsent.totalPendingWriteBytes();
    }

    @Test
    void aReaderThatReadsNothingForTooLongIsCutOff() throws Exception {
        ServerConfig brief = MountingServer.config(
                config -> config.http(http -> http.bodyBytesMax(1 << 20).idleTimeoutMillis(200)));
        try (MountingServer server = MountingServer.started(brief, SMALL_SOCKETS)) {
            String path = server.create(TEXT, "");
            try (TestConnection connection = server.connect(KERNEL_BYTES)) {
                connection.events(path + "?live=sse&offset=-1").control();
                Channel outer = server.lastOuter();
                Channel inner = server.lastInner();
                while (inner.isWritable()) {
                    server.append(path, "x".repeat(32 << 10), TEXT);
                }
                await().until(() -> !inner.isOpen() && !outer.isOpen());
            }
        }
    }

    @Test
    void aClientThatGoesEndsItsSession() throws IOException {
        String path = SERVER.create(TEXT, "");
        EventReader events = SERVER.events(path, "-1");
        events.control();
        Channel inner = SERVER.lastInner();
        events.close();

        await().until(() -> !inner.isRegistered());

        SERVER.append(path, "abc", TEXT);
        assertThat(SERVER.get(path).text()).isEqualTo("abc");
    }

    @Test
    void anOldClientGetsEventsUpToTheEndOfItsConnection() throws IOException {
        String path = SERVER.create(TEXT, "abc");
        SERVER.exchange("POST", path, "", "Stream-Closed: true").is(204);
        for (String keep : List.of("", "Connection: keep-alive\r\n")) {
            try (TestConnection connection = SERVER.connect()) {
                connection.send("GET " + path + "?live=sse&offset=-1 HTTP/1.0\r\n" + keep + "\r\n");
                assertThat(connection.input().head().field("Transfer-Encoding")).isNull();
                assertThat(connection.input().rest()).contains("\n\nevent: data\ndata:abc\n");
            }
        }
    }

    @Test
    void aSessionThatEndsIsItsConnectionsLast() throws IOException {
        ServerConfig brief = MountingServer.config(
                config -> config.live(live -> live.sseSessionMillis(300).sseKeepAliveMillis(40)));
        try (MountingServer server = MountingServer.started(brief, pipeline -> {})) {
            String path = server.create(TEXT, "");
            try (TestConnection connection = server.connect()) {
                EventReader events = connection.events(path + "?live=sse&offset=-1");
                events.control();
                List<Event> rest = events.rest();
                assertThat(rest).isNotEmpty();
                assertThat(rest).allMatch(event -> event.type().equals("comment"));
                connection.assertEnds();
            }
        }
    }

    @Test
    void eventsOfAStreamThatIsNotThereAreRefused() {
        SERVER.get(path() + "?live=sse&offset=-1").isError(404, "stream_not_found");
    }
}
