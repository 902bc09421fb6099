package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.JSON;
import static io.streamkeeper.server.wire.TestServer.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProducerTest {
    private static final long NUMBER_MAX = 9_007_199_254_740_991L;

    @RegisterExtension
    static final TestServer SERVER = new TestServer(TestServer.config());

    private final String path = SERVER.create(TEXT, "");

    private Answer append(String body, String id, long epoch, long seq) {
        return SERVER.post(path, body, fields(id, epoch, seq));
    }

    private static String[] fields(String id, long epoch, long seq) {
        return new String[] {TEXT, "Producer-Id: " + id, "Producer-Epoch: " + epoch, "Producer-Seq: " + seq};
    }

    private Answer close(String body, String id, long epoch, long seq) {
        return SERVER.post(
                path,
                body,
                TEXT,
                "Producer-Id: " + id,
                "Producer-Epoch: " + epoch,
                "Producer-Seq: " + seq,
                "Stream-Closed: true");
    }

    private static void assertTells(Answer answer, long epoch, long seq) {
        assertThat(answer.field("Producer-Epoch")).isEqualTo(Long.toString(epoch));
        assertThat(answer.field("Producer-Seq")).isEqualTo(Long.toString(seq));
    }

    @Test
    void aNewRequestIsTakenAndEchoed() {
        assertTells(append("a", "p", 0, 0).is(200), 0, 0);
        assertTells(append("b", "p", 0, 1).is(200), 0, 1);

        assertThat(SERVER.get(path).text()).isEqualTo("ab");
    }

    @Test
    void aRepeatedRequestIsToldTheHighestAndChangesNothing() {
        append("a", "p", 0, 0).is(200);
        String tail = append("b", "p", 0, 1).is(200).nextOffset();

        Answer repeated = append("a", "p", 0, 0).is(204);

        assertTells(repeated, 0, 1);
        assertThat(repeated.nextOffset()).isEqualTo(tail);
        assertThat(SERVER.get(path).text()).isEqualTo("ab");
    }

    @Test
    void aGapIsToldWithBothEnds() {
        append("a", "p", 0, 0).is(200);

        Answer refused = append("c", "p", 0, 2).isError(409, "producer_sequence_gap");

        assertThat(refused.field("Producer-Expected-Seq")).isEqualTo("1");
        assertThat(refused.field("Producer-Received-Seq")).isEqualTo("2");
        append("b", "p", 0, 1).is(200);
    }

    @Test
    void aProducerBeginsAtZero() {
        Answer refused = append("a", "p", 0, 1).isError(409, "producer_sequence_gap");

        assertThat(refused.field("Producer-Expected-Seq")).isEqualTo("0");
    }

    @Test
    void aNewEpochFencesTheOneBefore() {
        append("a", "p", 0, 0).is(200);
        append("b", "p", 1, 0).is(200);

        Answer fenced = append("x", "p", 0, 1).isError(403, "stale_producer_epoch");

        assertThat(fenced.field("Producer-Epoch")).isEqualTo("1");
        assertThat(SERVER.get(path).text()).isEqualTo("ab");
    }

    @Test
    void aNewEpochBeginsAtZero() {
        append("a", "p", 0, 0).is(200);

        append("b", "p", 1, 1).isError(400, "invalid_producer");
    }

    @Test
    void aFreshProducerClaimsItsNameByTheEpochThatItIsTold() {
        append("a", "p", 5, 0).is(200);

        Answer fenced = append("b", "p", 0, 0).is(403);
        long epoch = Long.parseLong(fenced.field("Producer-Epoch")) + 1;

        assertTells(append("b", "p", epoch, 0).is(200), 6, 0);
    }

    @Test
    void producersDoNotMeet() {
        append("a", "p", 3, 0).is(200);
        append("b", "q", 0, 0).is(200);
        append("c", "p", 3, 1).is(200);
        append("b", "q", 0, 0).is(204);

        assertThat(SERVER.get(path).text()).isEqualTo("abc");
    }

    @Test
    void theThreeFieldsGoTogether() {
        SERVER.post(path, "a", TEXT, "Producer-Id: p").isError(400, "invalid_producer");
        SERVER.post(path, "a", TEXT, "Producer-Epoch: 0", "Producer-Seq: 0").isError(400, "invalid_producer");
        SERVER.post(path, "a", TEXT, "Producer-Id: p", "Producer-Seq: 0").isError(400, "invalid_producer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1.5", "x", "9007199254740992", "99999999999999999999"})
    void aNumberThatIsNotASmallIntegerIsRefused(String number) {
        SERVER.post(path, "a", TEXT, "Producer-Id: p", "Producer-Epoch: " + number, "Producer-Seq: 0")
                .isError(400, "invalid_producer");
        SERVER.post(path, "a", TEXT, "Producer-Id: p", "Producer-Epoch: 0", "Producer-Seq: " + number)
                .isError(400, "invalid_producer");
    }

    @Test
    void theLargestNumberIsTaken() {
        assertTells(append("a", "p", NUMBER_MAX, 0).is(200), NUMBER_MAX, 0);
    }

    @Test
    void theAppendThatClosedIsRecognizedAgain() {
        append("a", "p", 0, 0).is(200);
        assertThat(close("b", "p", 0, 1).is(200).isClosed()).isTrue();

        Answer again = close("b", "p", 0, 1).is(204);

        assertThat(again.isClosed()).isTrue();
        assertTells(again, 0, 1);
        assertThat(SERVER.get(path).text()).isEqualTo("ab");
    }

    @Test
    void anyOtherAppendToAClosedStreamIsAConflict() {
        append("a", "p", 0, 0).is(200);
        close("b", "p", 0, 1).is(200);

        assertThat(append("a", "p", 0, 0).isError(409, "stream_closed").isClosed())
                .isTrue();
        append("c", "p", 0, 2).isError(409, "stream_closed");
        append("c", "q", 0, 0).isError(409, "stream_closed");
    }

    @Test
    void closingAloneByAProducerIsRepeatable() {
        assertThat(close("", "p", 0, 0).is(204).isClosed()).isTrue();
        assertThat(close("", "p", 0, 0).is(204).isClosed()).isTrue();
        close("", "p", 0, 1).isError(409, "stream_closed");
    }

    @Test
    void requestsThatFollowEachOtherWithoutWaitingAreTakenInOrder() throws IOException {
        try (TestConnection connection = SERVER.connect()) {
            StringBuilder all = new StringBuilder();
            for (int seq = 0; seq < 200; seq++) {
                all.append(TestConnection.requestText("POST", path, "x", fields("p", 0, seq)));
            }
            connection.send(all.toString());
            for (int seq = 0; seq < 200; seq++) {
                assertTells(connection.receive().is(200), 0, seq);
            }
        }
    }

    @Test
    void aRefusedBodyDoesNotUseUpItsNumber() {
        String json = SERVER.create(JSON, "");
        String[] first = fields("p", 0, 0);
        first[0] = JSON;
        SERVER.post(json, "{", first).isError(400, "invalid_json");

        SERVER.post(json, "{}", first).is(200);
    }

    private static TestServer remembering(int producers, long keptMillis) throws IOException {
        return TestServer.started(TestServer.config(config -> config.data(
                data -> data.producers(limits -> limits.producersMax(producers).keptMillis(keptMillis)))));
    }

    @Test
    void moreProducersThanAreRememberedMayWriteOneAfterTheOther() throws IOException {
        try (TestServer server = remembering(10, 0)) {
            String target = server.create(TEXT, "");
            for (int i = 0; i < 100; i++) {
                server.post(target, "x", fields("p" + i, 0, 0)).is(200);
            }
            server.restart();

            server.post(target, "x", fields("p99", 0, 0)).is(204);
            server.post(target, "x", fields("p90", 0, 0)).is(204);
            server.post(target, "x", fields("p89", 0, 1)).isError(409, "producer_sequence_gap");
            server.post(target, "x", fields("p89", 1, 0)).is(200);
            assertThat(server.get(target).body()).hasSize(101);
        }
    }

    @Test
    void aProducerThatWroteOfLateIsNotForgottenForAnother() throws IOException {
        try (TestServer server = remembering(2, 3_600_000)) {
            String target = server.create(TEXT, "");
            server.post(target, "a", fields("p", 0, 0)).is(200);
            server.post(target, "b", fields("q", 0, 0)).is(200);

            Answer refused = server.post(target, "c", fields("r", 0, 0)).isError(422, "too_many_producers");

            assertThat(refused.field("Retry-After")).isNull();
            server.post(target, "a", fields("p", 0, 0)).is(204);
            server.post(target, "c", fields("q", 1, 0)).is(200);
            assertThat(server.get(target).text()).isEqualTo("abc");
        }
    }
}
