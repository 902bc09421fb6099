package io.streamkeeper.server.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.client.api.Content;
import io.streamkeeper.client.api.CreateOptions;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.http.RemoteStreams;
import io.streamkeeper.client.listen.Listening;
import io.streamkeeper.client.listen.StreamSource;
import io.streamkeeper.client.recording.Recorder;
import io.streamkeeper.protocol.leak.LeakRecorder;
import io.streamkeeper.server.DurableStreams;
import io.streamkeeper.server.DurableStreamsServer;
import io.streamkeeper.server.config.DataConfig.Durability;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.metrics.Metric;
import io.streamkeeper.server.tls.Identities;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Listeners on many streams of a server, over one connection. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SharedStreamsTest {
    private static final int STREAMS_MAX = 700;
    private static final int STREAMS = 600;

    @TempDir
    static Path folder;

    private DurableStreams streams;
    private DurableStreamsServer server;
    private HttpClient client;

    /** How the client connects. */
    private enum Version {
        HTTP_1_1,
        HTTP_2_WITH_TLS
    }

    private void start(Version version) throws IOException {
        Identities.of("localhost").write(folder);
        boolean isTls = version == Version.HTTP_2_WITH_TLS;
        streams = DurableStreams.open(ServerConfig.builder()
                .listen(listen -> listen.port(0).shards(2))
                .live(live -> live.sseStreamsMax(STREAMS_MAX))
                .tls(tls -> tls.certificateFile(
                                isTls ? folder.resolve("cert.pem").toString() : "none")
                        .keyFile(isTls ? folder.resolve("key.pem").toString() : "none"))
                .data(data -> data.durability(Durability.MEMORY))
                .build());
        server = DurableStreamsServer.start(streams);
        client = HttpClient.newBuilder()
                .version(isTls ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1)
                .sslContext(Identities.client(null))
                .build();
    }

    @AfterEach
    void stop() {
        server.stop();
        streams.close();
        LeakRecorder.assertNothingLeaked();
    }

    private StreamSource source() {
        URI url = URI.create(server.url().replace("127.0.0.1", "localhost"));
        return RemoteStreams.at(url).client(client).shared();
    }

    private String created(int number) {
        String path = "rooms/" + number;
        streams.create(path, CreateOptions.of(Content.json("[\"a" + number + "\"]")))
                .join();
        return path;
    }

    private void append(int number, String text) {
        streams.append("rooms/" + number, Content.json("\"" + text + "\"")).join();
    }

    private long connections() throws Exception {
        return streams.metrics().get(20, TimeUnit.SECONDS).value(Metric.CONNECTIONS, "public");
    }

    @ParameterizedTest
    @EnumSource
    void hundredsOfStreamsArriveOverOneConnection(Version version) throws Exception {
        start(version);
        StreamSource source = source();
        List<Recorder> recorders = new ArrayList<>();
        List<Listening> listenings = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            Recorder recorder = new Recorder();
            recorders.add(recorder);
            listenings.add(source.listen(created(i), From.beginning(), recorder));
        }
        for (int i = 0; i < STREAMS; i++) {
            recorders.get(i).awaitMessages("\"a" + i + "\"");
            append(i, "b");
        }
        for (int i = 0; i < STREAMS; i++) {
            recorders.get(i).awaitMessages("\"a" + i + "\"", "\"b\"");
        }
        // The events, and the last request that has added streams.
        assertThat(connections()).isLessThanOrEqualTo(2);
        listenings.forEach(Listening::stop);
        await().until(() -> connections() <= 1);
    }

    @ParameterizedTest
    @EnumSource
    void aStreamThatStopsIsLeftOutAndContinuesFromItsOffset(Version version) throws Exception {
        start(version);
        StreamSource source = source();
        Recorder one = new Recorder();
        Recorder two = new Recorder();
        source.listen(created(1), From.beginning(), one);
        Listening second = source.listen(created(2), From.beginning(), two);
        one.awaitMessages("\"a1\"");
        two.awaitMessages("\"a2\"");
        List<String> expected = new ArrayList<>(List.of("\"a2\""));
        for (int round = 0; round < 20; round++) {
            String offset = second.stop().join();
            append(2, "missed" + round);
            assertThat(second.offset()).isEqualTo(offset);
            assertThat(two.messages()).hasSize(expected.size());
            second.resume();
            expected.add("\"missed" + round + "\"");
            two.awaitMessages(expected.toArray(String[]::new));
        }
        append(1, "b");
        one.awaitMessages("\"a1\"", "\"b\"");
    }

    @ParameterizedTest
    @EnumSource
    void aStreamBeyondTheLimitIsRefusedAndTheOthersContinue(Version version) throws Exception {
        start(version);
        StreamSource source = source();
        Recorder first = new Recorder();
        source.listen(created(0), From.beginning(), first);
        first.awaitMessages("\"a0\"");
        for (int i = 1; i < STREAMS_MAX; i++) {
            created(i);
            source.listen("rooms/" + i, From.now(), new Recorder());
        }
        Recorder beyond = new Recorder();
        source.listen(created(STREAMS_MAX), From.now(), beyond);
        assertThat(beyond.awaitError(StreamException.Invalid.class).code()).isEqualTo("invalid_parameter");
        append(0, "b");
        first.awaitMessages("\"a0\"", "\"b\"");
    }
}
