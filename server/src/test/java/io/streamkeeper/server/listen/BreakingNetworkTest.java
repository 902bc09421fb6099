package io.streamkeeper.server.listen;

import static io.streamkeeper.client.recording.Recorder.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.client.api.Content;
import io.streamkeeper.client.api.CreateOptions;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.http.RemoteStreams;
import io.streamkeeper.client.listen.Listening.Status;
import io.streamkeeper.client.recording.Recorder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Listeners on a network that cuts connections anywhere: each message is delivered once. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BreakingNetworkTest {
    private static final int CUTS = 12;
    private static final int LAG_BYTES_MAX = 3_000;

    @RegisterExtension
    static final ListenServer SERVER = new ListenServer();

    private final String path = ListenServer.path();
    private final Recorder recorder = new Recorder();
    private final long seed = System.nanoTime();
    private CuttingProxy network;

    @BeforeEach
    void startNetwork() throws IOException {
        Random random = new Random(seed);
        network = CuttingProxy.start(() -> network.cuts() < CUTS ? 500 + random.nextInt(20_000) : Long.MAX_VALUE);
        network.leadTo(SERVER.port());
    }

    @AfterEach
    void stopNetwork() {
        network.close();
    }

    private void listen() {
        RemoteStreams.at(network.through(SERVER.url()))
                .executor(SERVER.executor())
                .listen(path, From.beginning(), recorder);
    }

    /** Appends until enough connections have been cut. */
    private void assertAllIsDelivered(CreateOptions options, String type) {
        SERVER.streams().create(path, options).join();
        listen();
        Random random = new Random(seed + 1);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (network.cuts() < CUTS) {
            awaitDelivered(all.size());
            byte[] piece = new byte[1 + random.nextInt(1_000)];
            random.nextBytes(piece);
            all.writeBytes(piece);
            SERVER.streams().append(path, Content.of(type, piece)).join();
        }
        SERVER.streams().close(path).join();
        recorder.awaitComplete();
        assertThat(recorder.bytes()).as("seed %d", seed).isEqualTo(all.toByteArray());
        assertThat(recorder.statuses()).contains(Status.DISCONNECTED);
    }

    /** A listener with much data to read gets batches that are too large to arrive between two cuts. */
    private void awaitDelivered(int written) {
        eventually(() -> assertThat(recorder.bytes().length).isGreaterThan(written - LAG_BYTES_MAX));
    }

    @Test
    void bytesThatComeAsEvents() {
        assertAllIsDelivered(CreateOptions.bytes(), "application/octet-stream");
    }

    @Test
    void textThatIsPolled() {
        assertAllIsDelivered(CreateOptions.text(), "text/plain");
    }

    @Test
    void messagesThatComeAsEvents() {
        SERVER.streams().create(path, CreateOptions.json()).join();
        listen();
        List<String> expected = new ArrayList<>();
        int written = 0;
        while (network.cuts() < CUTS) {
            awaitDelivered(written);
            String message = "{\"n\":" + expected.size() + ",\"x\":\"" + "y".repeat(expected.size() % 700) + "\"}";
            expected.add(message);
            written += message.length();
            SERVER.streams().append(path, Content.json(message)).join();
        }
        SERVER.streams().close(path).join();
        recorder.awaitComplete();
        assertThat(recorder.messages()).as("seed %d", seed).isEqualTo(expected);
        assertThat(recorder.offsets()).isSorted().doesNotHaveDuplicates();
    }
}
