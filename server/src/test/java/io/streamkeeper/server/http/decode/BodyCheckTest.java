package io.streamkeeper.server.http.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.http.request.BodyCheck;
import io.streamkeeper.server.http.request.ContinueExpected;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are refused by their heads, and what happens to their bodies. */
class BodyCheckTest {
    private static final BodyCheck.Verdict REFUSED =
            BodyCheck.Verdict.refused(Refusal.of(ErrorCode.UNAUTHENTICATED, "no credentials"));

    private static final String HEAD = "POST /a HTTP/1.1\r\nhost: h\r\n";
    private static final String NEXT = "GET /next HTTP/1.1\r\nhost: h\r\n\r\n";
    private static final String NEXT_EVENT = "GET|GET|/next|null|host=h|keep|";

    @Test
    void theAnswerComesBeforeTheBodyAndNothingOfTheBodyIsStored() {
        try (DecodingConnection connection = new DecodingConnection()) {
            connection.check(REFUSED);
            connection.send(HEAD + "content-length: 100000\r\n\r\n");
            assertThat(connection.events()).containsExactly("refused UNAUTHENTICATED");

            for (int i = 0; i < 10; i++) {
                connection.send("x".repeat(10_000));
                DecodingConnection.assertNothingIsReserved(connection.memory());
            }
            assertThat(connection.events()).isEmpty();
            connection.send(NEXT);
            assertThat(connection.events()).containsExactly(NEXT_EVENT);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 50, 71, 1000})
    void aDiscardedBodyEndsWhereTheNextRequestBegins(int size) {
        try (DecodingConnection connection = new DecodingConnection()) {
            connection.check(REFUSED);
            String body = "GET /smuggled HTTP/1.1\r\nhost: h\r\n\r\n";
            connection.sendPieces(HEAD + "content-length: " + body.length() + "\r\n\r\n" + body + NEXT, size);
            List<String> events = connection.events();
            // A body that comes together with its head is decided about as a whole.
            assertThat(events.get(0)).startsWith(size < 1000 ? "refused UNAUTHENTICATED" : "POST|POST|/a|");
            assertThat(events.subList(1, events.size())).containsExactly(NEXT_EVENT);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "content-length: 10\r\nexpect: 100-continue",
                "content-length: 1048577",
                "transfer-encoding: chunked",
                "transfer-encoding: chunked\r\nexpect: 100-continue",
                "content-length: 10\r\nconnection: close"
            })
    void theConnectionEndsIfTheEndOfTheBodyIsNotKnownOrFar(String fields) {
        try (DecodingConnection connection = new DecodingConnection()) {
            connection.check(REFUSED);
            connection.send(HEAD + fields + "\r\n\r\n");
            assertThat(connection.events()).containsExactly("refused UNAUTHENTICATED and closes");
            connection.send("x".repeat(10) + NEXT);
            assertThat(connection.events()).isEmpty();
        }
    }

    @Test
    void aBodyWaitsForADecisionThatComesLater() {
        try (DecodingConnection connection = new DecodingConnection()) {
            connection.check(BodyCheck.Verdict.LATER);
            connection.send(HEAD + "content-length: 10\r\n\r\nabc");
            assertThat(connection.events()).isEmpty();
            assertThat(connection.decoder().awaitsRoom()).isTrue();
            assertThat(connection.decoder().isInside()).isTrue();
            assertThat(connection.channel().config().isAutoRead()).isFalse();
            connection.passMillis(100_000);
            connection.decoder().resume();
            connection.send("defg");
            assertThat(connection.events()).isEmpty();

            connection.decide(BodyCheck.Verdict.LATER);
            assertThat(connection.decoder().awaitsRoom()).isTrue();
            connection.decide(BodyCheck.Verdict.ARRIVES);
            assertThat(connection.decoder().awaitsRoom()).isFalse();
            connection.send("hij" + NEXT);

            assertThat(connection.events())
                    .containsExactly("POST|POST|/a|null|host=h;content-length=10|keep|abcdefghij", NEXT_EVENT);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "abc", "abcdefghij", "abcdefghij" + NEXT})
    void aRefusalThatComesLaterDiscardsWhatHasArrived(String arrived) {
        try (DecodingConnection connection = new DecodingConnection()) {
            connection.check(BodyCheck.Verdict.LATER);
            connection.send(HEAD + "content-length: 10\r\n\r\n");
            connection.send(arrived);

            connection.decide(REFUSED);
            connection.send(("abcdefghij" + NEXT).substring(arrived.length()));

            assertThat(connection.events()).containsExactly("refused UNAUTHENTICATED", NEXT_EVENT);
        }
    }

    @Test
    void aClientThatExpectsContinueGetsItAfterTheDecision() {
        try (DecodingConnection connection = new DecodingConnection()) {
            connection.check(BodyCheck.Verdict.LATER);
            connection.send(HEAD + "content-length: 3\r\nexpect: 100-continue\r\n\r\n");
            assertThat(connection.events()).isEmpty();

            connection.decide(BodyCheck.Verdict.ARRIVES);
            assertThat(connection.events()).containsExactly(ContinueExpected.INSTANCE.toString());
            connection.send("abc");
            assertThat(connection.events()).hasSize(1);
        }
    }

    @Test
    void aDecisionAfterTheEndOfTheConnectionHasNoEffect() {
        DecodingConnection connection = new DecodingConnection();
        connection.check(BodyCheck.Verdict.LATER);
        connection.send(HEAD + "content-length: 10\r\n\r\nabc");
        connection.close();

        connection.decide(BodyCheck.Verdict.ARRIVES);
        assertThat(connection.events()).isEmpty();
    }

    @Test
    void aDiscardedBodyThatStallsEndsTheConnection() {
        try (DecodingConnection connection = new DecodingConnection()) {
            connection.check(REFUSED);
            connection.send(HEAD + "content-length: 10\r\n\r\nabc");
            connection.events();
            connection.passMillis(DecodingConnection.LIMITS.bodyStallTimeoutMillis() + 1_000);
            assertThat(connection.events()).isEmpty();
            assertThat(connection.channel().isOpen()).isFalse();
        }
    }
}
