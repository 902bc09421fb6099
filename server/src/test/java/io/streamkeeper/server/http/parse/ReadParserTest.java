package io.streamkeeper.server.http.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.LiveMode;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.StreamPath;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadParserTest {
    private static final String OFFSET = "1764099000000001_0000000000001234";
    private static final StreamPath A = new StreamPath("a");

    private final ParsingConnection connection = new ParsingConnection();

    @AfterEach
    void nothingIsLeaked() {
        connection.close();
    }

    private Command.Read get(String query, String fields) {
        return (Command.Read) connection.command("GET /v1/stream/a" + query, fields, "");
    }

    private void assertRefused(ErrorCode code, String query, String fields) {
        connection.assertRefused(code, "GET /v1/stream/a" + query, fields, "body");
    }

    @Test
    void aGetReadsFromTheBeginning() {
        assertThat(get("", ""))
                .isEqualTo(new Command.Read(A, new ReadStart.Beginning(), LiveMode.NONE, -1, null, null));
        assertThat(get("?", "").start()).isEqualTo(new ReadStart.Beginning());
    }

    @Test
    void aBodyOfAGetIsIgnored() {
        assertThat(connection.command("GET /v1/stream/a", "", "ignored")).isInstanceOf(Command.Read.class);
    }

    @Test
    void anOffsetIsWhereAReadBegins() {
        assertThat(get("?offset=-1", "").start()).isEqualTo(new ReadStart.Beginning());
        assertThat(get("?offset=now", "").start()).isEqualTo(new ReadStart.Now());
        assertThat(get("?offset=" + OFFSET, "").start()).isEqualTo(new ReadStart.At(Offset.parse(OFFSET)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "NOW", "-2", "0", "a,b", "a%20b", "now+", "%00"})
    void anOffsetThatIsNotOneIsRefused(String offset) {
        assertRefused(ErrorCode.INVALID_OFFSET, "?offset=" + offset, "");
    }

    @Test
    void anOffsetWithoutAValueIsRefused() {
        assertRefused(ErrorCode.INVALID_OFFSET, "?offset", "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"offset=-1", "live=sse", "timeout=1", "cursor=1", "lastEventId="})
    void aParameterThatComesAgainIsRefused(String parameter) {
        assertRefused(ErrorCode.INVALID_PARAMETER, "?" + parameter + "&" + parameter, "");
    }

    @Test
    void parametersAreDecoded() {
        assertThat(get("?%6Fffset=n%6fw&cursor=a%26+b%2B%C3%A4", ""))
                .isEqualTo(new Command.Read(A, new ReadStart.Now(), LiveMode.NONE, -1, "a& b+\u00e4", null));
    }

    @Test
    void aCursorOfMoreThanThirtyTwoCharactersIsRefused() {
        assertThat(get("?cursor=" + "9".repeat(32), "").cursor()).isEqualTo("9".repeat(32));
        assertRefused(ErrorCode.INVALID_PARAMETER, "?cursor=" + "9".repeat(33), "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cursor=%", "cursor=1%2", "cursor=%zz", "cursor=%2&live=sse"})
    void aParameterThatIsNotPercentEncodedIsRefused(String parameter) {
        assertRefused(ErrorCode.INVALID_PARAMETER, "?" + parameter, "");
    }

    @Test
    void unknownParametersAreIgnored() {
        assertThat(get("?a=b&&=&x=%&offset=now&Offset=1&offsets=2&a=b", "").start())
                .isEqualTo(new ReadStart.Now());
    }

    @Test
    void aLiveReadWaitsByLongPollOrEvents() {
        assertThat(get("?offset=-1&live=long-poll", "").live()).isEqualTo(LiveMode.LONG_POLL);
        assertThat(get("?offset=-1&live=true", "").live()).isEqualTo(LiveMode.LONG_POLL);
        assertThat(get("?offset=-1&live=sse", "").live()).isEqualTo(LiveMode.SSE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "false", "SSE", "longpoll"})
    void anotherWayToWaitIsRefused(String live) {
        assertRefused(ErrorCode.INVALID_PARAMETER, "?offset=-1&live=" + live, "");
    }

    @Test
    void aLiveReadWithoutAnOffsetIsRefused() {
        assertRefused(ErrorCode.INVALID_PARAMETER, "?live=long-poll", "");
        assertRefused(ErrorCode.INVALID_PARAMETER, "?live=sse", "");
        assertRefused(ErrorCode.INVALID_PARAMETER, "?live=sse", "Last-Event-ID:\r\n");
        assertRefused(ErrorCode.INVALID_PARAMETER, "?live=long-poll", "Last-Event-ID: " + OFFSET + "\r\n");
    }

    @Test
    void theLastEventWinsOverTheOffsetOfEvents() {
        String field = "Last-Event-ID: " + OFFSET + "\r\n";
        ReadStart atEvent = new ReadStart.At(Offset.parse(OFFSET));

        assertThat(get("?offset=-1&live=sse", field).start()).isEqualTo(atEvent);
        assertThat(get("?live=sse", field).start()).isEqualTo(atEvent);
        assertThat(get("?offset=now&live=sse", "Last-Event-ID:\r\n").start()).isEqualTo(new ReadStart.Now());
        assertThat(get("?offset=now&live=long-poll", field).start()).isEqualTo(new ReadStart.Now());
        assertThat(get("?offset=now", field).start()).isEqualTo(new ReadStart.Now());
    }

    @Test
    void theLastEventIsAParameterWhereAFieldCannotBeSet() {
        ReadStart atEvent = new ReadStart.At(Offset.parse(OFFSET));

        assertThat(get("?lastEventId=" + OFFSET + "&live=sse", "").start()).isEqualTo(atEvent);
        assertThat(get("?offset=-1&live=sse&lastEventId=" + OFFSET, "").start()).isEqualTo(atEvent);
        assertThat(get("?offset=now&live=sse&lastEventId=x", "Last-Event-ID: " + OFFSET + "\r\n")
                        .start())
                .isEqualTo(atEvent);
        assertThat(get("?offset=now&live=sse&lastEventId=", "").start()).isEqualTo(new ReadStart.Now());
        assertThat(get("?offset=now&live=long-poll&lastEventId=" + OFFSET, "").start())
                .isEqualTo(new ReadStart.Now());
    }

    @Test
    void aLastEventThatIsNotAnOffsetIsRefused() {
        assertRefused(ErrorCode.INVALID_OFFSET, "?offset=-1&live=sse&lastEventId=7", "");
        assertRefused(ErrorCode.INVALID_OFFSET, "?offset=-1&live=sse", "Last-Event-ID: 7\r\n");
    }

    @Test
    void aTimeoutIsInSeconds() {
        assertThat(get("?timeout=0", "").timeoutMillis()).isZero();
        assertThat(get("?timeout=30", "").timeoutMillis()).isEqualTo(30_000);
        assertThat(get("?timeout=0.5", "").timeoutMillis()).isEqualTo(500);
        assertThat(get("?timeout=01.025", "").timeoutMillis()).isEqualTo(1025);
    }

    @Test
    void aTimeoutLongerThanAnyServerWaitsIsCut() {
        assertThat(get("?timeout=" + "9".repeat(40) + ".999", "").timeoutMillis())
                .isEqualTo(999_999_999_999_999L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "+1", ".5", "1.", "1.2345", "1.2.3", "1e3", "1s", "abc", "Infinity"})
    void aTimeoutThatIsNotADecimalNumberIsRefused(String timeout) {
        assertRefused(ErrorCode.INVALID_PARAMETER, "?offset=-1&live=long-poll&timeout=" + timeout, "");
    }
}
