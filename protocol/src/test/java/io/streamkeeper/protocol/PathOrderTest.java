package io.streamkeeper.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PathOrderTest {
    private static int ofBytes(String a, String b) {
        return Integer.signum(
                Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8)));
    }

    private static int ofPaths(String a, String b) {
        return Integer.signum(PathOrder.compare(a, b));
    }

    @Test
    void aCharacterOutsideTheBasicPlaneFollowsAllInside() {
        assertThat(ofPaths("a\uffee", "a\ud83d\ude00")).isNegative();
        assertThat("a\uffee".compareTo("a\ud83d\ude00")).isPositive();
    }

    @Test
    void theBeginningOfAPathIsBeforeIt() {
        assertThat(ofPaths("a/b", "a/b/c")).isNegative();
        assertThat(ofPaths("a/b/c", "a/b")).isPositive();
        assertThat(ofPaths("a/b", "a/b")).isZero();
    }

    @Test
    void theOrderIsThatOfTheBytesInUtf8() {
        String[] letters = {
            "a",
            "b",
            "/",
            "0",
            "\u00e4",
            "\u07ff",
            "\u4e2d",
            "\ud7ff",
            "\ue000",
            "\uffee",
            "\ud800\udc00",
            "\udbff\udfff"
        };
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            String a = text(letters, random);
            String b = text(letters, random);
            assertThat(ofPaths(a, b)).as("%s and %s", a, b).isEqualTo(ofBytes(a, b));
        }
    }

    private static String text(String[] letters, Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(4); i >= 0; i--) {
            text.append(letters[random.nextInt(letters.length)]);
        }
        return text.toString();
    }
}
