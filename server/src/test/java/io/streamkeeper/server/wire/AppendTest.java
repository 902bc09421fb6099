package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.BINARY;
import static io.streamkeeper.server.wire.TestServer.JSON;
import static io.streamkeeper.server.wire.TestServer.TEXT;
import static io.streamkeeper.server.wire.TestServer.path;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AppendTest {
    @RegisterExtension
    static final TestServer SERVER = new TestServer(TestServer.config());

    @Test
    void offsetsGrowAndSortAsTheyGrow() {
        String path = SERVER.create(TEXT, "");
        String last = SERVER.head(path).nextOffset();
        for (int i = 0; i < 12; i++) {
            String next = SERVER.append(path, "x".repeat(i + 1));
            assertThat(next).isGreaterThan(last);
            last = next;
        }
        assertThat(SERVER.head(path).nextOffset()).isEqualTo(last);
    }

    @Test
    void anAppendIsReadBack() {
        String path = SERVER.create(TEXT, "a");
        SERVER.append(path, "b");
        SERVER.append(path, "c");

        assertThat(SERVER.get(path).text()).isEqualTo("abc");
    }

    @Test
    void anAppendToNothingIsNotFound() {
        SERVER.post(path(), "a", TEXT).isError(404, "stream_not_found");
    }

    @Test
    void anotherTypeIsAConflict() {
        String path = SERVER.create(TEXT, "");

        SERVER.post(path, "{}", JSON).isError(409, "content_type_mismatch");
    }

    @Test
    void theTypeIsComparedWithoutCase() {
        String path = SERVER.create(TEXT, "");

        SERVER.post(path, "a", "Content-Type: Text/PLAIN").is(204);
    }

    @Test
    void aBodyWithoutATypeIsRefused() {
        String path = SERVER.create(TEXT, "");

        SERVER.post(path, "a").isError(400, "missing_content_type");
    }

    @Test
    void anEmptyBodyIsRefused() {
        String path = SERVER.create(TEXT, "");

        SERVER.post(path, "", TEXT).isError(400, "empty_body");
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "yes", "1"})
    void closureByAnyOtherWordIsNone(String word) {
        String path = SERVER.create(TEXT, "");

        assertThat(SERVER.post(path, "a", TEXT, "Stream-Closed: " + word)
                        .is(204)
                        .isClosed())
                .isFalse();
        SERVER.append(path, "b");
    }

    @Test
    void closingAloneIsRepeatable() {
        String path = SERVER.create(TEXT, "a");
        String tail = SERVER.head(path).nextOffset();

        for (int i = 0; i < 2; i++) {
            Answer closed = SERVER.post(path, "", "Stream-Closed: true").is(204);
            assertThat(closed.isClosed()).isTrue();
            assertThat(closed.nextOffset()).isEqualTo(tail);
        }
        assertThat(SERVER.head(path).isClosed()).isTrue();
    }

    @Test
    void closingAloneDoesNotLookAtTheType() {
        String path = SERVER.create(TEXT, "a");

        SERVER.post(path, "", JSON, "Stream-Closed: true").is(204);
    }

    @Test
    void theLastAppendMayClose() {
        String path = SERVER.create(TEXT, "a");

        Answer last = SERVER.post(path, "b", TEXT, "Stream-Closed: true").is(204);

        assertThat(last.isClosed()).isTrue();
        Answer read = SERVER.get(path);
        assertThat(read.text()).isEqualTo("ab");
        assertThat(read.isClosed()).isTrue();
    }

    @Test
    void aClosedStreamTellsItsEndToWhoAppends() {
        String path = SERVER.create(TEXT, "a");
        SERVER.closeStream(path);
        String tail = SERVER.head(path).nextOffset();

        Answer refused = SERVER.post(path, "b", TEXT).isError(409, "stream_closed");
        assertThat(refused.isClosed()).isTrue();
        assertThat(refused.nextOffset()).isEqualTo(tail);
        SERVER.post(path, "b", TEXT, "Stream-Closed: true").isError(409, "stream_closed");
    }

    @Test
    void closureComesBeforeEveryOtherConflict() {
        String path = SERVER.create(TEXT, "");
        SERVER.post(path, "a", TEXT, "Stream-Seq: b", "Stream-Closed: true").is(204);

        SERVER.post(path, "{}", JSON, "Stream-Seq: a").isError(409, "stream_closed");
    }

    @Test
    void theTypeComesBeforeTheSequence() {
        String path = SERVER.create(TEXT, "");
        SERVER.post(path, "a", TEXT, "Stream-Seq: b").is(204);

        SERVER.post(path, "{}", JSON, "Stream-Seq: a").isError(409, "content_type_mismatch");
    }

    @Test
    void theSequenceGrowsByItsBytes() {
        String path = SERVER.create(TEXT, "");
        SERVER.post(path, "1", TEXT, "Stream-Seq: 10").is(204);
        SERVER.post(path, "2", TEXT, "Stream-Seq: 2").is(204);
        SERVER.post(path, "x", TEXT, "Stream-Seq: 2").isError(409, "sequence_regression");
        SERVER.post(path, "x", TEXT, "Stream-Seq: 11").isError(409, "sequence_regression");
        SERVER.post(path, "3", TEXT, "Stream-Seq: a").is(204);
        SERVER.post(path, "x", TEXT, "Stream-Seq: Z").isError(409, "sequence_regression");
        SERVER.post(path, "4", TEXT).is(204);

        assertThat(SERVER.get(path).text()).isEqualTo("1234");
    }

    @Test
    void bytesOfAnyValueAreKept() throws IOException {
        String path = SERVER.create(BINARY, "");
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        try (TestConnection connection = SERVER.connect()) {
            connection.send(
                    "POST " + path + " HTTP/1.1\r\nHost: test\r\n" + BINARY + "\r\nContent-Length: 256\r\n\r\n");
            connection.send(all);
            connection.receive().is(204);
        }
        assertThat(SERVER.get(path).body()).isEqualTo(all);
    }

    @Test
    void aDeletedStreamTakesNothing() {
        String path = SERVER.create(TEXT, "a");
        SERVER.delete(path).is(204);

        SERVER.post(path, "b", TEXT).isError(404, "stream_not_found");
        SERVER.delete(path).isError(404, "stream_not_found");
    }
}
