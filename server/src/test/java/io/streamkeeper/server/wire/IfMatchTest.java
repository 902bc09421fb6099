package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IfMatchTest {
    @RegisterExtension
    static final TestServer SERVER = new TestServer(TestServer.config());

    private final String path = SERVER.create(TEXT, "a");

    private static String ifMatch(String offset) {
        return "If-Match: \"" + offset + '"';
    }

    @Test
    void anAppendAtTheTailThatItNamesIsTaken() {
        String tail = SERVER.head(path).nextOffset();

        SERVER.post(path, "b", TEXT, ifMatch(tail)).is(204);
    }

    @Test
    void anAppendBehindAnotherIsToldTheTail() {
        String before = SERVER.head(path).nextOffset();
        String tail = SERVER.append(path, "b");

        Answer refused = SERVER.post(path, "c", TEXT, ifMatch(before)).isError(412, "offset_mismatch");

        assertThat(refused.nextOffset()).isEqualTo(tail);
        assertThat(SERVER.get(path).text()).isEqualTo("ab");
    }

    @Test
    void theTailOfAnEarlierStreamAtThePathIsNotThisOnes() {
        String before = SERVER.head(path).nextOffset();
        SERVER.delete(path).is(204);
        SERVER.createAt(path, TEXT, "a");

        SERVER.post(path, "b", TEXT, ifMatch(before)).isError(412, "offset_mismatch");
    }

    @Test
    void anyTailIsNamedByAnAsterisk() {
        SERVER.post(path, "b", TEXT, "If-Match: *").is(204);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0000000000000001_0000000000000000", "\"x", "", "\"a\" \"b\""})
    void whatIsNoListOfTagsIsRefused(String value) {
        SERVER.post(path, "b", TEXT, "If-Match: " + value).isError(400, "invalid_header");
        SERVER.put(path, "a", TEXT, "If-None-Match: " + value).isError(400, "invalid_header");
        SERVER.exchange("DELETE", path, "", "If-Match: " + value).isError(400, "invalid_header");
        SERVER.get(path, "If-Match: " + value).isError(400, "invalid_header");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"x\"", "\"\"", "\"a\", \"b\""})
    void aTagThatIsNotTheTailsIsRefused(String value) {
        SERVER.post(path, "b", TEXT, "If-Match: " + value).isError(412, "offset_mismatch");
    }

    @Test
    void aListMayNameTheTailAmongOthersInSeveralLines() {
        String tail = SERVER.head(path).nextOffset();

        SERVER.post(path, "b", TEXT, "If-Match: \"x\"", ifMatch(tail)).is(204);
    }

    @Test
    void aWeakTagIsNotTheSame() {
        SERVER.post(path, "b", TEXT, "If-Match: W/\"" + SERVER.head(path).nextOffset() + '"')
                .is(412);
    }

    @Test
    void aSequenceThatGoesBackIsToldBeforeTheTail() {
        SERVER.post(path, "b", TEXT, "Stream-Seq: 2").is(204);

        SERVER.post(path, "c", TEXT, "Stream-Seq: 1", "If-Match: \"x\"").isError(409, "sequence_regression");
    }

    @Test
    void aStreamMayBeClosedAtItsTailOnly() {
        String before = SERVER.head(path).nextOffset();
        String tail = SERVER.append(path, "b");

        SERVER.post(path, "", "Stream-Closed: true", ifMatch(before)).is(412);
        SERVER.post(path, "", "Stream-Closed: true", ifMatch(tail)).is(204);
    }

    @Test
    void closureComesBeforeTheTail() {
        String before = SERVER.head(path).nextOffset();
        SERVER.append(path, "b");
        SERVER.closeStream(path);

        SERVER.post(path, "c", TEXT, ifMatch(before)).isError(409, "stream_closed");
    }

    @Test
    void aRepeatedAppendIsRecognizedThoughItMovedTheTail() {
        String[] append = {
            TEXT, ifMatch(SERVER.head(path).nextOffset()), "Producer-Id: p", "Producer-Epoch: 0", "Producer-Seq: 0"
        };
        SERVER.post(path, "b", append).is(200);

        SERVER.post(path, "b", append).is(204);
    }

    @Test
    void ofManyAppendsAtOneTailExactlyOneIsTaken() throws IOException {
        String tail = SERVER.head(path).nextOffset();
        List<TestConnection> connections = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            connections.add(SERVER.connect());
        }
        for (TestConnection connection : connections) {
            connection.request("POST", path, "b", TEXT, ifMatch(tail));
        }
        List<Integer> statuses = new ArrayList<>();
        for (TestConnection connection : connections) {
            statuses.add(connection.receive().status());
            connection.close();
        }
        assertThat(statuses).containsOnlyOnce(204).containsOnly(204, 412);
        assertThat(SERVER.get(path).text()).isEqualTo("ab");
    }
}
