package io.streamkeeper.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamPathTest {
    @ParameterizedTest
    @CsvSource({
        "a, a",
        "chat/42/tokens, chat/42/tokens",
        "a%20b, a b",
        "%61%2e%62, a.b",
        "caf%C3%A9, café",
        "caf%c3%a9, café",
        "%F0%9F%8C%8A/x, 🌊/x",
        "..., ...",
        ".a/b..c, .a/b..c",
        "a+b, a+b",
        "%25, %",
        "__dsx, __dsx",
        "%3F%23, ?#",
    })
    void segmentsArePercentDecoded(String encoded, String decoded) {
        assertThat(StreamPath.parse(encoded).value()).isEqualTo(decoded);
        assertThat(StreamPath.parse(encoded)).hasToString(decoded);
    }

    @Test
    void bytesThatCameAsTheyAreReadAsUtf8() {
        String raw = new String("café".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        assertThat(StreamPath.parse(raw).value()).isEqualTo("café");
    }

    @Test
    void whatIsEncodedIsDecodedBack() {
        Seeds.forEach(2_000, random -> {
            String path = anyPath(random);
            assertThat(StreamPath.parse(encoded(path, random)).value()).isEqualTo(path);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/a", "a/", "a//b", "a/b//"})
    void anEmptySegmentIsRefused(String encoded) {
        assertThat(refusal(encoded).message()).contains("an empty segment");
    }

    @ParameterizedTest
    @ValueSource(strings = {".", "..", "a/.", "./a", "a/../b", "%2e", "%2E%2e", "a/.%2e"})
    void aDotSegmentIsRefused(String encoded) {
        assertThat(refusal(encoded).message()).contains("a segment . or ..");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a%00", "a%1f", "%0d%0a", "a%7F", "a\tb", "a\u007f"})
    void aControlCharacterIsRefused(String encoded) {
        assertThat(refusal(encoded).message()).contains("a control character");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a%2fb", "%2F"})
    void anEncodedSlashIsRefused(String encoded) {
        assertThat(refusal(encoded).message()).contains("an encoded slash");
    }

    @ParameterizedTest
    @ValueSource(strings = {"%", "a%", "a%2", "%g0", "%0g", "a%-1", "%%41", "a% 1"})
    void aPercentSignWithoutTwoHexDigitsIsRefused(String encoded) {
        assertThat(refusal(encoded).message()).contains("a percent sign without two hex digits");
    }

    @ParameterizedTest
    @ValueSource(strings = {"%ff", "%c3", "%c0%ae", "%ed%a0%80", "%f4%90%80%80", "a\u00e9"})
    void bytesThatAreNotUtf8AreRefused(String encoded) {
        assertThat(refusal(encoded).message()).contains("not UTF-8");
    }

    @Test
    void aPathIsTakenUpToItsLimitOfDecodedBytes() {
        String longest = "a".repeat(StreamPath.BYTES_MAX);
        assertThat(StreamPath.parse(longest).value()).isEqualTo(longest);
        assertThat(StreamPath.parse("%61".repeat(StreamPath.BYTES_MAX)).value()).isEqualTo(longest);
        assertThat(refusal(longest + "a").message()).contains("1025 bytes, expected at most 1024");
        assertThat(refusal("%61".repeat(StreamPath.BYTES_MAX + 1)).message()).contains("expected at most 1024");
        assertThat(refusal("%C3%A9".repeat(StreamPath.BYTES_MAX / 2) + "a").message())
                .contains("1025 bytes");
    }

    @Test
    void onlyTheControlSegmentIsReserved() {
        assertThat(StreamPath.parse("__ds").isReserved()).isTrue();
        assertThat(StreamPath.parse("__ds/subscriptions/1").isReserved()).isTrue();
        assertThat(StreamPath.parse("%5f_ds/x").isReserved()).isTrue();
        assertThat(StreamPath.parse("__dsx").isReserved()).isFalse();
        assertThat(StreamPath.parse("a/__ds").isReserved()).isFalse();
    }

    /** Another number here would let a data directory's streams be looked for in the wrong shard. */
    @Test
    void theShardOfAPathNeverChanges() {
        assertThat(new StreamPath("chat/42/tokens").shard(8)).isEqualTo(4);
        assertThat(new StreamPath("a").shard(8)).isEqualTo(1);
        assertThat(new StreamPath("b").shard(7)).isEqualTo(0);
        assertThat(new StreamPath("🌊/x").shard(64)).isEqualTo(52);
    }

    @Test
    void pathsSpreadEvenlyOverShards() {
        int[] counts = new int[8];
        for (int i = 0; i < 8_000; i++) {
            counts[new StreamPath("session/" + i).shard(8)]++;
        }
        for (int count : counts) {
            assertThat(count).isBetween(800, 1_200);
        }
    }

    private static Refusal refusal(String encoded) {
        Refusal refusal = Refusals.of(() -> StreamPath.parse(encoded));
        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_PATH);
        assertThat(refusal.message()).contains(Quoted.of(encoded));
        return refusal;
    }

    private static String anyPath(Random random) {
        StringBuilder path = new StringBuilder("s");
        for (int i = random.nextInt(20); i > 0; i--) {
            int c = switch (random.nextInt(5)) {
                case 0 -> '/';
                case 1 -> 0x20 + random.nextInt(0x5f);
                case 2 -> 0xa0 + random.nextInt(0x700);
                case 3 -> 0x10000 + random.nextInt(0x1000);
                default -> 'a' + random.nextInt(26);
            };
            path.append(c == '/' ? "/s" : Character.toString(c));
        }
        return path.toString();
    }

    private static String encoded(String path, Random random) {
        StringBuilder text = new StringBuilder();
        for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = b == '/' || (Character.isLetterOrDigit(b) && random.nextBoolean());
            if (plain) {
                text.append((char) b);
            } else {
                text.append(String.format(random.nextBoolean() ? "%%%02X" : "%%%02x", b & 0xff));
            }
        }
        return text.toString();
    }
}
