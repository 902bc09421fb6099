package io.streamkeeper.client.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.http.EventParser.Event;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Events parsed from bytes, at every split. */
class EventParserTest {
    private static final String EVENTS = String.join(
            "",
            "\uFEFF: a comment first\n",
            "event: data\ndata:[1,\ndata:2]\nid: 7\n\n",
            "event:control\r\ndata: {\"a\":\"ü\"}\r\nid: 7\r\n\r\n",
            ": keep-alive\n\n",
            "event: data\rdata:  two spaces: and a colon\rdata\rdata:\r\r",
            "retry: 10\nwhatever\ndata: nameless\n\n",
            "event: data\n\n",
            "\n\r\n\r",
            "event: data\ndata:\n\n",
            "event: data\ndata: not whole");

    private static final List<String> EXPECTED = List.of(
            "data|[1,\n2]", "control|{\"a\":\"ü\"}", "data| two spaces: and a colon\n\n", "message|nameless", "data|");

    private static List<String> parse(EventParser parser, byte[]... pieces) {
        List<String> events = new ArrayList<>();
        for (byte[] piece : pieces) {
            ByteBuffer in = ByteBuffer.wrap(piece).asReadOnlyBuffer();
            for (Event event = parser.parse(in); event != null; event = parser.parse(in)) {
                events.add(event.name() + "|" + new String(event.data(), UTF_8));
            }
            assertThat(in.hasRemaining()).isFalse();
        }
        return events;
    }

    private static byte[] slice(byte[] bytes, int from, int to) {
        return Arrays.copyOfRange(bytes, from, to);
    }

    @Test
    void eventsAreTheSameWhereverTheirBytesAreCut() {
        byte[] bytes = EVENTS.getBytes(UTF_8);
        for (int first = 0; first <= bytes.length; first++) {
            for (int second = first; second <= bytes.length; second++) {
                EventParser parser = new EventParser(100);
                assertThat(parse(
                                parser,
                                slice(bytes, 0, first),
                                slice(bytes, first, second),
                                slice(bytes, second, bytes.length)))
                        .as("cut at %d and %d", first, second)
                        .isEqualTo(EXPECTED);
            }
        }
    }

    @Test
    void eventsAreTheSameByteByByte() {
        byte[] bytes = EVENTS.getBytes(UTF_8);
        byte[][] pieces = new byte[bytes.length][];
        for (int i = 0; i < bytes.length; i++) {
            pieces[i] = new byte[] {bytes[i]};
        }
        assertThat(parse(new EventParser(100), pieces)).isEqualTo(EXPECTED);
    }

    @Test
    void whatFollowsAnEventIsLeft() {
        ByteBuffer in = ByteBuffer.wrap("data: 1\n\ndata: 2\n\n".getBytes(UTF_8));
        EventParser parser = new EventParser(10);
        assertThat(parser.parse(in).data()).isEqualTo(new byte[] {'1'});
        assertThat(in.position()).isEqualTo("data: 1\n\n".length());
        assertThat(parser.parse(in).data()).isEqualTo(new byte[] {'2'});
        assertThat(parser.parse(in)).isNull();
    }

    @Test
    void anEventAsLargeAsTheLimitIsTaken() {
        EventParser parser = new EventParser(100_000);
        String half = "x".repeat(49_999);
        String event = "data: " + half + "\ndata:" + half + "y\n\n";
        assertThat(parse(parser, event.getBytes(UTF_8), event.getBytes(UTF_8)))
                .containsExactly("message|" + half + "\n" + half + "y", "message|" + half + "\n" + half + "y");
    }

    @Test
    void anEventThatIsLargerIsAnError() {
        assertTooLarge("data:" + "x".repeat(101) + "\n\n");
        assertTooLarge("data: " + "x".repeat(50) + "\ndata:" + "x".repeat(50) + "\n\n");
        assertTooLarge("data:\n".repeat(102));
        assertTooLarge(": " + "x".repeat(200));
        assertTooLarge("event: " + "x".repeat(200));
    }

    private static void assertTooLarge(String text) {
        EventParser parser = new EventParser(100);
        assertThatThrownBy(() -> parse(parser, text.getBytes(UTF_8)))
                .isInstanceOfSatisfying(
                        StreamException.Invalid.class,
                        error -> assertThat(error.code()).isEqualTo("answer_too_large"))
                .hasMessageContaining("100 bytes");
    }
}
