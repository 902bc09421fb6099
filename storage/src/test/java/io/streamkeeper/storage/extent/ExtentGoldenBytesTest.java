package io.streamkeeper.storage.extent;

import static io.streamkeeper.storage.disk.GoldenBytes.assertGolden;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.storage.disk.DiskFile;
import io.streamkeeper.storage.disk.GoldenBytes;
import io.streamkeeper.storage.disk.SimulatedDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The bytes of an extent file: format version 2, which does not change. */
class ExtentGoldenBytesTest {
    private static final long GENERATION = 1_700_000_000_000_000L;
    private static final UUID STORE = UUID.fromString("00010203-0405-0607-0809-0a0b0c0d0e0f");
    private static final Path FILE = Path.of("/data/extents/" + ExtentLayout.name(7));

    /** Of a stream of bytes two appends in one run, and of a JSON stream with retention by age one message. */
    private static final String GOLDEN = """
            534b5831           # header: magic
            478bc196           # crc32c of the 56 bytes that follow
            00000002           # format version
            00000003           # shard
            000102030405060708090a0b0c0d0e0f  # store
            0000000000000007   # file
            000000000000002a   # no record in the file is older
            0000000000000000 0000000000000000  # unused
            6162636465         # at 64 the run of the first stream
            0302               # the lengths of its appends
            312c               # at 71 the run of the second
            534b5842           # at 73 the index block: magic
            d00df519           # crc32c of what follows, up to the footer
            00000040           # length of the block
            00000002           # entries
            00060a24181e4000   # first entry: generation
            05                 # flags: 1 description, 4 lengths of appends
            02 6d65            # description
            0a                 # start: position 10 of the stream
            04                 # messages before
            40                 # position in the file of the first run: 64
            01                 # runs
            05 02 c450d697     # bytes, messages, crc32c
            02 24bdafbc        # bytes of the lengths of its appends, crc32c of them
            00060a24181e4001   # second entry: generation
            02                 # flags: 2 times
            00 00 47 01        # start, messages before, position in the file, runs
            02 01 ac02 cf73bc28  # bytes, messages, milliseconds, crc32c
            0000000000000049   # footer: position of the block
            00000040           # its length
            534b5854           # trailer: magic
            a9db5cf3           # 31 times the crc32c of the footer, plus that of what follows
            0000000000000089   # position of the footer
            00000001           # blocks
            00000002           # bytes of lengths of appends
            0000000000000002   # entries
            0000000000000007   # bytes of runs
            0000000000000007   # file
            """;

    private final SimulatedDisk disk = new SimulatedDisk(new Random(1));
    private final ExtentFiles files = LocalExtentFiles.of(disk, Path.of("/data"));

    private static ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, UTF_8);
    }

    @Test
    void aFileIsWrittenSo() throws IOException {
        disk.createDirectories(FILE.getParent());
        try (ExtentWriter out = new ExtentWriter(files, 7, 3, STORE, 42)) {
            out.begin(GENERATION, text("me"), 10, 4, false);
            out.data(text("abc"));
            out.data(text("de"));
            out.endRun(2, GoldenBytes.of("0302"), 0);
            out.end();
            out.begin(GENERATION + 1, null, 0, 0, true);
            out.data(text("1,"));
            out.endRun(1, null, 300);
            out.end();
            out.finish();
        }
        try (DiskFile file = disk.open(FILE)) {
            ByteBuf bytes = Unpooled.buffer((int) file.size());
            file.readFully(0, bytes.nioBuffer(0, bytes.capacity()));
            assertGolden(bytes.writerIndex(bytes.capacity()), GOLDEN);
        }
    }

    @Test
    void aFileIsReadSo() throws IOException {
        disk.createDirectories(FILE.getParent());
        try (DiskFile file = disk.create(FILE)) {
            file.writeFully(0, GoldenBytes.of(GOLDEN).nioBuffer());
        }
        ExtentFile file = ExtentFile.open(files, 7, 3, STORE);
        assertThat(file.firstLsn()).isEqualTo(42);
        assertThat(file.entryCount()).isEqualTo(2);
        assertThat(file.dataBytes()).isEqualTo(7);
        assertThat(file.lengthsBytes()).isEqualTo(2);
        ExtentFile.Cursor entries = file.entries();
        IndexEntry first = entries.next();
        assertThat(first.generation()).isEqualTo(GENERATION);
        assertThat(first.meta().toString(UTF_8)).isEqualTo("me");
        assertThat(first.runs().start()).isEqualTo(10);
        assertThat(first.runs().end()).isEqualTo(15);
        assertThat(first.runs().messagesBefore()).isEqualTo(4);
        assertThat(first.runs().messages(0)).isEqualTo(2);
        assertThat(first.runs().position(0)).isEqualTo(64);
        assertThat(first.runs().lengthsPosition(0)).isEqualTo(69);
        assertThat(first.runs().lengthsBytes(0)).isEqualTo(2);
        IndexEntry second = entries.next();
        assertThat(second.generation()).isEqualTo(GENERATION + 1);
        assertThat(second.meta()).isNull();
        assertThat(second.runs().millis(0)).isEqualTo(300);
        assertThat(second.runs().position(0)).isEqualTo(71);
        assertThat(entries.next()).isNull();
        file.release();
    }

    @Test
    void aFilesName() {
        assertThat(ExtentLayout.name(0x1af)).isEqualTo("00000000000001af.ext");
    }
}
