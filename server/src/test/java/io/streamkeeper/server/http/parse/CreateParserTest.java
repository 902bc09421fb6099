package io.streamkeeper.server.http.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.ForkOrigin;
import io.streamkeeper.protocol.JsonMessages;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.StreamPath;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CreateParserTest {
    private static final String OFFSET = "1764099000000001_0000000000001234";
    private static final StreamPath A = new StreamPath("a");

    private final ParsingConnection connection = new ParsingConnection();

    @AfterEach
    void nothingIsLeaked() {
        connection.close();
    }

    private Command.Create put(String fields) {
        return put(fields, "");
    }

    private Command.Create put(String fields, String body) {
        return (Command.Create) connection.command("PUT /v1/stream/a", fields, body);
    }

    private void assertRefused(ErrorCode code, String fields) {
        connection.assertRefused(code, "PUT /v1/stream/a", fields, "body");
    }

    private static void assertBody(Body body, String text) {
        assertThat(body.bytes().toString(StandardCharsets.ISO_8859_1)).isEqualTo(text);
        body.release();
    }

    @Test
    void aPutWithNothingCreatesAnEmptyStream() {
        Command.Create create = put("");

        assertThat(create.path()).isEqualTo(A);
        assertThat(create.contentType()).isNull();
        assertThat(create.expiry()).isEqualTo(new Expiry.Never());
        assertThat(create.closed()).isFalse();
        assertThat(create.fork()).isNull();
        assertThat(create.body().isEmpty()).isTrue();
    }

    @Test
    void aPutHasTypeAndContent() {
        Command.Create create = put("Content-Type: text/plain; charset=utf-8\r\n", "body");

        assertThat(create.contentType()).hasToString("text/plain; charset=utf-8");
        assertThat(create.body().messages()).isNull();
        assertBody(create.body(), "body");
    }

    @Test
    void aPutOfJsonHasMessages() {
        Command.Create create = put("Content-Type: Application/JSON;x=y\r\n", "{\"a\":1}");

        assertThat(create.body().messages()).extracting(JsonMessages::count).isEqualTo(1);
        assertBody(create.body(), "{\"a\":1}");
    }

    @Test
    void aPutOfAnEmptyArrayHasNoMessagesAndNoProblem() {
        Command.Create create = put("Content-Type: application/json\r\n", "[]");

        assertThat(create.body().messages()).extracting(JsonMessages::count).isEqualTo(0);
        assertThat(create.body().problem()).isNull();
        create.body().release();
    }

    @Test
    void aPutOfBrokenJsonCarriesTheProblem() {
        Command.Create create = put("Content-Type: application/json\r\n", "{");

        assertThat(create.body().problem()).isNotNull();
        assertThat(create.body().problem().code()).isEqualTo(ErrorCode.INVALID_JSON);
        create.body().release();
    }

    @Test
    void aPutOfJsonWithoutABodyIsNotSplit() {
        assertThat(put("Content-Type: application/json\r\n").body()).isEqualTo(Body.empty());
    }

    @Test
    void aTypeThatIsNotOneIsRefusedOnPut() {
        assertRefused(ErrorCode.INVALID_HEADER, "Content-Type: text\r\n");
        assertRefused(ErrorCode.INVALID_HEADER, "Content-Type:\r\n");
    }

    @Test
    void aPutHasAnExpiry() {
        assertThat(put("Stream-TTL: 60\r\n").expiry()).isEqualTo(new Expiry.Ttl(60));
        assertThat(put("Stream-Expires-At: 2030-01-01T00:00:00Z\r\n").expiry())
                .isEqualTo(new Expiry.At(1_893_456_000_000L));
    }

    @Test
    void anExpiryThatIsNotOneIsRefused() {
        assertRefused(ErrorCode.INVALID_HEADER, "Stream-TTL: soon\r\n");
        assertRefused(ErrorCode.INVALID_HEADER, "Stream-TTL: 60\r\nStream-Expires-At: 2030-01-01T00:00:00Z\r\n");
    }

    @Test
    void onlyTrueClosesAStream() {
        assertThat(put("Stream-Closed: true\r\n").closed()).isTrue();
        assertThat(put("Stream-Closed: TRUE\r\n").closed()).isTrue();
        assertThat(put("Stream-Closed: 1\r\n").closed()).isFalse();
        assertThat(put("Stream-Closed: false\r\n").closed()).isFalse();
        assertThat(put("Stream-Closed:\r\n").closed()).isFalse();
    }

    @Test
    void aForkNamesSourceOffsetAndSubOffset() {
        String from = "Stream-Forked-From: /v1/stream/s%20x\r\n";
        StreamPath source = new StreamPath("s x");

        assertThat(put(from).fork()).isEqualTo(new ForkOrigin(source, null, 0));
        assertThat(put(from + "Stream-Fork-Offset: " + OFFSET + "\r\nStream-Fork-Sub-Offset: 12\r\n")
                        .fork())
                .isEqualTo(new ForkOrigin(source, Offset.parse(OFFSET), 12));
        assertThat(put(from + "Stream-Fork-Offset: now\r\nStream-Fork-Sub-Offset: 0\r\n")
                        .fork())
                .isEqualTo(new ForkOrigin(source, null, 0));
        assertThat(put(from + "Stream-Fork-Offset: -1\r\n").fork()).isEqualTo(new ForkOrigin(source, Offset.ZERO, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "/s", "/v1/stream", "http://x/v1/stream/s", "/v1/stream/s?a", "/v1/stream/s#a"})
    void aForksSourceThatIsNotBelowTheRootIsRefused(String source) {
        assertRefused(ErrorCode.INVALID_HEADER, "Stream-Forked-From: " + source + "\r\n");
    }

    @Test
    void aForksSourceThatIsNotAStreamsPathIsRefused() {
        assertRefused(ErrorCode.INVALID_PATH, "Stream-Forked-From: /v1/stream/\r\n");
        assertRefused(ErrorCode.INVALID_PATH, "Stream-Forked-From: /v1/stream/a/../b\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-2", "Now", "0192F3A4B5C60001_0000000000001234"})
    void aForkOffsetThatIsNotOneIsRefused(String offset) {
        assertRefused(
                ErrorCode.INVALID_OFFSET, "Stream-Forked-From: /v1/stream/s\r\nStream-Fork-Offset: " + offset + "\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "+1", "05", "00", "1.5", "1e3", "abc", "0x1", "1 1", "9999999999999999999"})
    void aSubOffsetThatIsNotAPlainIntegerIsRefused(String subOffset) {
        assertRefused(
                ErrorCode.INVALID_HEADER,
                "Stream-Forked-From: /v1/stream/s\r\nStream-Fork-Sub-Offset: " + subOffset + "\r\n");
    }

    @Test
    void aForkOffsetWithoutASourceIsRefused() {
        assertRefused(ErrorCode.INVALID_HEADER, "Stream-Fork-Offset: " + OFFSET + "\r\n");
        assertRefused(ErrorCode.INVALID_HEADER, "Stream-Fork-Sub-Offset: 0\r\n");
    }
}
