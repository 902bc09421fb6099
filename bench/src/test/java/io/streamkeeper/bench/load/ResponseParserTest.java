package io.streamkeeper.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ResponseParserTest {
    private static final String RESPONSES = "HTTP/1.1 204 No Content\r\nDate: now\r\nStream-Next-Offset: 1_2\r\n\r\n"
            + "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\ncontent-length: 12\r\n\r\nHTTP/1.1 500"
            + "HTTP/1.1 201 Created\r\nContent-Lengthy: 7\r\nContent-Length:0\r\nX: Content-Length: 9\r\n\r\n"
            + "HTTP/1.1 404 \r\nContent-Length:   2\r\n\r\n{}";

    private static final List<String> EXPECTED = List.of("204:0", "200:12", "201:0", "404:2");

    @Test
    void responsesAreParsedInPiecesOfAnySize() {
        for (int pieceBytes = 1; pieceBytes <= RESPONSES.length(); pieceBytes++) {
            assertThat(parse(new ResponseParser(), pieceBytes))
                    .as("in pieces of %d", pieceBytes)
                    .isEqualTo(EXPECTED);
        }
    }

    @Test
    void responsesAreParsedWhereverTheyAreSplit() {
        for (int split = 0; split <= RESPONSES.length(); split++) {
            ResponseParser parser = new ResponseParser();
            List<String> found = new ArrayList<>();
            feed(parser, RESPONSES.substring(0, split), found);
            feed(parser, RESPONSES.substring(split), found);
            assertThat(found).as("split at %d", split).isEqualTo(EXPECTED);
        }
    }

    @Test
    void upToDateIsThatOfTheLatestResponse() {
        ResponseParser parser = new ResponseParser();
        feed(parser, "HTTP/1.1 200 OK\r\nStream-Up-To-Date: true\r\nContent-Length: 0\r\n\r\n", new ArrayList<>());
        assertThat(parser.isUpToDate()).isTrue();
        feed(parser, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", new ArrayList<>());
        assertThat(parser.isUpToDate()).isFalse();
    }

    @Test
    void responseWithoutLengthIsRefused() {
        assertThatThrownBy(() -> feed("HTTP/1.1 200 OK\r\nDate: now\r\n\r\n"))
                .hasMessageContaining("200 has no length");
    }

    @Test
    void chunkedResponseIsParsedInPiecesOfAnySize() {
        String text = String.join(
                        "\r\n",
                        List.of(
                                "HTTP/1.1 200 OK",
                                "Transfer-Encoding: chunked",
                                "",
                                "5",
                                "hello",
                                "A",
                                ", my world",
                                "0",
                                ""))
                + "\r\nHTTP/1.1 204 No Content\r\n\r\n";
        for (int pieceBytes = 1; pieceBytes <= text.length(); pieceBytes++) {
            StringBuilder body = new StringBuilder();
            ResponseParser parser = new ResponseParser(
                    (in, bytes) -> body.append(in.readCharSequence(bytes, StandardCharsets.US_ASCII)));
            List<String> found = new ArrayList<>();
            for (int at = 0; at < text.length(); at += pieceBytes) {
                feed(parser, text.substring(at, Math.min(text.length(), at + pieceBytes)), found);
            }
            assertThat(found).as("in pieces of %d", pieceBytes).containsExactly("200:15", "204:0");
            assertThat(body).hasToString("hello, my world");
        }
    }

    @Test
    void nextOffsetIsReturned() {
        ResponseParser parser = new ResponseParser();
        feed(parser, "HTTP/1.1 200 OK\r\nstream-next-offset: 1_2\r\nContent-Length: 0\r\n\r\n", new ArrayList<>());
        assertThat(parser.nextOffset()).asString(StandardCharsets.US_ASCII).isEqualTo("1_2");
    }

    @Test
    void lengthThatIsNotANumberIsRefused() {
        assertThatThrownBy(() -> feed("HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n"))
                .hasMessageContaining("not a number");
    }

    @Test
    void otherProtocolsAndMalformedStatusLinesAreRefused() {
        assertThatThrownBy(() -> feed("HTTP/2 200 OK\r\n\r\n")).hasMessageContaining("byte 5 of the status line");
        assertThatThrownBy(() -> feed("HTTP/1.1 2x0 OK\r\n\r\n")).hasMessageContaining("byte 10 of the status line");
        assertThatThrownBy(() -> feed("HTTP/1.1\r\n\r\n")).hasMessageContaining("byte 8 of the status line");
    }

    @Test
    void endlessHeadIsRefused() {
        assertThatThrownBy(() -> feed("HTTP/1.1 200 OK\r\nX: " + "x".repeat(1 << 17)))
                .hasMessageContaining("too long");
    }

    private static List<String> parse(ResponseParser parser, int pieceBytes) {
        List<String> found = new ArrayList<>();
        for (int at = 0; at < RESPONSES.length(); at += pieceBytes) {
            feed(parser, RESPONSES.substring(at, Math.min(RESPONSES.length(), at + pieceBytes)), found);
        }
        return found;
    }

    private static void feed(String text) {
        feed(new ResponseParser(), text, new ArrayList<>());
    }

    private static void feed(ResponseParser parser, String text, List<String> found) {
        ByteBuf in = Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
        while (in.isReadable()) {
            if (parser.read(in)) {
                found.add(parser.status() + ":" + parser.bodyBytes());
            }
        }
    }
}
