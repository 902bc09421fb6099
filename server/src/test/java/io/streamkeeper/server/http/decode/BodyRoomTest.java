package io.streamkeeper.server.http.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.server.config.HttpLimits;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.storage.memory.MemoryLedger;
import io.streamkeeper.storage.memory.MemoryPlan;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Bodies of many connections share one bound, and each that was admitted can complete (I7). */
class BodyRoomTest {
    private static final int KIB = 1 << 10;

    /** Bodies have 2 MiB, and 1 MiB to complete. */
    private final MemoryLedger memory = new MemoryLedger(MemoryPlan.ofFiles(16L << 20, 16L << 20, 16L << 20));

    private final HttpLimits limits = ServerConfig.builder()
            .http(http -> http.bodyBytesMax(KIB * KIB))
            .build()
            .http();
    private final List<DecodingConnection> connections = new ArrayList<>();

    private DecodingConnection connection() {
        DecodingConnection connection = new DecodingConnection(limits, memory, false);
        connections.add(connection);
        return connection;
    }

    private static String head(int length) {
        return "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + "\r\n\r\n";
    }

    private long usedBytes() {
        return memory.bodies().usedBytes() + memory.completion().usedBytes();
    }

    private void runTasks() {
        connections.forEach(connection -> connection.channel().runPendingTasks());
    }

    private void closeAll() {
        connections.forEach(DecodingConnection::close);
        runTasks();
        DecodingConnection.assertNothingIsReserved(memory);
    }

    @Test
    void slowBodiesHoldWhatTheySentAndNotWhatTheyAnnounced() {
        for (int i = 0; i < 100; i++) {
            DecodingConnection slow = connection();
            slow.send(head(KIB * KIB));
            slow.send("x".repeat(1_000));
        }
        assertThat(usedBytes()).isLessThanOrEqualTo(100 * 16 * KIB);
        DecodingConnection honest = connection();
        honest.send(head(100 * KIB));
        honest.send("y".repeat(50 * KIB));
        honest.send("y".repeat(50 * KIB));
        assertThat(honest.events()).hasSize(1);
        closeAll();
    }

    @Test
    void bodiesOfAllConnectionsTogetherNeverPassTheBoundAndAllComplete() {
        for (int i = 0; i < 12; i++) {
            connection();
        }
        for (DecodingConnection connection : connections) {
            connection.send(head(600 * KIB));
        }
        int[] sent = new int[connections.size()];
        List<String> answers = new ArrayList<>();
        boolean more = true;
        while (more) {
            more = false;
            for (int i = 0; i < sent.length; i++) {
                DecodingConnection connection = connections.get(i);
                if (sent[i] < 600 && connection.channel().config().isAutoRead()) {
                    connection.send("x".repeat(20 * KIB));
                    sent[i] += 20;
                    more = true;
                }
                assertThat(usedBytes()).isLessThanOrEqualTo(3 * KIB * KIB);
                answers.addAll(connection.events());
                runTasks();
                if (!connection.channel().config().isAutoRead()
                        && !connection.decoder().awaitsRoom()) {
                    connection.channel().config().setAutoRead(true);
                }
                more |= sent[i] < 600;
            }
        }
        for (int round = 0; round < sent.length; round++) {
            for (DecodingConnection connection : connections) {
                runTasks();
                answers.addAll(connection.events());
            }
        }
        assertThat(answers).hasSize(12).allMatch(answer -> answer.startsWith("POST|"));
        assertThat(usedBytes()).isZero();
        closeAll();
    }

    @Test
    void aBodyForWhichThereIsNoRoomIsRefusedBeforeAByteOfItIsKept() {
        fill();
        DecodingConnection late = connection();
        long before = usedBytes();
        late.send("POST /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1048576\r\n\r\n");
        assertThat(late.refusal().code()).isEqualTo(ErrorCode.OVERLOADED);
        assertThat(usedBytes()).isEqualTo(before);
        closeAll();
    }

    /** Fills the room with bodies that do not end; returns how many. */
    private int fill() {
        int bodies = 0;
        while (memory.bodies().leftBytes() >= 16 * KIB || memory.completion().leftBytes() >= KIB * KIB) {
            DecodingConnection slow = connection();
            slow.send(head(KIB * KIB));
            slow.send("x".repeat(500 * KIB));
            bodies++;
        }
        return bodies;
    }

    @Test
    void aBodyThatWaitsIsNotBlamedAndGoesOnWhenAnotherIsGone() {
        fill();
        DecodingConnection waiting = connections.stream()
                .filter(connection -> connection.decoder().awaitsRoom())
                .findFirst()
                .orElseGet(this::oneThatWaits);
        assertThat(waiting.channel().config().isAutoRead()).isFalse();
        waiting.passMillis(60_000);
        assertThat(waiting.events()).isEmpty();
        for (DecodingConnection connection : List.copyOf(connections)) {
            if (!connection.decoder().awaitsRoom()) {
                connection.close();
                connections.remove(connection);
            }
        }
        runTasks();
        assertThat(waiting.decoder().awaitsRoom()).isFalse();
        closeAll();
    }

    private DecodingConnection oneThatWaits() {
        for (DecodingConnection connection : connections) {
            for (int i = 0; i < 40 && !connection.decoder().awaitsRoom(); i++) {
                connection.send("x".repeat(10 * KIB));
            }
            if (connection.decoder().awaitsRoom()) {
                return connection;
            }
        }
        throw new AssertionError("no body waits");
    }

    @Test
    void aSlowBodyIsLeftAloneUntilOthersNeedItsMemory() {
        DecodingConnection slow = connection();
        slow.send(head(KIB * KIB));
        slow.send("x".repeat(500 * KIB));
        for (int i = 0; i < 10; i++) {
            slow.passMillis(9_000);
            slow.send("x");
        }
        assertThat(slow.events()).isEmpty();
        memory.bodies().await(memory.bodies().bytesMax(), () -> {});
        slow.send("x");
        slow.passMillis(1_000);
        assertThat(slow.events())
                .hasSize(1)
                .first()
                .asString()
                .startsWith("408 the request's body arrived at less than 16384 bytes a second");
        memory.bodies().release(memory.bodies().bytesMax());
        closeAll();
    }

    @Test
    void aLimitThatMayNeverCompleteIsRefusedAtTheStart() {
        assertThatThrownBy(() -> new BodyRoom(memory, KIB * KIB + 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("max-body is 1048577");
    }

    @Test
    void whatWaitsUntilARequestMayBeginIsReservedAndNoMoreIsRead() {
        DecodingConnection connection = connection();
        connection.allow(1);
        connection.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(connection.channel().config().isAutoRead()).isFalse();
        assertThat(memory.received().usedBytes()).isPositive();
        connection.allow(1);
        connection.decoder().resume();
        assertThat(memory.received().usedBytes()).isZero();
        assertThat(connection.events()).hasSize(2);
        closeAll();
    }
}
