package io.streamkeeper.server.http.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.limit.LimitRefusal;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are refused by their heads, before their bodies are stored. */
class RefusedBodyTest {
    private static final LimitRefusal REFUSAL =
            new LimitRefusal(Refusal.of(ErrorCode.RECEIVE_LIMIT, "too much"), 1, "", "");

    private static String head(String fields) {
        return "POST /v1/stream/a HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
    }

    @Test
    void aBodyIsDiscardedAndTheNextRequestIsReadHoweverTheyAreSplit() {
        String body = "GET / HTTP/1.1\r\n\r\n".repeat(3);
        String head = head("Content-Length: " + body.length() + "\r\n");
        String text = head + body + "GET /next HTTP/1.1\r\nHost: a\r\n\r\n";
        for (int size = 1; size < text.length(); size++) {
            try (DecodingConnection connection = new DecodingConnection()) {
                connection.refuseBodies(REFUSAL);
                connection.sendPieces(text, size);

                List<String> events = connection.events();

                assertThat(events).as("in pieces of %d", size).hasSize(2);
                // A body that has arrived with its head is not stored by the decoder, and is refused later.
                boolean cameWithHead = head.length() + body.length() <= ((head.length() - 1) / size + 1) * size;
                assertThat(events.get(0).equals("refused RECEIVE_LIMIT"))
                        .as("in pieces of %d", size)
                        .isEqualTo(!cameWithHead);
                assertThat(events.get(1)).startsWith("GET|GET|/next");
            }
        }
    }

    @Test
    void aDiscardedBodyHoldsNoMemory() {
        try (DecodingConnection connection = new DecodingConnection()) {
            connection.refuseBodies(REFUSAL);
            connection.send(head("Content-Length: 100000\r\n"));
            assertThat(connection.events()).containsExactly("refused RECEIVE_LIMIT");
            for (int i = 0; i < 99; i++) {
                connection.send("x".repeat(1000));
                assertThat(connection.memory().bodies().usedBytes()).isZero();
            }
            assertThat(connection.decoder().isInside()).isTrue();
            connection.send("x".repeat(1000));
            assertThat(connection.events()).isEmpty();
            assertThat(connection.decoder().isInside()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 1048577\r\n",
                "Transfer-Encoding: chunked\r\n",
                "Content-Length: 10\r\nExpect: 100-continue\r\n"
            })
    void aBodyWhoseEndIsFarOrUnknownEndsTheConnectionAfterTheRefusal(String fields) {
        try (DecodingConnection connection = new DecodingConnection()) {
            connection.refuseBodies(REFUSAL);
            connection.send(head(fields));
            connection.send("GET /next HTTP/1.1\r\nHost: a\r\n\r\n");

            assertThat(connection.events()).containsExactly("refused RECEIVE_LIMIT and closes");
        }
    }

    @Test
    void aBodyThatIsDiscardedHasToArriveInTime() {
        try (DecodingConnection connection = new DecodingConnection()) {
            connection.refuseBodies(REFUSAL);
            connection.send(head("Content-Length: 100\r\n") + "x");
            connection.passMillis(DecodingConnection.LIMITS.bodyStallTimeoutMillis() + 1_000L);

            assertThat(connection.events()).containsExactly("refused RECEIVE_LIMIT");
            assertThat(connection.channel().isOpen()).isFalse();
        }
    }
}
