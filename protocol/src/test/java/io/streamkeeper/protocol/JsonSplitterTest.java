package io.streamkeeper.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonSplitterTest {
    private final JsonSplitter splitter = new JsonSplitter();

    @Test
    void messagesAreTheElementsOfAnArray() {
        assertThat(messages("[1, {\"a\": [2, 3]} ,\n\"x,]\"\t]")).containsExactly("1", "{\"a\":[2,3]}", "\"x,]\"");
        assertThat(messages("[[1,2],[3]]")).containsExactly("[1,2]", "[3]");
        assertThat(messages("[null]")).containsExactly("null");
    }

    @Test
    void aMessageIsKeptAsItWasWrittenExceptItsWhiteSpace() {
        assertThat(messages(" { \"n\" : 12345678901234567890 ,\r\n\"n\": 1.50e+1,\t\"\\u0061 b\" : \" \\/ \" } "))
                .containsExactly("{\"n\":12345678901234567890,\"n\":1.50e+1,\"\\u0061 b\":\" \\/ \"}");
    }

    @Test
    void anyOtherTextIsOneMessage() {
        assertThat(messages(" {\"a\":[1]}\r\n")).containsExactly("{\"a\":[1]}");
        assertThat(messages("12")).containsExactly("12");
        assertThat(messages(" \"a\" ")).containsExactly("\"a\"");
        assertThat(messages("true\n")).containsExactly("true");
    }

    @Test
    void anEmptyArrayHasNoMessages() {
        assertThat(messages("[]")).isEmpty();
        assertThat(messages(" [ \n ] ")).isEmpty();
    }

    @Test
    void randomTextsAreSplitWhereTheyWereJoined() {
        Seeds.forEach(5_000, random -> {
            JsonText json = JsonText.any(random);
            assertThat(messages(json.text())).as(json.text()).isEqualTo(json.messages());
        });
    }

    @Test
    void aBodyIsSplitWhereverItLies() {
        Seeds.forEach(2_000, random -> {
            JsonText json = JsonText.any(random);
            ByteBuf bytes = placed(json.text().getBytes(UTF_8), random);
            int readerIndex = bytes.readerIndex();
            Body body = splitter.split(bytes);
            assertThat(texts(body)).as(json.text()).isEqualTo(json.messages());
            assertThat(body.bytes()).isSameAs(bytes);
            assertThat(bytes.readerIndex()).isEqualTo(readerIndex);
            bytes.release();
        });
    }

    @Test
    void largeBodiesAreSplitToo() {
        List<String> messages = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            messages.add("{\"number\":" + i + ",\"text\":\"" + "é".repeat(i % 50) + "\"}");
        }
        assertThat(messages("[" + String.join(" , ", messages) + "]")).isEqualTo(messages);
        assertThat(messages("[" + "1".repeat(200_000) + ",\"" + "x".repeat(200_000) + "\"]"))
                .hasSize(2);
    }

    /** Whatever a step ends within: a character, an escape, a number, a literal, white space. */
    @Test
    void aBodyThatIsSplitInStepsIsTheSameAsOneThatIsSplitAtOnce() {
        Seeds.forEach(3_000, random -> {
            byte[] text = JsonText.any(random).text().getBytes(UTF_8);
            if (random.nextInt(3) == 0) {
                text[random.nextInt(text.length)] = (byte) random.nextInt(256);
            }
            Body atOnce = splitter.split(placed(text, random));
            JsonSplitting splitting = splitter.begin(placed(text, random));
            int step = 1 + random.nextInt(4);
            int steps = 1;
            while (!splitting.step(step)) {
                steps++;
            }
            Body inSteps = splitting.body();

            assertThat(inSteps.problem()).isEqualTo(atOnce.problem());
            if (atOnce.problem() == null) {
                assertThat(texts(inSteps)).isEqualTo(texts(atOnce));
                assertThat(steps).isEqualTo(Math.max(1, (text.length + step - 1) / step));
            }
            atOnce.release();
            inSteps.release();
        });
    }

    /** As they are stored, so that one copy stores them. */
    @Test
    void messagesLieOneAfterTheOtherWhenTheyAreSplit() {
        Seeds.forEach(2_000, random -> {
            JsonText json = JsonText.any(random);
            Body body = splitter.split(placed(json.text().getBytes(UTF_8), random));
            JsonMessages messages = body.messages();
            if (messages.count() > 0) {
                int start = body.bytes().readerIndex() + messages.start(0);
                assertThat(body.bytes().toString(start, messages.storedBytes() - 1, UTF_8))
                        .isEqualTo(String.join(",", json.messages()));
            }
            body.release();
        });
    }

    @Test
    void aBodyOfSeveralPiecesIsSplitToo() {
        Seeds.forEach(2_000, random -> {
            JsonText json = JsonText.any(random);
            byte[] text = json.text().getBytes(UTF_8);
            CompositeByteBuf pieces = Unpooled.compositeBuffer();
            for (int from = 0; from < text.length; ) {
                int to = Math.min(text.length, from + 1 + random.nextInt(6));
                pieces.addComponent(true, Unpooled.copiedBuffer(text, from, to - from));
                from = to;
            }
            Body body = splitter.split(pieces);
            assertThat(texts(body)).isEqualTo(json.messages());
            body.release();
        });
    }

    @Test
    void storedBytesAreTheMessagesAndACommaEach() {
        assertThat(split("[1, 22 ,\"é\"]").messages().storedBytes()).isEqualTo(2 + 3 + 5);
        assertThat(split("[]").messages().storedBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "\r\n\t ",
                "[",
                "]",
                "[1",
                "[1,",
                "[1,]",
                "[,1]",
                "[1 2]",
                "{",
                "{\"a\"}",
                "{\"a\":1,}",
                "{a:1}",
                "{'a':1}",
                "\"a",
                "\"a\nb\"",
                "\"\\x\"",
                "\"\\u12g4\"",
                "nul",
                "nullx",
                "01",
                "1.",
                ".5",
                "+1",
                "1e",
                "-",
                "NaN",
                "Infinity",
                "[NaN]",
                "undefined",
                "/*x*/1",
                "1//x",
                "[1]#",
            })
    void whatIsNotJsonIsRefused(String text) {
        assertThat(problem(text.getBytes(UTF_8)).message()).startsWith("the body is not a JSON text in UTF-8: it ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1][2]", "[] []", "1 2", "{} {}", "\"a\"\"b\"", "[1],", "[1]]", "{}x", "null null", "1,2"})
    void whatFollowsTheTextIsRefused(String text) {
        problem(text.getBytes(UTF_8));
    }

    @Test
    void aTextThatFollowsIsToldWithItsPlace() {
        assertThat(problem("[1] [2]".getBytes(UTF_8)).message()).endsWith("another value follows at byte 4");
    }

    @Test
    void otherEncodingsAreRefused() {
        for (String name : List.of("UTF-16LE", "UTF-16BE", "UTF-16", "UTF-32LE", "UTF-32BE")) {
            problem("[1,2]".getBytes(Charset.forName(name)));
            problem("1".getBytes(Charset.forName(name)));
        }
        problem("[\"é\"]".getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void aByteOrderMarkIsRefused() {
        problem("\ufeff[1]".getBytes(UTF_8));
        problem("\ufeff".getBytes(UTF_8));
    }

    @Test
    void bytesThatAreNotUtf8AreRefusedWithinStringsToo() {
        int[][] malformed = {
            {0x80},
            {0xc3},
            {0xc0, 0x80},
            {0xe0, 0x80, 0x80},
            {0xed, 0xa0, 0x80},
            {0xf0, 0x80, 0x80, 0x80},
            {0xf4, 0x90, 0x80, 0x80},
            {0xf5, 0x80, 0x80, 0x80},
            {0xff},
            {0xe2, 0x82},
        };
        for (int[] bytes : malformed) {
            ByteBuf body = Unpooled.buffer().writeByte('"');
            for (int b : bytes) {
                body.writeByte(b);
            }
            body.writeByte('"');
            byte[] array = new byte[body.readableBytes()];
            body.readBytes(array);
            assertThat(problem(array).message()).endsWith("it is not UTF-8");
        }
    }

    @Test
    void nestingIsTakenUpToItsLimit() {
        int max = JsonSplitter.NESTING_MAX;
        assertThat(messages("[".repeat(max) + "]".repeat(max))).hasSize(1);
        assertThat(messages("{\"a\":".repeat(max) + "1" + "}".repeat(max))).hasSize(1);
        problem(("[".repeat(max + 1) + "]".repeat(max + 1)).getBytes(UTF_8));
        problem(("{\"a\":".repeat(max + 1) + "1" + "}".repeat(max + 1)).getBytes(UTF_8));
        problem("[".repeat(100_000).getBytes(UTF_8));
    }

    @Test
    void tooDeepNestingIsToldAsSuch() {
        assertThat(problem("[".repeat(1_001).getBytes(UTF_8)).message())
                .isEqualTo("the body nests arrays and objects deeper than 1000 levels, which is the limit");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1,", "{\"a\":}", "nul", "1e", "\"\\x\"", "\"a", "01", "[1 2]", "{a:1}", "\u0001"})
    void aRefusalHasNoneOfTheParsersOwnWords(String text) {
        String message = problem(text.getBytes(UTF_8)).message();

        assertThat(message)
                .matches(
                        "the body is not a JSON text in UTF-8: it (goes wrong at byte [0-9]+|has another value at byte [0-9]+|does not begin as one)")
                .doesNotContainIgnoringCase("unexpected")
                .doesNotContain("Illegal", "token", "Stream", "was expecting", "REDACTED");
    }

    @Test
    void aRefusalIsOneLine() {
        Seeds.forEach(500, random -> {
            byte[] text = new byte[1 + random.nextInt(20)];
            for (int i = 0; i < text.length; i++) {
                text[i] = (byte) random.nextInt(128);
            }
            Body body = splitter.split(Unpooled.wrappedBuffer(text));
            if (body.problem() != null) {
                assertThat(body.problem().message()).doesNotContainPattern("[\\x00-\\x1f\\x7f]");
            }
        });
    }

    private Body split(String text) {
        return splitter.split(Unpooled.copiedBuffer(text, UTF_8));
    }

    private List<String> messages(String text) {
        return texts(split(text));
    }

    private Refusal problem(byte[] bytes) {
        Body body = splitter.split(Unpooled.wrappedBuffer(bytes));
        assertThat(body.messages()).isNull();
        assertThat(body.problem()).isNotNull();
        assertThat(body.problem().code()).isEqualTo(ErrorCode.INVALID_JSON);
        return body.problem();
    }

    static List<String> texts(Body body) {
        assertThat(body.problem()).isNull();
        List<String> texts = new ArrayList<>();
        JsonMessages messages = body.messages();
        int base = body.bytes().readerIndex();
        for (int i = 0; i < messages.count(); i++) {
            texts.add(body.bytes().toString(base + messages.start(i), messages.end(i) - messages.start(i), UTF_8));
        }
        return texts;
    }

    /** The bytes within a heap, sliced heap or direct buffer, with other bytes before and after them. */
    private static ByteBuf placed(byte[] text, Random random) {
        int before = random.nextInt(5);
        ByteBuf bytes = random.nextBoolean() ? Unpooled.buffer() : Unpooled.directBuffer();
        bytes.writeBytes("[9,9".getBytes(UTF_8), 0, Math.min(before, 4)).writeZero(before / 4);
        int start = bytes.writerIndex();
        bytes.writeBytes(text).writeBytes(",7]".getBytes(UTF_8));
        if (random.nextBoolean()) {
            return bytes.setIndex(start, start + text.length);
        }
        ByteBuf slice = bytes.slice(start, text.length);
        return random.nextBoolean()
                ? slice
                : bytes.setIndex(0, start + text.length).readerIndex(start);
    }
}
