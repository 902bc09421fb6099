package io.streamkeeper.server.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageLinesTest {
    private static final String ARRAYS =
            "[{\"a\": [1,2],\r\n \"b\":\"x,]}\\\\\\\"\\n\"} , [ ] ,\"\\\\\",{},1e5,null]\n[]  [\"é\"]";
    private static final String LINES =
            "{\"a\": [1,2],   \"b\":\"x,]}\\\\\\\"\\n\"} \n[ ] \n\"\\\\\"\n{}\n1e5\nnull\n\"é\"\n";

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 1000})
    void everySplitOfTheInputGivesTheSameLines(int size) throws IOException {
        byte[] bytes = ARRAYS.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        MessageLines lines = new MessageLines(out);
        for (int start = 0; start < bytes.length; start += size) {
            lines.write(bytes, start, Math.min(size, bytes.length - start));
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(LINES);
    }

    @Test
    void aMessageMayBeLongerThanTheBuffer() throws IOException {
        String message = '"' + "x".repeat(200_000) + '"';
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new MessageLines(out).write(("[" + message + "]").getBytes(StandardCharsets.UTF_8));
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(message + "\n");
    }
}
