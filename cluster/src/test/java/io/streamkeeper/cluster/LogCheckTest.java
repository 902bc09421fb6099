package io.streamkeeper.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.protocol.output.MayLogFaults;
import io.streamkeeper.storage.disk.Checksum;
import io.streamkeeper.storage.disk.LocalDisk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A torn end is cut, and every other damage refused: over files as Ratis writes them. */
@MayLogFaults("The end of {} is torn")
class LogCheckTest {
    private static final int PADDING = 4_096;

    @TempDir
    Path folder;

    private final ByteArrayOutputStream segment = new ByteArrayOutputStream();
    private Path open;

    @BeforeEach
    void header() {
        begin();
        open = folder.resolve("log_inprogress_0");
    }

    private void begin() {
        segment.reset();
        segment.writeBytes(SegmentReader.HEADER);
    }

    /** Adds an entry; returns the position after it. */
    private int add(long term, long index, int bytes) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write(8);
        varint(body, term);
        if (index != 0) {
            body.write(16);
            varint(body, index);
        }
        byte[] data = new byte[bytes];
        new Random(index).nextBytes(data);
        body.writeBytes(data);
        ByteArrayOutputStream entry = new ByteArrayOutputStream();
        varint(entry, body.size());
        entry.writeBytes(body.toByteArray());
        int checksum = Checksum.of(ByteBuffer.wrap(entry.toByteArray()));
        entry.writeBytes(ByteBuffer.allocate(4).putInt(checksum).array());
        segment.writeBytes(entry.toByteArray());
        return segment.size();
    }

    private static void varint(ByteArrayOutputStream to, long value) {
        long left = value;
        for (; left > 127; left >>>= 7) {
            to.write((int) ((left & 127) | 128));
        }
        to.write((int) left);
    }

    private byte[] written() {
        return segment.toByteArray();
    }

    private void save(Path file, byte[] bytes) throws IOException {
        Files.write(file, Arrays.copyOf(bytes, bytes.length + PADDING));
    }

    private void run() throws IOException {
        run(LogPosition.BEGIN);
    }

    private void run(LogPosition start) throws IOException {
        LogCheck.run(new LocalDisk(), folder, start, "n1");
    }

    /** What is only read: the log of a member that does not run. */
    private LogPosition look() throws IOException {
        return LogCheck.look(new LocalDisk(), folder, LogPosition.BEGIN, "n1");
    }

    private void assertRefused(Path file, String what) throws IOException {
        byte[] before = Files.readAllBytes(file);
        assertThatThrownBy(this::look).isInstanceOf(DamagedLogException.class).hasMessageContaining(what);
        assertThatThrownBy(this::run)
                .isInstanceOf(DamagedLogException.class)
                .hasMessageContaining(file + " is damaged at byte ")
                .hasMessageContaining(what)
                .hasMessageContaining("replace member n1 by one with another name and an empty directory");
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    void aWholeLogPassesAndItsOpenSegmentHasNoPaddingAfterwards() throws Exception {
        add(1, 0, 10);
        add(1, 1, 5_000);
        add(2, 2, 0);
        save(folder.resolve("log_0-2"), written());
        begin();
        add(2, 3, 300);
        save(folder.resolve("log_inprogress_3"), written());
        run();
        assertThat(folder.resolve("log_0-2")).exists();
        assertThat(folder.resolve("log_inprogress_3")).hasBinaryContent(written());
        assertThat(folder.toFile().list()).hasSize(2);
    }

    @Test
    void theLastEntryTornAnywhereIsCut() throws Exception {
        add(1, 0, 10);
        int end = add(1, 1, 200);
        byte[] durable = written();
        add(1, 2, 200);
        byte[] all = written();
        Random random = new Random(1);
        for (int cut = end + 1; cut < all.length; cut++) {
            byte[] tornAtEnd = Arrays.copyOf(all, all.length);
            Arrays.fill(tornAtEnd, cut, all.length, (byte) 0);
            byte[] tornAtBegin = Arrays.copyOf(all, all.length);
            Arrays.fill(tornAtBegin, end, cut, (byte) 0);
            byte[] hole = Arrays.copyOf(all, all.length);
            hole[cut] ^= (byte) (1 + random.nextInt(255));
            for (byte[] torn : List.of(tornAtEnd, tornAtBegin, hole)) {
                if (!Arrays.equals(torn, all)) {
                    save(open, torn);
                    byte[] found = Files.readAllBytes(open);
                    assertThat(look()).isEqualTo(new LogPosition(1, 1));
                    assertThat(open).as("after a look").hasBinaryContent(found);
                    run();
                    assertThat(open).hasBinaryContent(durable);
                }
            }
        }
    }

    @Test
    void aFileThatEndsWithinAnEntryIsCut() throws Exception {
        int end = add(1, 0, 100);
        byte[] durable = written();
        add(1, 1, 100);
        for (int length = end + 1; length < segment.size(); length++) {
            Files.write(open, Arrays.copyOf(written(), length));
            run();
            assertThat(open).hasBinaryContent(durable);
        }
    }

    @Test
    void aWrongByteBeforeAnotherEntryIsRefused() throws Exception {
        add(1, 0, 50);
        int end = add(1, 1, 200);
        add(1, 2, 30);
        Random random = new Random(2);
        for (int position = 0; position < end; position++) {
            byte[] damaged = written();
            damaged[position] ^= (byte) (1 + random.nextInt(255));
            save(open, damaged);
            assertRefused(open, position < SegmentReader.HEADER.length ? "header" : "expected index");
        }
    }

    @Test
    void anyWrongByteOfACompleteSegmentIsRefused() throws Exception {
        add(1, 0, 50);
        add(1, 1, 100);
        Path complete = folder.resolve("log_0-1");
        Random random = new Random(3);
        for (int position = 0; position < segment.size(); position++) {
            byte[] damaged = written();
            damaged[position] ^= (byte) (1 + random.nextInt(255));
            Files.write(complete, damaged);
            assertRefused(complete, "");
        }
        Files.write(complete, Arrays.copyOf(written(), segment.size() - 1));
        assertRefused(complete, "expected index 1");
    }

    @Test
    void aMissingSegmentIsRefused() throws Exception {
        add(1, 0, 50);
        save(folder.resolve("log_0-0"), written());
        begin();
        add(1, 2, 50);
        open = folder.resolve("log_inprogress_2");
        save(open, written());
        assertRefused(open, "it begins with index 2, expected 1");
    }

    @Test
    void aShortCompleteSegmentIsRefused() throws Exception {
        add(1, 0, 50);
        Path complete = folder.resolve("log_0-1");
        save(complete, written());
        assertRefused(complete, "its last entry has index 0");
    }

    @Test
    void aTermThatDecreasesIsRefused() throws Exception {
        add(5, 0, 50);
        add(4, 1, 50);
        save(open, written());
        assertRefused(open, "it has the entry (term 4, index 1) after (term 5, index 0)");
    }

    @Test
    void aCompleteSegmentGetsTheNameThatAPowerCutTook() throws Exception {
        add(1, 0, 50);
        add(1, 1, 50);
        save(open, written());
        begin();
        add(1, 2, 50);
        save(folder.resolve("log_inprogress_2"), written());
        run();
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("log_0-1", "log_inprogress_2");
    }

    @Test
    void aSegmentWithoutEntriesIsRemoved() throws Exception {
        for (byte[] empty : List.of(new byte[0], new byte[100], SegmentReader.HEADER)) {
            save(open, empty);
            run();
            assertThat(open).doesNotExist();
        }
    }

    @Test
    void theStateOfAMemberFitsItsLog() throws Exception {
        add(1, 0, 50);
        add(3, 1, 50);
        save(open, written());
        run(new LogPosition(3, 1));
        run(new LogPosition(3, 9));
        assertThatThrownBy(() -> run(new LogPosition(4, 1)))
                .hasMessageContaining(
                        "the state of member n1 ends at (term 4, index 1), where its log has (term 3, index 1)");
        begin();
        add(7, 5, 50);
        Files.delete(open);
        save(folder.resolve("log_inprogress_5"), written());
        run(new LogPosition(6, 4));
        assertThatThrownBy(() -> run(new LogPosition(6, 3)))
                .hasMessageContaining("begins at index 5: entries between them are missing");
        assertThatThrownBy(this::run).hasMessageContaining("begins at index 5: entries between them are missing");
    }
}
