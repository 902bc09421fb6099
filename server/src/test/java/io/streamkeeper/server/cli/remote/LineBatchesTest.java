package io.streamkeeper.server.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineBatchesTest {
    private static final int MANY = 1000;

    private static List<String> batches(LineBatches batches) throws IOException {
        List<String> all = new ArrayList<>();
        for (byte[] batch = batches.next(); batch != null; batch = batches.next()) {
            all.add(new String(batch, StandardCharsets.ISO_8859_1));
        }
        return all;
    }

    private static LineBatches of(String input, boolean isJson, int linesMax) {
        return new LineBatches(
                new ByteArrayInputStream(input.getBytes(StandardCharsets.ISO_8859_1)), isJson, false, linesMax);
    }

    /** Reads as a pipe does: some bytes at a time. */
    private static InputStream inPieces(byte[] bytes, Random random) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] to, int start, int length) {
                return super.read(to, start, Math.min(length, 1 + random.nextInt(300_000)));
            }
        };
    }

    @Test
    void aBatchHasWholeLines() throws IOException {
        assertThat(batches(of("a\nb\nc\nd", false, 2))).containsExactly("a\nb\n", "c\nd");
        assertThat(batches(of("a\r\n\n", false, MANY))).containsExactly("a\r\n\n");
        assertThat(batches(of("", false, MANY))).isEmpty();
    }

    @Test
    void jsonLinesBecomeAnArray() throws IOException {
        assertThat(batches(of("{\"a\": 1}\n\n [2,3] \r\n\"x\"", true, MANY)))
                .containsExactly("[{\"a\": 1}, [2,3] \r,\"x\"]");
        assertThat(batches(of("\n \n1\n\n", true, 1))).containsExactly("[1]");
    }

    @Test
    void aLineThatIsNoMessageIsNamed() {
        assertThatThrownBy(() -> batches(of("1\n\n{\n", true, MANY)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("line 3 is not JSON");
        assertThatThrownBy(() -> batches(of("1\n2\n3,4\n", true, 2))).hasMessageStartingWith("line 3 is not JSON");
        assertThatThrownBy(() -> batches(of("1 2\n", true, MANY)))
                .hasMessage("line 1 has more than one JSON value; expected one a line");
    }

    @Test
    void eagerBatchesDoNotWaitForMoreInput() throws IOException {
        byte[] part = "a\nb\nc".getBytes(StandardCharsets.ISO_8859_1);
        InputStream in = new InputStream() {
            private int reads;

            @Override
            public int read() {
                throw new IllegalStateException("is read in parts");
            }

            @Override
            public int read(byte[] to, int start, int length) {
                assertThat(++reads)
                        .as("the input is asked for more than it has")
                        .isEqualTo(1);
                System.arraycopy(part, 0, to, start, part.length);
                return part.length;
            }
        };
        assertThat(new LineBatches(in, false, true, MANY).next())
                .isEqualTo("a\nb\n".getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void batchesDependOnTheInputAlone() throws IOException {
        for (int seed = 0; seed < 12; seed++) {
            Random random = new Random(seed);
            boolean isJson = seed % 2 == 0;
            byte[] input = input(random, isJson);
            List<String> first = batches(new LineBatches(inPieces(input, random), isJson, false, MANY));
            List<String> second = batches(new LineBatches(inPieces(input, random), isJson, false, MANY));
            assertThat(first).as("seed %d", seed).isEqualTo(second);
            if (!isJson) {
                assertThat(String.join("", first).getBytes(StandardCharsets.ISO_8859_1))
                        .isEqualTo(input);
            }
        }
    }

    /** Lines of which some are longer than a batch. */
    private static byte[] input(Random random, boolean isJson) {
        ByteArrayOutputStream input = new ByteArrayOutputStream();
        for (int line = 0; line < 3000; line++) {
            int length = random.nextInt(500) == 0 ? 900_000 + random.nextInt(1_500_000) : random.nextInt(2_000);
            byte[] text = new byte[length];
            for (int i = 0; i < length; i++) {
                text[i] = (byte) (isJson ? '1' : random.nextInt(256));
            }
            input.writeBytes(text);
            input.write('\n');
        }
        return input.toByteArray();
    }
}
