package io.streamkeeper.storage.disk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.storage.disk.DiskException.Operation;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link Disk} does, the simulated one as the machine's own. */
abstract class DiskContract {
    private Disk disk;
    private Path directory;
    private Path file;

    /** The disk that is tested. */
    abstract Disk disk();

    /** A directory that is there, and empty. */
    abstract Path directory();

    @BeforeEach
    void begin() throws IOException {
        disk = disk();
        directory = directory().resolve("one/two");
        disk.createDirectories(directory);
        file = directory.resolve("file");
    }

    private void write(Path path, String text) throws IOException {
        try (DiskFile made = disk.create(path)) {
            made.writeFully(0, ByteBuffer.wrap(text.getBytes(UTF_8)));
            made.sync();
        }
    }

    private String read(Path path) throws IOException {
        try (DiskFile opened = disk.open(path)) {
            return read(opened);
        }
    }

    private static String read(DiskFile opened) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) opened.size());
        opened.readFully(0, bytes);
        return UTF_8.decode(bytes.flip()).toString();
    }

    private static void assertFails(Operation operation, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DiskException.class, e -> assertThat(e.operation()).isEqualTo(operation));
    }

    // ---- bytes ----

    @Test
    void whatIsWrittenIsRead() throws IOException {
        write(file, "hello");
        assertThat(read(file)).isEqualTo("hello");
    }

    @Test
    void aFileIsReadAndWrittenAtPositions() throws IOException {
        write(file, "hello");
        try (DiskFile opened = disk.open(file)) {
            opened.writeFully(3, ByteBuffer.wrap("p!".getBytes(UTF_8)));
            ByteBuffer two = ByteBuffer.allocate(2);
            opened.readFully(2, two);
            assertThat(UTF_8.decode(two.flip()).toString()).isEqualTo("lp");
            assertThat(read(opened)).isEqualTo("help!");
        }
    }

    @Test
    void whatIsSkippedIsZeros() throws IOException {
        try (DiskFile made = disk.create(file)) {
            made.writeFully(3, ByteBuffer.wrap("x".getBytes(UTF_8)));
            assertThat(made.size()).isEqualTo(4);
            assertThat(read(made)).isEqualTo("\0\0\0x");
        }
    }

    @Test
    void aWriteConsumesWhatItHasWritten() throws IOException {
        try (DiskFile made = disk.create(file)) {
            ByteBuffer bytes = ByteBuffer.wrap("hello".getBytes(UTF_8));
            int written = made.write(0, bytes);
            assertThat(written).isBetween(1, 5);
            assertThat(bytes.remaining()).isEqualTo(5 - written);
        }
    }

    @Test
    void aReadPastTheEndReturnsMinusOne() throws IOException {
        write(file, "hello");
        try (DiskFile opened = disk.open(file)) {
            assertThat(opened.read(5, ByteBuffer.allocate(1))).isEqualTo(-1);
            assertThat(opened.read(9, ByteBuffer.allocate(1))).isEqualTo(-1);
            assertThat(opened.read(4, ByteBuffer.allocate(9))).isEqualTo(1);
            assertThatThrownBy(() -> opened.readFully(4, ByteBuffer.allocate(2)))
                    .isInstanceOf(EOFException.class);
        }
    }

    @Test
    void aTruncatedFileEndsThereAndNoneGrowsByIt() throws IOException {
        write(file, "hello");
        try (DiskFile opened = disk.open(file)) {
            opened.truncate(2);
            opened.truncate(4);
            opened.sync();
            assertThat(read(opened)).isEqualTo("he");
        }
    }

    @Test
    void aClosedFileFails() throws IOException {
        DiskFile made = disk.create(file);
        made.close();
        assertFails(Operation.READ, () -> made.read(0, ByteBuffer.allocate(1)));
        assertFails(Operation.WRITE, () -> made.write(0, ByteBuffer.allocate(1)));
        assertFails(Operation.SYNC, made::sync);
        assertFails(Operation.SIZE, made::size);
        assertFails(Operation.TRUNCATE, () -> made.truncate(0));
        made.close();
    }

    // ---- names ----

    @Test
    void aFileThatIsNotThereIsNotOpened() {
        assertThatThrownBy(() -> disk.open(file)).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void aFileThatIsThereIsNotMadeAgain() throws IOException {
        write(file, "hello");
        assertThatThrownBy(() -> disk.create(file)).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(read(file)).isEqualTo("hello");
    }

    @Test
    void noFileIsMadeInADirectoryThatIsNotThere() {
        assertFails(Operation.CREATE, () -> disk.create(directory.resolve("none/file")));
    }

    @Test
    void whatIsThereExists() throws IOException {
        write(file, "hello");
        assertThat(disk.exists(file)).isTrue();
        assertThat(disk.exists(directory)).isTrue();
        assertThat(disk.exists(directory.resolve("none"))).isFalse();
        assertThat(disk.exists(directory.resolve("none/none"))).isFalse();
    }

    @Test
    void namesAreListedInOrder() throws IOException {
        write(directory.resolve("b"), "");
        write(directory.resolve("a"), "");
        disk.createDirectories(directory.resolve("c/d"));
        disk.createDirectories(directory.resolve("c/d"));
        assertThat(disk.list(directory)).containsExactly("a", "b", "c");
        assertThat(disk.directories(directory)).containsExactly(directory.resolve("c"));
        assertThat(disk.list(directory.resolve("c/d"))).isEmpty();
        assertThatThrownBy(() -> disk.list(directory.resolve("none"))).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void aRenamedFileReplacesTheOther() throws IOException {
        Path other = directory.resolve("other");
        write(file, "new");
        write(other, "old");
        disk.rename(file, other);
        disk.syncDirectory(directory);
        assertThat(disk.list(directory)).containsExactly("other");
        assertThat(read(other)).isEqualTo("new");
    }

    @Test
    void aReplacingFileIsThereUnderTheNewNameOnly() throws IOException {
        Path other = directory.resolve("other");
        write(file, "new");
        write(other, "old");
        disk.replace(file, other);
        assertThat(disk.list(directory)).containsExactly("other");
        assertThat(read(other)).isEqualTo("new");
    }

    @Test
    void whatIsNotThereIsNotRenamed() {
        assertFails(Operation.RENAME, () -> disk.rename(file, directory.resolve("other")));
        assertFails(Operation.RENAME, () -> disk.replace(file, directory.resolve("other")));
    }

    @Test
    void aFileThatIsOpenOutlivesItsNameAndAReplacement() throws IOException {
        write(file, "hello");
        try (DiskFile opened = disk.open(file)) {
            disk.delete(file);
            write(file, "other");
            assertThat(read(opened)).isEqualTo("hello");
            Path third = directory.resolve("third");
            disk.rename(file, third);
            assertThat(read(third)).isEqualTo("other");
        }
    }

    @Test
    void whatIsNotThereIsNotDeleted() {
        assertThatThrownBy(() -> disk.delete(file)).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void onlyAnEmptyDirectoryIsDeleted() throws IOException {
        write(file, "hello");
        assertFails(Operation.DELETE, () -> disk.delete(directory));
        disk.delete(file);
        disk.delete(directory);
        assertThat(disk.exists(directory)).isFalse();
    }

    @Test
    void aDirectoryThatIsNotThereIsNotSynced() {
        assertThatThrownBy(() -> disk.syncDirectory(directory.resolve("none"))).isInstanceOf(NoSuchFileException.class);
    }

    // ---- the rest ----

    @Test
    void thereIsRoom() throws IOException {
        assertThat(disk.usableBytes(directory)).isPositive();
    }

    @Test
    void saltsDiffer() {
        assertThat(disk.salt()).isNotEqualTo(disk.salt());
    }
}
