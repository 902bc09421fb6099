package io.streamkeeper.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where offsets are added to messages: {@code @} in the expected texts. */
class OffsetPlacesTest {
    private static final String MARK = "@";

    private final JsonSplitter splitter = JsonSplitter.addingOffsets(Integer.MAX_VALUE);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"user\",\"key\":\"1\",\"value\":{\"a\":1},\"headers\":{\"operation\":\"insert\"@}}",
                "{\"headers\":{\"operation\":\"update\",\"txid\":\"t\"@},\"key\":\"1\",\"type\":\"u\"}",
                "{\"headers\":{\"control\":\"reset\"@}}",
                "{\"headers\":{\"control\":\"\"@}}",
                "{\"headers\":{\"n\":12345678901234567890,\"operation\":\"\\u00e9 \\\" }\",\"o\":{\"offset\":1}@}}",
                "{\"value\":{\"headers\":{\"offset\":1}},\"headers\":{\"operation\":\"delete\"@}}",
                "{\"h\":\"\\\\\",\"headers\":{\"operation\":\"delete\"@},\"x\":[{\"headers\":{\"offset\":\"o\"}}]}",
                "{\"hea\\u0064ers\":{\"\\u006fperation\":\"insert\"@}}",
            })
    void aStateMessageGetsItsOffsetAtTheEndOfItsHeaders(String expected) {
        assertThat(stored(expected.replace(MARK, ""))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "1",
                "\"{\\\"headers\\\":{\\\"operation\\\":\\\"insert\\\"}}\"",
                "{\"headers\":{}}",
                "{\"headers\":{\"operation\":1}}",
                "{\"headers\":{\"operation\":null,\"control\":[\"reset\"]}}",
                "{\"headers\":[{\"operation\":\"insert\"}]}",
                "{\"headers\":\"operation\",\"operation\":\"insert\"}",
                "{\"headers\":{\"operations\":\"insert\",\"Operation\":\"insert\",\"operatio\":\"\"}}",
                "{\"headers\":{\"x\":{\"operation\":\"insert\"}}}",
                "{\"header\":{\"operation\":\"insert\"},\"headers \":{\"operation\":\"insert\"}}",
                "{\"value\":{\"headers\":{\"operation\":\"insert\"}}}",
                "[[{\"headers\":{\"operation\":\"insert\"}}]]",
                "{\"headers\":{\"operation\":\"insert\",\"offset\":\"mine\"}}",
                "{\"headers\":{\"offset\":null,\"control\":\"reset\"}}",
                "{\"headers\":{\"o\\u0066fset\":1,\"control\":\"reset\"}}",
                "{\"headers\\u0000\":{\"operation\":\"insert\"},\"h\\u00e9aders\":{\"operation\":\"insert\"}}",
            })
    void anyOtherMessageAndOneWithAnOffsetIsKept(String message) {
        assertThat(stored(message))
                .isEqualTo(message.startsWith("[[") ? message.substring(1, message.length() - 1) : message);
    }

    @Test
    void ofANameThatOccursTwiceTheLastValueCounts() {
        assertThat(stored("{\"headers\":{\"operation\":\"a\"},\"headers\":1}"))
                .isEqualTo("{\"headers\":{\"operation\":\"a\"},\"headers\":1}");
        assertThat(stored("{\"headers\":{\"operation\":1,\"offset\":1},\"headers\":{\"control\":\"a\"}}"))
                .isEqualTo("{\"headers\":{\"operation\":1,\"offset\":1},\"headers\":{\"control\":\"a\"@}}");
        assertThat(stored("{\"headers\":{\"operation\":\"a\",\"operation\":1}}"))
                .isEqualTo("{\"headers\":{\"operation\":\"a\",\"operation\":1}}");
        assertThat(stored("{\"headers\":{\"operation\":1,\"operation\":\"a\"}}"))
                .isEqualTo("{\"headers\":{\"operation\":1,\"operation\":\"a\"@}}");
    }

    @Test
    void eachMessageOfABatchIsTreatedForItself() {
        assertThat(stored(" [ {\"headers\" : { \"operation\" : \"i\" } } ,\n 1, {\"headers\":{}},\t"
                        + "{\"headers\":{\"control\":\"c\"\r}, \"a\":\"\"} ]"))
                .isEqualTo(
                        "{\"headers\":{\"operation\":\"i\"@}},1,{\"headers\":{}},{\"headers\":{\"control\":\"c\"@},\"a\":\"\"}");
    }

    @Test
    void placesAreFoundWhereverABodyIsDivided() {
        Seeds.forEach(2_000, random -> {
            List<String> expected = new ArrayList<>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                expected.add(anyMessage(random));
            }
            String all = String.join(",", expected);
            String sent = "[" + spaced(all.replace(MARK, ""), random) + "]";
            assertThat(stored(sent, 1 + random.nextInt(9))).as(sent).isEqualTo(all);
        });
    }

    @Test
    void startsAndEndsCountTheFields() {
        String message = "{\"headers\":{\"control\":\"c\"}}";
        int grown = message.length() + OffsetField.BYTES;
        JsonMessages messages = messages("[" + message + ",7," + message + "]");

        assertThat(messages.fieldCount()).isEqualTo(2);
        assertThat(messages.fieldBytes()).isEqualTo(2 * OffsetField.BYTES);
        assertThat(messages.end(0)).isEqualTo(1 + grown);
        assertThat(messages.start(1)).isEqualTo(grown + 2);
        assertThat(messages.end(1)).isEqualTo(grown + 3);
        assertThat(messages.storedBytes()).isEqualTo(2 * grown + 4);
        assertThat(messages.memoryBytes()).isEqualTo(5 * Integer.BYTES);
    }

    @Test
    void aBodyThatIsTooLongWithItsOffsetsIsRefused() {
        String message = "{\"headers\":{\"control\":\"c\"}}";
        int grown = message.length() + OffsetField.BYTES;
        String batch = message + "," + message;

        Refusal refusal = JsonSplitter.addingOffsets(2 * grown + 1)
                .split(Unpooled.copiedBuffer("[" + batch + "]", UTF_8))
                .problem();

        assertThat(refusal).isNotNull();
        assertThat(refusal.code()).isEqualTo(ErrorCode.BODY_TOO_LARGE);
        assertThat(refusal.message()).contains((2 * grown + 2) + " bytes", "at most " + (2 * grown + 1));
        assertThat(JsonSplitter.addingOffsets(2 * grown + 2)
                        .split(Unpooled.copiedBuffer("[" + batch + "]", UTF_8))
                        .problem())
                .isNull();
        assertThat(JsonSplitter.addingOffsets(1)
                        .split(Unpooled.copiedBuffer("[1,2,3]", UTF_8))
                        .problem())
                .isNull();
    }

    @Test
    void otherSplittersAddNothing() {
        Body body = new JsonSplitter().split(Unpooled.copiedBuffer("{\"headers\":{\"control\":\"c\"}}", UTF_8));

        assertThat(body.messages().fieldCount()).isZero();
    }

    private JsonMessages messages(String text) {
        return splitter.split(Unpooled.copiedBuffer(text, UTF_8)).messages();
    }

    private String stored(String text) {
        return stored(text, Integer.MAX_VALUE);
    }

    /** The stored form, without its last comma and with a mark for each field. */
    private String stored(String text, int stepBytes) {
        ByteBuf bytes = Unpooled.copiedBuffer(text, UTF_8);
        JsonSplitting splitting = splitter.begin(bytes);
        while (!splitting.step(stepBytes)) {
            assertThat(bytes.refCnt()).isOne();
        }
        Body body = splitting.body();
        assertThat(body.problem()).isNull();
        JsonMessages messages = body.messages();
        StringBuilder stored = new StringBuilder();
        int from = messages.start(0);
        for (int i = 0; i < messages.fieldCount(); i++) {
            stored.append(bytes.toString(from, messages.field(i) - from, UTF_8)).append(MARK);
            from = messages.field(i);
        }
        int end = messages.start(0) + messages.storedBytes() - 1 - messages.fieldBytes();
        return stored.append(bytes.toString(from, end - from, UTF_8)).toString();
    }

    // ---- random messages ----

    /** A message in which names and values that matter occur where they do and where they do not. */
    private static String anyMessage(Random random) {
        StringBuilder text = new StringBuilder("{");
        int mark = -1;
        for (int i = random.nextInt(4); i >= 0; i--) {
            String name = any(random, "headers", "headers", "hea\\u0064ers", "header", "operation", "x\\\"}", "é");
            text.append('"').append(name).append("\":");
            boolean matters = name.startsWith("hea") && !name.equals("header");
            if (random.nextInt(3) > 0) {
                int found = headers(text, random);
                mark = matters ? found : mark;
            } else {
                text.append(any(random, "1", "null", "\"operation\"", "[{\"headers\":{\"operation\":\"a\"}}]"));
                mark = matters ? -1 : mark;
            }
            text.append(i > 0 ? "," : "}");
        }
        return mark < 0 ? text.toString() : text.insert(mark, MARK).toString();
    }

    /** Appends an object; returns where its offset belongs, or -1. */
    private static int headers(StringBuilder text, Random random) {
        boolean operation = false;
        boolean control = false;
        boolean offset = false;
        text.append('{');
        int fields = random.nextInt(4);
        for (int i = 0; i < fields; i++) {
            String name = any(random, "operation", "c\\u006fntrol", "control", "operatio", "txid", "headers", "offset");
            String value =
                    any(random, "\"a\"", "\"\\\\\"", "\"\\u007d\"", "7", "{\"offset\":\"a\"}", "[\"operation\"]");
            text.append(i > 0 ? "," : "").append('"').append(name).append("\":").append(value);
            operation = name.equals("operation") ? value.startsWith("\"") : operation;
            control = name.startsWith("c") ? value.startsWith("\"") : control;
            offset |= name.equals("offset");
        }
        text.append('}');
        return (operation || control) && !offset ? text.length() - 1 : -1;
    }

    private static String any(Random random, String... texts) {
        return texts[random.nextInt(texts.length)];
    }

    /** The same with white space between some tokens. */
    private static String spaced(String json, Random random) {
        StringBuilder spaced = new StringBuilder();
        boolean inString = false;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            boolean escaped = inString && c == '\\';
            inString ^= c == '"';
            spaced.append(c);
            if (escaped) {
                i++;
                spaced.append(json.charAt(i));
            } else if (!inString && "{}[],:".indexOf(c) >= 0 && random.nextInt(3) == 0) {
                spaced.append(any(random, " ", "\n\t", "\r\n"));
            }
        }
        return spaced.toString();
    }
}
