package io.streamkeeper.storage.extent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link ExtentFiles} does, wherever it keeps them. Public, so that an implementation outside of this
 * project can be tested with it.
 */
public abstract class ExtentFilesContract {
    private ExtentFiles files;

    /** Extent files of which there are none yet. */
    protected abstract ExtentFiles files() throws IOException;

    /** The machine stops, and the next process opens what is there. */
    protected abstract ExtentFiles afterCrash() throws IOException;

    @BeforeEach
    void begin() throws IOException {
        files = files();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }

    private void write(long number, String... parts) throws IOException {
        try (ExtentFiles.Output out = files.create(number)) {
            for (String part : parts) {
                out.write(bytes(part));
                out.sync();
            }
            out.seal();
        }
    }

    private String read(long number) throws IOException {
        try (ExtentFiles.Input in = files.open(number)) {
            return read(in, 0, (int) in.size());
        }
    }

    private static String read(ExtentFiles.Input in, long position, int length) throws IOException {
        ByteBuffer into = ByteBuffer.allocate(length);
        in.read(position, into);
        assertThat(into.hasRemaining()).isFalse();
        return UTF_8.decode(into.flip()).toString();
    }

    @Test
    void aSealedFileIsReadAsItWasWritten() throws IOException {
        write(7, "one ", "two ", "three");
        assertThat(read(7)).isEqualTo("one two three");
        try (ExtentFiles.Input in = files.open(7)) {
            assertThat(in.size()).isEqualTo(13);
            assertThat(read(in, 4, 3)).isEqualTo("two");
        }
    }

    @Test
    void aReadConsumesABufferOfAnyKindFromItsPosition() throws IOException {
        write(1, "0123456789");
        try (ExtentFiles.Input in = files.open(1)) {
            ByteBuffer into = ByteBuffer.allocateDirect(6).position(2).limit(5);
            in.read(3, into);
            assertThat(into.position()).isEqualTo(5);
            into.position(2);
            assertThat(UTF_8.decode(into).toString()).isEqualTo("345");
        }
    }

    @Test
    void aReadAfterTheEndFails() throws IOException {
        write(1, "short");
        try (ExtentFiles.Input in = files.open(1)) {
            assertThatThrownBy(() -> read(in, 3, 3)).isInstanceOf(EOFException.class);
            assertThat(read(in, 3, 2)).isEqualTo("rt");
        }
    }

    @Test
    void aFileThatIsNotThereCannotBeOpenedAndNeedNotBeRemoved() throws IOException {
        assertThatThrownBy(() -> files.open(3)).isInstanceOf(NoSuchFileException.class);
        files.delete(3);
        assertThat(files.list()).isEmpty();
    }

    @Test
    void theListHasAllNumbersInOrder() throws IOException {
        write(0x10, "a");
        write(9, "b");
        write(Long.MAX_VALUE, "c");
        ExtentFiles.Output unsealed = files.create(12);
        assertThat(files.list()).containsExactly(9L, 12L, 16L, Long.MAX_VALUE);
        unsealed.close();
        files.delete(9);
        assertThat(files.list()).containsExactly(12L, 16L, Long.MAX_VALUE);
    }

    @Test
    void aFileThatWasNotSealedIsBegunAgain() throws IOException {
        try (ExtentFiles.Output out = files.create(5)) {
            out.write(bytes("a longer text than the next"));
            out.sync();
        }
        write(5, "the next");
        assertThat(read(5)).isEqualTo("the next");
        assertThat(files.list()).containsExactly(5L);
    }

    @Test
    void aFileCanBeReadAfterItsRemovalUntilItIsClosed() throws IOException {
        write(2, "still here");
        try (ExtentFiles.Input in = files.open(2)) {
            files.delete(2);
            assertThat(read(in, 0, 10)).isEqualTo("still here");
            assertThat(files.list()).isEmpty();
        }
        assertThatThrownBy(() -> files.open(2)).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void anOutputMayBeClosedMoreThanOnce() throws IOException {
        ExtentFiles.Output out = files.create(1);
        out.write(bytes("x"));
        out.seal();
        out.close();
        out.close();
        assertThat(read(1)).isEqualTo("x");
    }

    @Test
    void aSealedFileSurvivesACrashWhole() throws IOException {
        write(1, "one");
        write(2, "x".repeat(100_000), "two");
        files = afterCrash();
        assertThat(files.list()).containsExactly(1L, 2L);
        assertThat(read(1)).isEqualTo("one");
        assertThat(read(2)).hasSize(100_003).endsWith("two");
    }

    @Test
    void aFileThatACrashInterruptedIsListedOrLostAndCanBeWrittenAgain() throws IOException {
        write(1, "one");
        ExtentFiles.Output out = files.create(2);
        out.write(bytes("interrupted"));
        files = afterCrash();
        assertThat(files.list()).contains(1L).isSubsetOf(1L, 2L);
        files.delete(2);
        assertThat(files.list()).containsExactly(1L);
        write(2, "again");
        assertThat(read(2)).isEqualTo("again");
    }

    @Test
    void eachFileHasANameByWhichAPersonFindsIt() {
        assertThat(files.name(1)).isNotBlank().isNotEqualTo(files.name(2)).isEqualTo(files.name(1));
    }

    @Test
    void thereIsRoom() throws IOException {
        assertThat(files.usableBytes()).isPositive();
    }

    @Test
    void anExtentIsWrittenAndReadInThem() throws IOException {
        Random random = new Random(1);
        byte[] data = new byte[700_000];
        random.nextBytes(data);
        UUID store = new UUID(1, 2);
        try (ExtentWriter out = new ExtentWriter(files, 4, 3, store, 42)) {
            out.begin(1, null, 0, 0, false);
            out.data(Unpooled.wrappedBuffer(data));
            out.endRun(1, null, 0);
            out.end();
            out.finish();
            assertThat(out.bytes()).isPositive();
        }
        files = afterCrash();
        ExtentFile file = ExtentFile.open(files, 4, 3, store);
        IndexEntry entry = file.entries().next();
        ByteBuffer read = ByteBuffer.allocate(data.length);
        file.read(entry.runs().position(0), read);
        assertThat(read.array()).isEqualTo(data);
        assertThat(file.name()).isEqualTo(files.name(4));
        file.release();
    }
}
