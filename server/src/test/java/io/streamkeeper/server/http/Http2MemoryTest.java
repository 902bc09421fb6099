package io.streamkeeper.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.server.wire.FrameClient;
import io.streamkeeper.server.wire.TestConnection;
import io.streamkeeper.storage.memory.Budget;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients of HTTP/2 that hold as much memory as they can: others are served, and a refusal ends no connection. */
@Timeout(120)
class Http2MemoryTest {
    private static final int MIB = 64;
    private static final String TEXT = "Content-Type: text/plain";
    private static final String PATH = SmallServer.ROOT + "quiet";

    /** More than the server counts as a flood of resets. */
    private static final int REFUSALS = 300;

    private final List<FrameClient> hoarders = new ArrayList<>();
    private SmallServer server;
    private Budget heads;
    private long taken;

    @BeforeEach
    void start() throws IOException {
        server = new SmallServer(MIB);
        heads = server.memory().heads();
        try (TestConnection connection = server.connect()) {
            connection.exchange("PUT", PATH, "", TEXT).is(201);
        }
    }

    @AfterEach
    void stop() throws IOException {
        for (FrameClient hoarder : hoarders) {
            hoarder.close();
        }
        giveBack();
        await().until(() -> heads.usedBytes() == 0);
        server.close();
    }

    private void giveBack() {
        heads.release(taken);
        taken = 0;
    }

    private FrameClient hoarder() throws IOException {
        FrameClient hoarder = server.connectHttp2();
        hoarders.add(hoarder);
        return hoarder;
    }

    @Test
    void requestsWithoutMemoryAreAnsweredAndTheConnectionContinues() throws IOException {
        FrameClient client = hoarder();
        client.request(1, "GET", PATH + "?offset=now&live=sse", null);
        client.head(1).is(200);
        taken = heads.leftBytes() - heads.bytesMax() / 4 + 1;
        assertThat(heads.tryReserve(taken)).isTrue();
        int stream = 3;
        for (int i = 0; i < REFUSALS; i++, stream += 4) {
            assertThat(client.exchange(stream, "GET", PATH, null).is(503).field("retry-after"))
                    .isEqualTo("1");
            client.exchange(stream + 2, "POST", PATH, "x", TEXT).is(503);
        }
        giveBack();
        client.exchange(stream, "POST", PATH, "x", TEXT).is(204);
    }
}
