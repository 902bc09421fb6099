package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.JSON;
import static io.streamkeeper.server.wire.TestServer.path;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.OffsetField;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Offsets in the messages of the state protocol, with {@code --state-offsets}. */
class StateOffsetsTest {
    private static final int BODY_BYTES_MAX = 1 << 20;

    @RegisterExtension
    static final TestServer SERVER = new TestServer(TestServer.config(
            config -> config.data(data -> data.stateOffsets(true)).http(http -> http.bodyBytesMax(BODY_BYTES_MAX))));

    private final String path = SERVER.create(JSON, "");

    private String text() {
        return text("");
    }

    private String text(String query) {
        return SERVER.get(path + query).is(200).text();
    }

    private static String change(String key, String offset) {
        return "{\"type\":\"user\",\"key\":\"" + key
                + "\",\"value\":12345678901234567890,\"headers\":{\"operation\":\"insert\""
                + (offset.isEmpty() ? "" : ",\"offset\":\"" + offset + "\"") + "}}";
    }

    @Test
    void aStateMessageHasTheOffsetAfterIt() {
        SERVER.appendJson(path, change("a", ""));
        String first = SERVER.head(path).nextOffset();
        SERVER.appendJson(path, change("b", ""));
        String second = SERVER.head(path).nextOffset();

        assertThat(text()).isEqualTo("[" + change("a", first) + "," + change("b", second) + "]");
        assertThat(text("?offset=" + first)).isEqualTo("[" + change("b", second) + "]");
    }

    @Test
    void eachMessageOfABatchHasItsOwnAndReadingContinuesThere() {
        SERVER.appendJson(path, " [ " + change("a", "") + ", 7 ,\n" + change("b", "") + "]");
        String tail = SERVER.head(path).nextOffset();

        String[] parts = text().split("\"offset\":\"", -1);
        String first = parts[1].substring(0, tail.length());
        assertThat(text()).isEqualTo("[" + change("a", first) + ",7," + change("b", tail) + "]");
        assertThat(text("?offset=" + first)).isEqualTo("[7," + change("b", tail) + "]");
    }

    @Test
    void otherMessagesAndOffsetsThatAClientSentAreKept() {
        String sent =
                "{\"headers\":{\"operation\":1}},{\"headers\":{\"control\":\"reset\",\"offset\":\"1_2\"}},[1e400]";
        SERVER.appendJson(path, "[" + sent + "]");

        assertThat(text()).isEqualTo("[" + sent + "]");
    }

    @Test
    void aStreamOfBytesIsNotChanged() {
        String bytes = SERVER.create("Content-Type: text/plain", change("a", ""));

        assertThat(SERVER.get(bytes).text()).isEqualTo(change("a", ""));
    }

    @Test
    void theFirstMessagesHaveOffsetsToo() {
        String created = SERVER.create(JSON, change("a", ""));

        assertThat(SERVER.get(created).text())
                .isEqualTo("[" + change("a", SERVER.head(created).nextOffset()) + "]");
    }

    @Test
    void aRetryStoresNothingAndChangesNoOffset() {
        String[] fields = {JSON, "Producer-Id: p", "Producer-Epoch: 0", "Producer-Seq: 0"};
        SERVER.post(path, change("a", ""), fields).is(200);
        String before = text();
        SERVER.appendJson(path, "1");

        SERVER.post(path, change("a", ""), fields).is(204);

        assertThat(text()).isEqualTo(before.replace("]", ",1]"));
    }

    @Test
    void aForkInheritsOffsetsAndContinuesWithItsOwn() {
        SERVER.appendJson(path, change("a", ""));
        String inherited = SERVER.head(path).nextOffset();
        String fork = path();
        SERVER.put(fork, change("b", ""), "Stream-Forked-From: " + path).is(201);
        String own = SERVER.head(fork).nextOffset();

        assertThat(SERVER.get(fork).text()).isEqualTo("[" + change("a", inherited) + "," + change("b", own) + "]");
        assertThat(SERVER.get(fork + "?offset=" + inherited).text()).isEqualTo("[" + change("b", own) + "]");
    }

    @Test
    void eventsHaveTheSameMessages() {
        SERVER.appendJson(path, change("a", ""));
        SERVER.post(path, "", "Stream-Closed: true").is(204);

        assertThat(SERVER.get(path + "?offset=-1&live=sse").text())
                .contains("data:[" + change("a", SERVER.head(path).nextOffset()) + "]");
    }

    @Test
    void aLongBatchIsStoredWithAllItsOffsets() {
        int count = 4_000;
        String batch = ",".concat(change("k", "")).repeat(count);
        SERVER.appendJson(path, "[" + batch.substring(1) + "]");
        String tail = SERVER.head(path).nextOffset();

        String stored = text();
        assertThat(stored.length()).isEqualTo(batch.length() + 1 + count * OffsetField.BYTES);
        assertThat(stored).endsWith(change("k", tail) + "]");
    }

    @Test
    void whatIsTooLongWithOffsetsIsRefusedAndLeavesNothing() {
        String batch = ",{\"headers\":{\"control\":\"c\"}}".repeat(BODY_BYTES_MAX / 30);

        SERVER.post(path, "[" + batch.substring(1) + "]", JSON).isError(413, "body_too_large");

        assertThat(text()).isEqualTo("[]");
    }
}
