package io.streamkeeper.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random damage to JSON texts: a body is taken exactly if the grammar takes it, and each message is then the tree that
 * a strict reader sees. The reader refuses one thing that the grammar has: a name with half of a surrogate pair, as an
 * escape.
 */
class JsonSplitterDamageTest {
    private static final ObjectMapper READER =
            new ObjectMapper(new JsonFactory()).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final String PIECES = "[]{},:\"\\ \n\t0123eE+-.truefalsn/\0\u0001'";

    private final JsonSplitter splitter = new JsonSplitter();

    @Test
    void aDamagedTextIsTakenExactlyIfTheGrammarTakesItAndIsWhatAStrictReaderSees() {
        int[] taken = new int[2];
        Seeds.forEach(30_000, random -> {
            byte[] bytes = damaged(JsonText.any(random).text().getBytes(UTF_8), random);
            JsonNode tree = tree(bytes);
            Body body = splitter.split(Unpooled.copiedBuffer(bytes));
            boolean accepted = body.problem() == null;
            assertThat(accepted).as(new String(bytes, UTF_8)).isEqualTo(StrictJson.accepts(bytes));
            if (tree != null) {
                assertThat(accepted).as(new String(bytes, UTF_8)).isTrue();
                assertThat(trees(body)).isEqualTo(elements(tree));
            }
            taken[tree == null ? 0 : 1]++;
        });
        assertThat(taken[0]).isGreaterThan(5_000);
        assertThat(taken[1]).isGreaterThan(5_000);
    }

    private static List<JsonNode> trees(Body body) {
        return JsonSplitterTest.texts(body).stream()
                .map(text -> tree(text.getBytes(UTF_8)))
                .toList();
    }

    private static List<JsonNode> elements(JsonNode tree) {
        List<JsonNode> elements = new ArrayList<>();
        if (tree.isArray()) {
            tree.forEach(elements::add);
        } else {
            elements.add(tree);
        }
        return elements;
    }

    /** The tree of a text, or null if it is not JSON in UTF-8. */
    private static JsonNode tree(byte[] bytes) {
        try {
            String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            JsonNode tree = text.startsWith("\ufeff") ? null : READER.readTree(text);
            return tree == null || tree.isMissingNode() ? null : tree;
        } catch (CharacterCodingException | JsonProcessingException e) {
            return null;
        }
    }

    private static byte[] damaged(byte[] text, Random random) {
        byte[] bytes = text;
        for (int i = random.nextInt(3); i > 0; i--) {
            bytes = damagedOnce(bytes, random);
        }
        return bytes;
    }

    private static byte[] damagedOnce(byte[] bytes, Random random) {
        int at = random.nextInt(bytes.length + 1);
        byte other = random.nextInt(5) == 0
                ? (byte) random.nextInt(256)
                : (byte) PIECES.charAt(random.nextInt(PIECES.length()));
        return switch (random.nextInt(4)) {
            case 0 -> Arrays.copyOf(bytes, at);
            case 1 -> Arrays.copyOfRange(bytes, at, bytes.length);
            case 2 -> replaced(bytes, at, other, 0);
            default -> replaced(bytes, at, other, at < bytes.length ? 1 : 0);
        };
    }

    /** The bytes with {@code other} at {@code at} instead of {@code count} of them. */
    private static byte[] replaced(byte[] bytes, int at, byte other, int count) {
        byte[] changed = new byte[bytes.length + 1 - count];
        System.arraycopy(bytes, 0, changed, 0, at);
        changed[at] = other;
        System.arraycopy(bytes, at + count, changed, at + 1, bytes.length - at - count);
        return changed;
    }
}
