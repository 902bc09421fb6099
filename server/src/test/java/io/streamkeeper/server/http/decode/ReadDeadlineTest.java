package io.streamkeeper.server.http.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.server.config.HttpLimits;
import org.junit.jupiter.api.Test;

class ReadDeadlineTest {
    private static final HttpLimits LIMITS = new HttpLimits(64, 128, 100, 4, 1000, 2000, 3000);
    private static final String GET = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final String PUT_HEAD = "PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n";
    private static final String HEAD_LATE = "408 the request's head was incomplete after 1000 ms";
    private static final String BODY_LATE = "408 no byte of the request's body arrived within 2000 ms";

    private final DecodingConnection connection = new DecodingConnection(LIMITS);

    @Test
    void aConnectionThatSendsNothingTimesOut() {
        try (connection) {
            connection.passMillis(999);
            assertThat(connection.events()).isEmpty();
            connection.passMillis(1);
            assertThat(connection.events()).containsExactly(HEAD_LATE);
        }
    }

    @Test
    void theFirstHeadHasItsTimeFromConnecting() {
        try (connection) {
            connection.passMillis(900);
            connection.send("GET /a");
            connection.passMillis(99);
            assertThat(connection.events()).isEmpty();
            connection.passMillis(1);
            assertThat(connection.events()).containsExactly(HEAD_LATE);
        }
    }

    @Test
    void aLaterHeadHasItsTimeFromItsFirstByte() {
        try (connection) {
            connection.send(GET);
            connection.passMillis(900);
            connection.send(GET + "G");
            connection.passMillis(900);
            connection.send("E");
            connection.passMillis(99);
            assertThat(connection.events()).hasSize(2);
            connection.passMillis(1);
            assertThat(connection.events()).containsExactly(HEAD_LATE);
        }
    }

    @Test
    void aHeadThatEndsTogetherWithAnothersBeginIsNotBlamedForIt() {
        try (connection) {
            connection.send("G");
            connection.passMillis(900);
            connection.send(GET.substring(1) + "G");
            connection.passMillis(999);
            assertThat(connection.events()).hasSize(1);
            connection.passMillis(1);
            assertThat(connection.events()).containsExactly(HEAD_LATE);
        }
    }

    @Test
    void nothingTimesOutBetweenTwoRequests() {
        try (connection) {
            connection.send(GET);
            connection.passMillis(100_000);
            connection.send(GET);

            assertThat(connection.events()).hasSize(2);
        }
    }

    @Test
    void aBodyThatStallsTimesOut() {
        try (connection) {
            connection.send(PUT_HEAD);
            connection.passMillis(1999);
            connection.send("x");
            connection.passMillis(1999);
            connection.send("x");
            connection.passMillis(1999);
            assertThat(connection.events()).isEmpty();
            connection.passMillis(1);
            assertThat(connection.events()).containsExactly(BODY_LATE);
        }
    }

    @Test
    void aChunkedBodyThatStallsTimesOut() {
        try (connection) {
            connection.send("PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe");
            connection.passMillis(2000);

            assertThat(connection.events()).containsExactly(BODY_LATE);
        }
    }

    @Test
    void aHeadBehindABodyIsNotOverlookedByATimerThatWasArmedForTheBody() {
        try (connection) {
            connection.send(PUT_HEAD);
            connection.passMillis(10);
            connection.send("123456789G");
            connection.passMillis(999);
            assertThat(connection.events()).hasSize(1);
            connection.passMillis(1);
            assertThat(connection.events()).containsExactly(HEAD_LATE);
        }
    }

    @Test
    void aBodyIsNotLateForATimeInWhichNobodyRead() {
        try (connection) {
            connection.send(PUT_HEAD);
            connection.standStillMillis(10_000);
            connection.send("123456789");
            connection.standStillMillis(10_000);

            assertThat(connection.events()).hasSize(1).noneMatch(event -> event.startsWith("408"));
        }
    }

    @Test
    void aChannelThatIsNotReadIsNotBlamed() {
        try (connection) {
            connection.send(PUT_HEAD);
            connection.channel().config().setAutoRead(false);
            connection.passMillis(10_000);
            connection.channel().config().setAutoRead(true);
            connection.decoder().resume();
            connection.passMillis(1999);
            assertThat(connection.events()).isEmpty();
            connection.passMillis(1000);
            assertThat(connection.events()).containsExactly(BODY_LATE);
        }
    }

    @Test
    void aRequestThatMayNotBeginIsNotBlamed() {
        try (connection) {
            connection.send(GET);
            connection.allow(0);
            connection.send(GET);
            connection.passMillis(10_000);
            connection.allow(1);
            connection.decoder().resume();

            assertThat(connection.events()).hasSize(2);
        }
    }

    @Test
    void nothingIsReadBehindATimeout() {
        try (connection) {
            connection.send(PUT_HEAD + "1234");
            connection.passMillis(2000);
            connection.send("56789" + GET);

            assertThat(connection.events()).containsExactly(BODY_LATE);
        }
    }

    @Test
    void aWholeRequestArmsNoTimer() {
        try (connection) {
            connection.send(GET);
            connection.passMillis(1000);
            connection.send(GET.repeat(10));

            assertThat(connection.channel().hasPendingTasks()).isFalse();
            assertThat(connection.channel().runScheduledPendingTasks()).isEqualTo(-1);
            connection.events();
        }
    }

    @Test
    void noTimerIsLeftWhenTheConnectionEnds() {
        try (connection) {
            connection.send(PUT_HEAD);
            connection.channel().close();

            assertThat(connection.channel().runScheduledPendingTasks()).isEqualTo(-1);
        }
    }
}
