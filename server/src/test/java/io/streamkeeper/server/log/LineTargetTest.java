package io.streamkeeper.server.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lines begin on their own line, whatever was written before them. */
class LineTargetTest {
    @TempDir
    private Path directory;

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    /** Writes at most some bytes of each array, and then fails, while it is full. */
    private static final class Full extends OutputStream {
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();
        private int room = Integer.MAX_VALUE;

        @Override
        public void write(int octet) throws IOException {
            if (room == 0) {
                throw new IOException("no space left");
            }
            room--;
            written.write(octet);
        }
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {"none, 'new|'", "'', 'new|'", "'old|', 'old|new|'", "'old|to', 'old|to|new|'", "'|', '|new|'"})
    void aFileThatEndsWithinALineIsContinuedOnTheNextOne(String before, String after) throws IOException {
        Path file = directory.resolve("log");
        if (before != null) {
            Files.writeString(file, before.replace('|', '\n'));
        }
        LineTarget target = LineTarget.file(file);
        target.append(bytes("new\n"));
        assertThat(file).hasContent(after.replace('|', '\n'));
        target.append(bytes("next\n"));
        assertThat(file).hasContent((after + "next|").replace('|', '\n'));
    }

    @Test
    void aFileIsContinuedOnTheNextLineAfterAFailure() throws IOException {
        Path file = directory.resolve("log");
        LineTarget target = LineTarget.file(file);
        target.append(bytes("a\n"));
        Files.delete(file);
        Files.createDirectory(file);
        assertThatThrownBy(() -> target.append(bytes("b\n"))).isInstanceOf(IOException.class);
        Files.delete(file);
        Files.writeString(file, "a\nto");
        target.append(bytes("c\n"));
        assertThat(file).hasContent("a\nto\nc\n");
    }

    @Test
    void aFileThatIsRenamedIsContinuedInAnotherOne() throws IOException {
        Path file = directory.resolve("log");
        LineTarget target = LineTarget.file(file);
        target.append(bytes("a\n"));
        Files.move(file, directory.resolve("log.1"));
        target.append(bytes("b\n"));
        assertThat(file).hasContent("b\n");
    }

    @Test
    void standardOutputIsContinuedOnTheNextLineAfterAFailure() throws IOException {
        Full out = new Full();
        LineTarget target = new StandardOutput(out);
        target.append(bytes("a\n"));
        out.room = 2;
        assertThatThrownBy(() -> target.append(bytes("torn\n"))).isInstanceOf(IOException.class);
        out.room = Integer.MAX_VALUE;
        target.append(bytes("b\n"));
        target.append(bytes("c\n"));
        assertThat(out.written.toString(UTF_8)).isEqualTo("a\nto\nb\nc\n");
    }
}
