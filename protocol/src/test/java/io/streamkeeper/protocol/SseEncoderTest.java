package io.streamkeeper.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.EventReader.Event;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SseEncoderTest {
    private static final ContentType TEXT = ContentType.parse("text/plain");
    private static final Offset NEXT = new Offset(2748, 42);
    private static final String ID = "0000000000002748_0000000000000084";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String[] PARTS = {
        "\r",
        "\n",
        "\r\n",
        "\n\n",
        "\r\r",
        " ",
        "  ",
        ":",
        ": ",
        "data:",
        "data: x",
        "event: control",
        "id: 7",
        "retry: 1",
        "\0",
        "\ufeff",
        "é",
        "🌊",
        "\u2028",
        "\u0085",
        "\u000b",
        "x",
        "{\"streamClosed\":true}",
        "\n\nevent: control\n",
    };

    @Test
    void aTextEventIsItsLinesAndTheOffsetBehindThem() {
        assertThat(data(TEXT, "hello\r\nworld\r"))
                .isEqualTo("event: data\ndata:hello\ndata:world\ndata:\nid: " + ID + "\n\n");
        assertThat(data(TEXT, " x")).isEqualTo("event: data\ndata:  x\nid: " + ID + "\n\n");
    }

    @Test
    void aJsonEventIsAWholeArray() {
        assertThat(data(ContentType.JSON, "1,{\"a\":2},"))
                .isEqualTo("event: data\ndata:[1,{\"a\":2}]\nid: " + ID + "\n\n");
        assertThat(data(ContentType.JSON, "")).isEqualTo("event: data\ndata:[]\nid: " + ID + "\n\n");
    }

    @Test
    void anyOtherEventIsBase64() {
        assertThat(data(ContentType.OCTET_STREAM, "ab")).isEqualTo("event: data\ndata:YWI=\nid: " + ID + "\n\n");
    }

    @Test
    void textComesBackWithLfForEveryLineEnd() {
        Seeds.forEach(5_000, random -> {
            String text = anyText(random);
            List<Event> events = EventReader.read(data(TEXT, text) + control("7", true, false));
            assertThat(events).hasSize(2);
            assertThat(events.get(0)).isEqualTo(new Event("data", text.replaceAll("\r\n|\r", "\n"), ID));
            assertThat(events.get(1).type()).isEqualTo("control");
        });
    }

    @Test
    void jsonComesBackAsTheSameMessages() {
        JsonSplitter splitter = new JsonSplitter();
        Seeds.forEach(2_000, random -> {
            JsonText json = JsonText.any(random);
            StringBuilder stored = new StringBuilder();
            json.messages().forEach(message -> stored.append(message).append(','));
            List<Event> events = EventReader.read(data(ContentType.JSON, stored.toString()));
            assertThat(events).hasSize(1);
            String array = events.get(0).data();
            assertThat(tree(array)).isEqualTo(tree("[" + String.join(",", json.messages()) + "]"));
            assertThat(splitter.split(Unpooled.copiedBuffer(array, UTF_8))
                            .messages()
                            .count())
                    .isEqualTo(json.messages().size());
        });
    }

    @Test
    void aJsonEventInPartsIsTheSameEventWhereverItIsCut() {
        Seeds.forEach(2_000, random -> {
            String stored = "[\"" + anyText(random).replaceAll("[\"\\\\]", "") + "\"" + anyText(random) + "],";
            ByteBuf bytes = Unpooled.copiedBuffer("zz" + stored + "zz", UTF_8);
            bytes.setIndex(2, bytes.writerIndex() - 2);
            int partBytes = 1 + random.nextInt(5);
            ByteBuf out = Unpooled.buffer();
            SseEncoder.beginMessages(out);
            int index = bytes.readerIndex();
            while (index < bytes.writerIndex() - 1) {
                int end = SseEncoder.messages(out, bytes, index, partBytes);
                assertThat(end).isBetween(index + 1, index + partBytes + 1);
                index = end;
            }
            SseEncoder.endMessages(out, NEXT);
            assertThat(out.toString(UTF_8)).isEqualTo(data(ContentType.JSON, stored));
        });
    }

    @Test
    void bytesComeBackFromBase64() {
        Seeds.forEach(300, random -> {
            byte[] bytes = new byte[random.nextInt(3) == 0 ? random.nextInt(40_000) : random.nextInt(20)];
            random.nextBytes(bytes);
            ByteBuf out = Unpooled.buffer();
            SseEncoder.data(out, ContentType.OCTET_STREAM, Unpooled.wrappedBuffer(bytes), NEXT);
            List<Event> events = EventReader.read(out.toString(UTF_8));
            assertThat(events).hasSize(1);
            assertThat(Base64.getDecoder().decode(events.get(0).data())).isEqualTo(bytes);
        });
    }

    @Test
    void bytesAreReadWhereverTheyLieAndNotConsumed() {
        for (ByteBuf bytes : List.of(Unpooled.buffer(), Unpooled.directBuffer())) {
            bytes.writeBytes("zz a\nbzz".getBytes(UTF_8)).setIndex(2, 6);
            ByteBuf out = Unpooled.buffer();
            SseEncoder.data(out, TEXT, bytes, NEXT);
            SseEncoder.data(out, ContentType.OCTET_STREAM, bytes, NEXT);
            assertThat(EventReader.read(out.toString(UTF_8)))
                    .containsExactly(new Event("data", " a\nb", ID), new Event("data", "IGEKYg==", ID));
            assertThat(bytes.readerIndex()).isEqualTo(2);
            assertThat(bytes.readableBytes()).isEqualTo(4);
            bytes.release();
        }
    }

    @Test
    void aControlEventTellsOffsetCursorAndState() {
        assertThat(control("7", false, false))
                .isEqualTo("event: control\ndata:{\"streamNextOffset\":\"" + ID + "\",\"streamCursor\":\"7\"}\nid: "
                        + ID + "\n\n");
        assertThat(control("7", true, false)).contains("\"streamCursor\":\"7\",\"upToDate\":true}");
        assertThat(control(null, true, false)).contains("{\"streamNextOffset\":\"" + ID + "\",\"upToDate\":true}");
    }

    @Test
    void aControlEventOfAClosedStreamHasNoCursor() {
        assertThat(control("7", false, true))
                .isEqualTo("event: control\ndata:{\"streamNextOffset\":\"" + ID
                        + "\",\"upToDate\":true,\"streamClosed\":true}\nid: " + ID + "\n\n");
    }

    @Test
    void everyControlEventIsJson() {
        for (int i = 0; i < 8; i++) {
            String text = control((i & 1) == 0 ? null : "123", (i & 2) != 0, (i & 4) != 0);
            List<Event> events = EventReader.read(text);
            assertThat(events).hasSize(1);
            assertThat(tree(events.get(0).data()).get("streamNextOffset").asText())
                    .isEqualTo(ID);
        }
    }

    @Test
    void aCommentIsNoEvent() {
        ByteBuf out = Unpooled.buffer();
        SseEncoder.comment(out);
        assertThat(EventReader.read(out.toString(UTF_8))).isEmpty();
        assertThat(EventReader.read(out.toString(UTF_8) + data(TEXT, "x"))).hasSize(1);
    }

    @Test
    void wholeTextEndsWithAWholeCharacterAtEverySplit() {
        Seeds.forEach(1_000, random -> {
            byte[] bytes = anyText(random).getBytes(UTF_8);
            for (int split = 0; split <= bytes.length; split++) {
                int whole = split;
                while (whole < bytes.length && whole > 0 && (bytes[whole] & 0xc0) == 0x80) {
                    whole--;
                }
                ByteBuf first = Unpooled.wrappedBuffer(bytes, 0, split);
                assertThat(SseEncoder.wholeTextLength(first))
                        .as("split " + split)
                        .isEqualTo(whole);
            }
        });
    }

    @Test
    void bytesThatBeginNoCharacterAreNotHeldBack() {
        int[][] endings = {{0x80}, {0x80, 0x80, 0x80, 0x80}, {0xff}, {0xc0}, {0xc1}, {0xf5, 0x80}, {0xc3, 0xa9, 0x80}};
        for (int[] ending : endings) {
            ByteBuf bytes = Unpooled.buffer().writeByte('a');
            for (int b : ending) {
                bytes.writeByte(b);
            }
            assertThat(SseEncoder.wholeTextLength(bytes)).isEqualTo(1 + ending.length);
        }
        assertThat(SseEncoder.wholeTextLength(Unpooled.EMPTY_BUFFER)).isZero();
    }

    @Test
    void theSizeHintHoldsPlainEvents() {
        for (ContentType type : List.of(TEXT, ContentType.JSON, ContentType.OCTET_STREAM)) {
            ByteBuf out = Unpooled.buffer();
            SseEncoder.data(out, type, Unpooled.copiedBuffer("x".repeat(10_000), UTF_8), NEXT);
            int hint = SseEncoder.encodedBytesHint(type, 10_000);
            assertThat(out.readableBytes()).isBetween(hint * 8 / 10, hint + 100);
        }
    }

    private static String data(ContentType type, String text) {
        ByteBuf out = Unpooled.buffer();
        SseEncoder.data(out, type, Unpooled.copiedBuffer(text, UTF_8), NEXT);
        return out.toString(UTF_8);
    }

    private static String control(String cursor, boolean upToDate, boolean closed) {
        ByteBuf out = Unpooled.buffer();
        SseEncoder.control(out, NEXT, cursor, upToDate, closed);
        return out.toString(UTF_8);
    }

    private static JsonNode tree(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + text, e);
        }
    }

    private static String anyText(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(10); i > 0; i--) {
            text.append(PARTS[random.nextInt(PARTS.length)]);
        }
        return text.toString();
    }
}
