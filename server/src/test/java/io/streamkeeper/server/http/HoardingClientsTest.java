package io.streamkeeper.server.http;

import static io.streamkeeper.server.wire.TestConnection.requestText;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.server.http.decode.DecodingConnection;
import io.streamkeeper.server.http.respond.GzipBody;
import io.streamkeeper.server.wire.Answer;
import io.streamkeeper.server.wire.TestConnection;
import io.streamkeeper.storage.memory.Budget;
import java.io.IOException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Clients that have the server keep what they asked for, and take nothing of it: each kind of memory is bounded (I7).
 */
class HoardingClientsTest {
    private static final int MIB = 64;
    private static final String TEXT = "Content-Type: text/plain";
    private static final String PARKED = SmallServer.ROOT + "quiet?offset=now&live=long-poll&timeout=50";

    private final List<TestConnection> hoarders = new ArrayList<>();
    private SmallServer server;

    @BeforeEach
    void start() throws IOException {
        server = new SmallServer(MIB);
        honest("PUT", SmallServer.ROOT + "quiet", "", TEXT).is(201);
        honest("PUT", SmallServer.ROOT + "small", "s".repeat(4_000), TEXT).is(201);
        honest("PUT", SmallServer.ROOT + "large", "l".repeat(1_000_000), TEXT).is(201);
    }

    /** All is given back at the end, whatever was held. */
    @AfterEach
    void stop() throws IOException {
        for (TestConnection hoarder : hoarders) {
            hoarder.close();
        }
        await().untilAsserted(() -> {
            honest("POST", SmallServer.ROOT + "quiet", "wakes those who wait, so that their end is seen", TEXT);
            DecodingConnection.assertNothingIsReserved(server.memory());
        });
        await().untilAsserted(() -> assertThat(server.reads().pinnedBytes()).isZero());
        server.close();
    }

    private Answer honest(String method, String target, String body, String... fields) throws IOException {
        try (TestConnection connection = server.connect()) {
            return connection.exchange(method, target, body, fields);
        }
    }

    private TestConnection hoarder() throws IOException {
        TestConnection hoarder = server.connect();
        hoarders.add(hoarder);
        return hoarder;
    }

    /** A server that has closed the connection takes no more. */
    private static void trySend(TestConnection connection, String text) throws IOException {
        try {
            connection.send(text);
        } catch (SocketException e) {
            assertThat(e).hasMessageMatching("Broken pipe|Connection reset.*");
        }
    }

    @Test
    void headsOfRequestsThatAreNotAnsweredAreBoundedAndUsualRequestsSucceed() throws IOException {
        Budget heads = server.memory().heads();
        String large = requestText("GET", PARKED, "", "X-Large: " + "x".repeat(30_000));
        for (int i = 0; i < 100; i++) {
            trySend(hoarder(), large.repeat(64));
        }
        await().until(() -> heads.leftBytes() < 100_000);
        assertThat(heads.usedBytes()).isLessThanOrEqualTo(heads.bytesMax());
        honest("GET", "/health", "").is(200);
        honest("POST", SmallServer.ROOT + "quiet", "x", TEXT).is(204);
    }

    @Test
    void headsForWhichThereIsNoRoomAreRefusedAndTheirConnectionsClosed() throws IOException {
        Budget heads = server.memory().heads();
        heads.reserveAlways(heads.bytesMax());
        try (TestConnection connection = server.connect()) {
            Answer answer = connection.exchange("GET", "/health", "", "X-Large: " + "x".repeat(30_000));
            answer.isError(503, "overloaded");
            assertThat(answer.field("retry-after")).isNotNull();
            connection.assertEnds();
        } finally {
            heads.release(heads.bytesMax());
        }
    }

    @Test
    void oneConnectionHasAShareOfTheHeadsAndGoesOnWhenItIsAnswered() throws IOException {
        Budget heads = server.memory().heads();
        TestConnection hoarder = hoarder();
        hoarder.send(
                requestText("GET", PARKED, "", "X-Large: " + "x".repeat(30_000)).repeat(64));
        await().until(() -> heads.usedBytes() > 30_000);
        honest("POST", SmallServer.ROOT + "quiet", "x", TEXT).is(204);
        hoarder.receive().is(200);
        assertThat(heads.usedBytes()).isLessThanOrEqualTo(heads.bytesMax() / 32 + 2 * 40_000);
        honest("GET", "/health", "").is(200);
    }

    @Test
    void aPollBeginsInItsTurnSoThatAConnectionHoldsOneAnswer() throws IOException {
        TestConnection hoarder = hoarder();
        String poll = requestText("GET", SmallServer.ROOT + "large?offset=-1&live=long-poll", "");
        hoarder.send(requestText("GET", PARKED, "") + poll.repeat(63));
        honest("GET", "/health", "").is(200);
        assertThat(server.reads().usedBytes() + server.reads().pinnedBytes()).isZero();
        assertThat(server.memory().unsent().usedBytes()).isZero();
        honest("POST", SmallServer.ROOT + "quiet", "now", TEXT).is(204);
        assertThat(hoarder.receive().is(200).text()).isEqualTo("now");
        for (int i = 0; i < 63; i++) {
            assertThat(hoarder.receive().is(200).text()).hasSize(1_000_000);
        }
    }

    @Test
    void answersThatWaitForTheirTurnAreBoundedAndSoAreThoseThatNobodyTakes() throws IOException {
        Budget unsent = server.memory().unsent();
        String small = requestText("GET", SmallServer.ROOT + "small", "");
        for (int i = 0; i < 50; i++) {
            trySend(hoarder(), requestText("GET", PARKED, "") + small.repeat(63));
            trySend(hoarder(), small.repeat(60));
            assertThat(unsent.usedBytes()).isLessThanOrEqualTo(unsent.bytesMax());
        }
        await().until(() -> unsent.leftBytes() < unsent.bytesMax() / 2);
        honest("GET", "/health", "").is(200);
        honest("GET", SmallServer.ROOT + "small", "").is(200);
    }

    @Test
    void aClientThatReadsAfterAWhileGetsAllOfItsAnswers() throws IOException {
        TestConnection hoarder = hoarder();
        hoarder.send(requestText("GET", SmallServer.ROOT + "small", "").repeat(200));
        await().until(() -> server.memory().unsent().usedBytes() > 0);
        for (int i = 0; i < 200; i++) {
            hoarder.receive().is(200);
        }
        await().until(() -> server.memory().unsent().usedBytes() == 0);
    }

    @Test
    void answersToPollsThatNobodyTakesLeaveWritersTheirMemory() throws IOException {
        for (int i = 0; i < 100; i++) {
            TestConnection hoarder = hoarder();
            hoarder.send(requestText("GET", SmallServer.ROOT + "quiet?offset=now&live=long-poll", ""));
            honest("GET", "/health", "").is(200);
            honest("POST", SmallServer.ROOT + "quiet", "q".repeat(300_000), TEXT)
                    .is(204);
        }
        long streams = server.memory().plan().journalBytes();
        assertThat(server.reads().pinnedBytes()).isLessThanOrEqualTo(streams / 4);
        assertThat(server.reads().usedBytes())
                .isLessThanOrEqualTo(server.memory().plan().readBytes());
    }

    @Test
    void aConnectionCompressesAndReadsOneAnswerAtATime() throws IOException {
        byte[] noise = new byte[750_000];
        new Random(1).nextBytes(noise);
        honest("PUT", SmallServer.ROOT + "noise", Base64.getEncoder().encodeToString(noise), TEXT)
                .is(201);
        String compressed = requestText("GET", SmallServer.ROOT + "noise", "", "Accept-Encoding: gzip");
        hoarder().send(compressed.repeat(64));
        await().until(() -> server.memory().compression().usedBytes() > 0);
        Answer answer = honest("GET", SmallServer.ROOT + "noise", "", "Accept-Encoding: gzip");
        assertThat(answer.is(200).field("content-encoding")).isEqualTo("gzip");
        await().until(() -> server.memory().compression().usedBytes() == GzipBody.RESERVED_BYTES);
        for (int i = 0; i < 10; i++) {
            hoarder().send(requestText("GET", SmallServer.ROOT + "noise", "").repeat(64));
        }
        honest("GET", SmallServer.ROOT + "noise", "").is(200);
        assertThat(server.reads().usedBytes()).isLessThan(server.memory().plan().readBytes() / 2);
    }

    @Test
    void asManyConnectionsAreTakenAsThereIsHeapFor() throws IOException {
        assertThat(server.http().connectionsMax()).isEqualTo((MIB << 20) / 8 / (5 << 10));
    }
}
