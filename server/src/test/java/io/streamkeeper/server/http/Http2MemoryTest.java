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
    private static final String PARKED = PATH + "?offset=now&live=long-poll";
    private static final int STREAMS_MAX = 100;

    /** Rounds of two refusals: together more than {@link Http2Connection#RESETS_MAX}. */
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

    /** A connection of another client. */
    private FrameClient other() throws IOException {
        FrameClient other = server.connectHttp2From("127.0.0.2");
        hoarders.add(other);
        return other;
    }

    /** Whether the server has received everything before, and has not closed the connection. */
    private static boolean isServed(FrameClient client) {
        try {
            client.send(FrameClient.PING, 0, 0, new byte[8]);
            client.await(FrameClient.PING);
            return true;
        } catch (IOException e) {
            return false;
        }
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

    @Test
    void connectionsWithoutStreamsLeaveMemoryForOthersAndEachHasAStream() throws IOException {
        int served = 0;
        for (int i = 0; i < 150; i++) {
            served += isServed(hoarder()) ? 1 : 0;
        }
        assertThat(served).isBetween(1, 149);
        assertThat(heads.leftBytes()).isGreaterThanOrEqualTo(heads.bytesMax() / 4);
        hoarders.get(0).exchange(1, "GET", "/health", null).is(200);
        try (TestConnection other = server.connect()) {
            other.exchange("GET", "/health", "", "X-Large: " + "x".repeat(30_000))
                    .is(200);
        }
    }

    @Test
    void connectionsWithManyStreamsLeaveSomeForOthers() throws IOException {
        hoardStreams();
        FrameClient client = other();
        for (int stream = 1; stream < 15; stream += 2) {
            client.request(stream, "GET", PATH + "?offset=now&live=sse", null);
            client.head(stream).is(200);
        }
        client.exchange(15, "GET", "/health", null).is(200);
        hoardStreams();
        hoarder().exchange(1, "GET", "/health", null).is(200);
    }

    private void hoardStreams() throws IOException {
        for (int i = 0; i < 10; i++) {
            FrameClient hoarder = hoarder();
            for (int stream = 1; stream < 2 * STREAMS_MAX; stream += 2) {
                hoarder.request(stream, "GET", PARKED, null);
            }
            assertThat(isServed(hoarder)).isTrue();
        }
    }

    @Test
    void theConnectionsOfOneClientLeaveOthersTheirShares() throws IOException {
        for (int i = 0; i < 150; i++) {
            isServed(hoarder());
        }
        hoarders.get(0).request(1, "GET", PATH + "?offset=now&live=sse", null);
        hoarders.get(0).head(1).is(200);
        hoarders.get(0).exchange(3, "GET", PATH, null).is(503);
        FrameClient other = other();
        for (int stream = 1; stream < STREAMS_MAX; stream += 2) {
            other.request(stream, "GET", PATH + "?offset=now&live=sse", null);
            other.head(stream).is(200);
        }
        try (TestConnection connection = server.connect()) {
            connection
                    .exchange("GET", "/health", "", "X-Large: " + "x".repeat(30_000))
                    .is(200);
        }
    }

    @Test
    void aSingleConnectionHasAllStreamsThatTheServerAnnounces() throws IOException {
        FrameClient client = hoarder();
        for (int stream = 1; stream < 2 * STREAMS_MAX; stream += 2) {
            client.request(stream, "GET", PATH + "?offset=now&live=sse", null);
            client.head(stream).is(200);
        }
    }
}
