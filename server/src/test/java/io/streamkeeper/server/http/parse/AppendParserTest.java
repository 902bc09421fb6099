package io.streamkeeper.server.http.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.JsonMessages;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Producer;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.protocol.StreamSeq;
import io.streamkeeper.server.config.RetentionConfig;
import io.streamkeeper.server.http.request.HttpRequest;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AppendParserTest {
    private static final String OFFSET = "1764099000000001_0000000000001234";
    private static final StreamPath A = new StreamPath("a");

    private final ParsingConnection connection = new ParsingConnection();

    @AfterEach
    void nothingIsLeaked() {
        connection.close();
    }

    private Command.Append post(String fields, String body) {
        return (Command.Append) connection.command("POST /v1/stream/a", fields, body);
    }

    private void assertRefused(ErrorCode code, String fields, String body) {
        connection.assertRefused(code, "POST /v1/stream/a", fields, body);
    }

    private static void assertBody(Body body, String text) {
        assertThat(body.bytes().toString(StandardCharsets.ISO_8859_1)).isEqualTo(text);
        body.release();
    }

    @Test
    void aPostAppendsItsBody() {
        Command.Append append = post("Content-Type: text/plain\r\n", "body");

        assertThat(append.path()).isEqualTo(A);
        assertThat(append.contentType()).isEqualTo(ContentType.parse("text/plain"));
        assertThat(append.close()).isFalse();
        assertThat(append.producer()).isNull();
        assertThat(append.streamSeq()).isNull();
        assertThat(append.expectedOffset()).isNull();
        assertThat(append.preconditions().isNone()).isTrue();
        assertBody(append.body(), "body");
    }

    @Test
    void theBodyIsHandedOnWithoutACopy() {
        RequestParser parser = new RequestParser(RetentionConfig.defaults(), ParsingConnection.bodies(), 10);
        HttpRequest request = connection.request("POST /v1/stream/a", "Content-Type: text/plain\r\n", "body");
        ByteBuf bytes = request.body();
        Command.Append append = (Command.Append)
                ((Intent.OnStream) parser.parse(request, ParsingConnection.routes("/v1/stream/"))).command();

        assertThat(append.body().bytes()).isSameAs(bytes);
        append.body().release();
    }

    @Test
    void aPostWithoutABodyIsRefusedUnlessItCloses() {
        assertRefused(ErrorCode.EMPTY_BODY, "Content-Type: text/plain\r\n", "");
        assertRefused(ErrorCode.EMPTY_BODY, "Stream-Closed: false\r\n", "");

        Command.Append close = post("Stream-Closed: True\r\n", "");
        assertThat(close.close()).isTrue();
        assertThat(close.body().isEmpty()).isTrue();
    }

    @Test
    void theTypeOfNoBytesIsIgnored() {
        assertThat(post("Stream-Closed: true\r\nContent-Type: application/json\r\n", "")
                        .contentType())
                .isNull();
        assertThat(post("Stream-Closed: true\r\nContent-Type: nonsense\r\n", "").contentType())
                .isNull();
    }

    @Test
    void aBodyWithoutATypeIsRefused() {
        assertRefused(ErrorCode.MISSING_CONTENT_TYPE, "", "body");
        assertRefused(ErrorCode.MISSING_CONTENT_TYPE, "Stream-Closed: true\r\n", "body");
    }

    @Test
    void aTypeThatIsNotOneIsRefusedOnPost() {
        assertRefused(ErrorCode.INVALID_HEADER, "Content-Type: text\r\n", "body");
    }

    @Test
    void aPostOfJsonHasMessages() {
        Command.Append append = post("Content-Type: application/json\r\n", "{\"a\":1}");

        assertThat(append.body().messages()).extracting(JsonMessages::count).isEqualTo(1);
        assertThat(append.body().problem()).isNull();
        append.body().release();
    }

    @Test
    void aPostOfBrokenJsonCarriesTheProblem() {
        Command.Append append = post("Content-Type: application/json\r\n", "{\"a\":");

        assertThat(append.body().problem()).isNotNull();
        assertThat(append.body().problem().code()).isEqualTo(ErrorCode.INVALID_JSON);
        append.body().release();
    }

    @Test
    void aPostOfAnEmptyArrayCarriesTheProblem() {
        Command.Append append = post("Content-Type: application/json\r\n", " [ ] ");

        assertThat(append.body().problem()).isNotNull();
        assertThat(append.body().problem().code()).isEqualTo(ErrorCode.EMPTY_BODY);
        append.body().release();
    }

    @Test
    void aPostHasAProducer() {
        Command.Append append =
                post("Content-Type: text/plain\r\nProducer-Id: p\r\nProducer-Epoch: 2\r\nProducer-Seq: 3\r\n", "body");

        assertThat(append.producer()).isEqualTo(new Producer("p", 2, 3));
        append.body().release();
    }

    @Test
    void aProducerWithoutAllItsFieldsIsRefused() {
        assertRefused(ErrorCode.INVALID_PRODUCER, "Content-Type: text/plain\r\nProducer-Id: p\r\n", "body");
    }

    @Test
    void aStreamSeqIsOneToManyCharacters() {
        String longest = "s".repeat(StreamSeq.LENGTH_MAX);

        Command.Append append = post("Content-Type: a/b\r\nStream-Seq: " + longest + "\r\n", "body");
        assertThat(append.streamSeq()).isEqualTo(longest);
        append.body().release();
        assertRefused(ErrorCode.INVALID_HEADER, "Content-Type: a/b\r\nStream-Seq: " + longest + "s\r\n", "body");
        assertRefused(ErrorCode.INVALID_HEADER, "Content-Type: a/b\r\nStream-Seq:\r\n", "body");
    }

    @Test
    void conditionsAreReadAsTheyAre() {
        Command.Append append = post(
                "Stream-Closed: true\r\nIf-Match: \"" + OFFSET + "\"\r\nIf-None-Match: W/\"x\"\r\n"
                        + "Stream-Expected-Offset: " + OFFSET + "\r\n",
                "");

        assertThat(append.preconditions().ifMatch()).hasToString(OFFSET);
        assertThat(append.preconditions().ifNoneMatch()).hasToString("W/x");
        assertThat(append.expectedOffset()).isEqualTo(Offset.parse(OFFSET));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", OFFSET, "\"" + OFFSET, "\"a\" \"b\"", "\"a\", *"})
    void aConditionThatIsNoListOfTagsIsRefused(String value) {
        assertRefused(ErrorCode.INVALID_HEADER, "Content-Type: a/b\r\nIf-Match: " + value + "\r\n", "body");
        assertRefused(ErrorCode.INVALID_HEADER, "Content-Type: a/b\r\nIf-None-Match: " + value + "\r\n", "body");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "now", "x", "\"" + OFFSET + "\""})
    void anExpectedOffsetThatIsNoneIsRefused(String value) {
        assertRefused(
                ErrorCode.INVALID_OFFSET, "Content-Type: a/b\r\nStream-Expected-Offset: " + value + "\r\n", "body");
    }
}
