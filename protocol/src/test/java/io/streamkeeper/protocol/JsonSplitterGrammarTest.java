package io.streamkeeper.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A body is taken exactly if the grammar of RFC 8259 takes it: at every truncation, every flipped bit and random bytes.
 */
class JsonSplitterGrammarTest {
    private static final String EVERY_KIND =
            "[ {\"a\" : [true,false , null], \"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00aF\":{}},\r\n\t-0.5e+10,[],\"é€🌊,]\" , 0 ,12E-3] ";
    private static final String ALPHABET = "[]{},:\"\\ \n\t0123eE+-.truefalsn/u";

    private final JsonSplitter splitter = new JsonSplitter();

    @Test
    void everyTruncationIsTakenOrRefusedAsTheGrammarHasIt() {
        byte[] whole = EVERY_KIND.getBytes(UTF_8);
        for (int start = 0; start < whole.length; start++) {
            for (int end = start; end <= whole.length; end++) {
                check(Arrays.copyOfRange(whole, start, end));
            }
        }
    }

    @Test
    void everyFlippedBitIsTakenOrRefusedAsTheGrammarHasIt() {
        byte[] whole = EVERY_KIND.getBytes(UTF_8);
        for (int bit = 0; bit < 8 * whole.length; bit++) {
            byte[] flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            check(flipped);
        }
    }

    @Test
    void everyTextOfUpToThreeCharactersIsTakenOrRefusedAsTheGrammarHasIt() {
        byte[] characters = ALPHABET.getBytes(UTF_8);
        for (byte a : characters) {
            check(new byte[] {a});
            for (byte b : characters) {
                check(new byte[] {a, b});
                for (byte c : characters) {
                    check(new byte[] {a, b, c});
                }
            }
        }
    }

    @Test
    void randomBytesAreTakenOrRefusedAsTheGrammarHasIt() {
        Seeds.forEach(50_000, random -> check(anyBytes(random)));
    }

    @Test
    void everyMessageIsAJsonTextOfItsOwn() {
        Seeds.forEach(5_000, random -> {
            Body body =
                    splitter.split(Unpooled.copiedBuffer(JsonText.any(random).text(), UTF_8));
            for (String message : JsonSplitterTest.texts(body)) {
                assertThat(StrictJson.accepts(message.getBytes(UTF_8)))
                        .as(message)
                        .isTrue();
                assertThat(message).isEqualTo(message.strip());
            }
        });
    }

    @Test
    void namesThatAreAllDifferentAreTaken() {
        Seeds.forEach(3, random -> {
            StringBuilder text = new StringBuilder("{\"\":0");
            for (int i = 0; i < 50_000; i++) {
                text.append(",\"")
                        .append(Long.toString(random.nextLong(), 36))
                        .append("x".repeat(random.nextInt(20)))
                        .append("\":")
                        .append(i);
            }
            Body body = splitter.split(Unpooled.copiedBuffer(text.append('}'), UTF_8));
            assertThat(body.problem()).isNull();
            assertThat(body.messages().count()).isEqualTo(1);
        });
    }

    /** The library's own memory of names would keep three times what was sent. */
    @Test
    void namesAreForgotten() {
        int sentMegabytes = 96;
        long before = usedMegabytes();
        for (int i = 0; i < sentMegabytes; i++) {
            byte[] text = ("{\"" + i + "x".repeat(1 << 20) + "\":1}").getBytes(UTF_8);
            assertThat(splitter.split(Unpooled.wrappedBuffer(text)).problem()).isNull();
        }
        assertThat(usedMegabytes() - before).isLessThan(sentMegabytes / 2);
    }

    private static long usedMegabytes() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return (runtime.totalMemory() - runtime.freeMemory()) >> 20;
    }

    @Test
    void aStringAndANameOfAnyLengthAreTaken() {
        String large = "x".repeat(2_000_000);
        check(("\"" + large + "\"").getBytes(UTF_8));
        check(("[{\"" + large + "\":\"" + large + "\"}]").getBytes(UTF_8));
        check(("\"" + large).getBytes(UTF_8));
        check(("\"" + large + "\\q\"").getBytes(UTF_8));
    }

    private void check(byte[] bytes) {
        Body body = splitter.split(Unpooled.copiedBuffer(bytes));
        if ((body.problem() == null) != StrictJson.accepts(bytes)) {
            String text = new String(bytes, 0, Math.min(bytes.length, 200), UTF_8);
            throw new AssertionError(text + " " + Arrays.toString(text.getBytes(UTF_8)) + ": " + body.problem());
        }
    }

    private static byte[] anyBytes(Random random) {
        byte[] bytes = new byte[random.nextInt(8)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte)
                    (random.nextInt(8) == 0 ? random.nextInt(256) : ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return bytes;
    }
}
