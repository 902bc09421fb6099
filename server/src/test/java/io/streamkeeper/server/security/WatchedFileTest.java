package io.streamkeeper.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.streamkeeper.protocol.output.LogsFaults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WatchedFileTest {
    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = folder.resolve("rules");
        write("one");
    }

    private void write(String text) throws IOException {
        Files.writeString(file, text);
        mode(file, "rw-------");
    }

    private static void mode(Path file, String mode) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private static String parse(List<String> lines) {
        if (lines.contains("bad")) {
            throw new IllegalArgumentException("line 1 has 'bad'");
        }
        return String.join("+", lines);
    }

    private WatchedFile<String> open() throws IOException {
        return WatchedFile.open(file, SecretFile::readRules, WatchedFile.lines(WatchedFileTest::parse));
    }

    @Test
    void aByteOrderMarkIsNoTextOfTheFile() throws IOException {
        write("\uFEFFone\r\ntwo\uFEFF");

        assertThat(open().value()).isEqualTo("one+two\uFEFF");
    }

    @Test
    void aDirectoryIsNamedInTheMessage() {
        assertThatIOException()
                .isThrownBy(() ->
                        WatchedFile.open(folder, SecretFile::readRules, WatchedFile.lines(WatchedFileTest::parse)))
                .withMessageContaining(folder + " is a directory; expected a file");
    }

    @Test
    void aNewContentReplacesTheOldOne() throws IOException {
        WatchedFile<String> watched = open();
        assertThat(watched.value()).isEqualTo("one");
        assertThat(watched.check()).isFalse();

        write("one\ntwo");

        assertThat(watched.check()).isTrue();
        assertThat(watched.value()).isEqualTo("one+two");
        assertThat(watched.check()).isFalse();
    }

    @Test
    void aFileThatIsReplacedByRenamingIsReadAgain() throws IOException {
        WatchedFile<String> watched = open();
        Path other = Files.writeString(folder.resolve("other"), "two");
        mode(other, "rw-------");
        Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);

        assertThat(watched.check()).isTrue();
        assertThat(watched.value()).isEqualTo("two");
    }

    @Test
    @LogsFaults("{} has changed and cannot be used")
    void theOldContentStaysWhileTheNewOneCannotBeUsed() throws IOException {
        WatchedFile<String> watched = open();

        write("bad");
        assertThat(watched.check()).isFalse();
        Files.write(file, new byte[] {(byte) 0xff});
        assertThat(watched.check()).isFalse();
        write("open to all");
        mode(file, "rw-rw-rw-");
        assertThat(watched.check()).isFalse();
        Files.delete(file);
        assertThat(watched.check()).isFalse();

        assertThat(watched.value()).isEqualTo("one");
        write("two");
        assertThat(watched.check()).isTrue();
        assertThat(watched.value()).isEqualTo("two");
    }

    @Test
    @LogsFaults("{} has changed and cannot be used")
    void aModeThatIsRepairedIsNoticed() throws IOException {
        WatchedFile<String> watched = open();
        write("two");
        mode(file, "rw-rw-rw-");
        assertThat(watched.check()).isFalse();

        mode(file, "rw-------");

        assertThat(watched.check()).isTrue();
        assertThat(watched.value()).isEqualTo("two");
    }

    @Test
    void atTheStartAContentThatIsNotValidIsNamedWithItsFile() throws IOException {
        write("bad");
        assertThatIllegalArgumentException().isThrownBy(this::open).withMessage(file + ": line 1 has 'bad'");
        Files.delete(file);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(this::open)
                .withMessageContaining(file.toString())
                .withMessageContaining("does not exist");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rw-----w-", "rw---x---"})
    void aFileWithSecretsBelongsToItsOwnerOnly(String mode) throws IOException {
        mode(file, mode);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> SecretFile.readSecret(file))
                .withMessageContaining(file + " has the mode " + mode)
                .withMessageContaining("chmod 600 " + file);
    }

    @Test
    void aFileWithSecretsIsReadByItsOwner() throws IOException {
        mode(file, "r--------");
        assertThat(SecretFile.text(SecretFile.readSecret(file))).isEqualTo("one");
    }
}
