package io.streamkeeper.storage.journal;

import static io.streamkeeper.storage.disk.GoldenBytes.assertGolden;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.disk.GoldenBytes;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The bytes of a segment's header and of a frame: format version 2, which does not change. */
class LogGoldenBytesTest {
    private static final long SALT = 0x1112131415161718L;
    private static final long POSITION = 72;

    private static final String RECORD = "00000012 02 00060a24181e4000 ac02 00 01 03 01 616263";

    @Test
    void aSegmentsHeader() {
        String golden = """
                534b4a31           # magic
                04c2fcec           # crc32c of what follows
                00000002           # format version
                00000003           # shard
                000102030405060708090a0b0c0d0e0f  # store
                0000000000000007   # number
                0000000000000006   # the segment before
                0000000000000228   # where the frames of that one end
                000000000000002a   # last record before this segment
                1112131415161718   # salt
                """;
        SegmentLayout.Header header = new SegmentLayout.Header(
                2, 3, UUID.fromString("00010203-0405-0607-0809-0a0b0c0d0e0f"), 7, 6, 0x228, 42, SALT);
        assertGolden(Unpooled.wrappedBuffer(SegmentLayout.write(header)), golden);
        assertThat(SegmentLayout.read(GoldenBytes.of(golden).nioBuffer())).isEqualTo(header);
    }

    @Test
    void aFrame() {
        String golden = """
                534b4652           # magic
                71a105e8           # crc32c of salt, position in the segment, and what follows
                0000003e           # length with this header
                00000001           # records
                0000000000000007   # segment
                000000000000002b   # number of the first record
                0000000000000048   # how far the segment was durable
                """ + RECORD;
        FrameLayout.Header header = new FrameLayout.Header(0x3e, 1, 7, 43, 72);
        ByteBuf frame = Unpooled.buffer().writeZero(FrameLayout.HEADER_BYTES).writeBytes(GoldenBytes.of(RECORD));
        FrameLayout.writeHeader(frame, 0, header, SALT, POSITION);
        assertGolden(frame, golden);
        ByteBuf read = GoldenBytes.of(golden);
        assertThat(FrameLayout.begins(read, 0, 7)).isTrue();
        assertThat(FrameLayout.readHeader(read, 0)).isEqualTo(header);
        assertThat(FrameLayout.isIntact(read, 0, 0x3e, SALT, POSITION)).isTrue();
        assertThat(FrameLayout.isIntact(read, 0, 0x3e, SALT + 1, POSITION)).isFalse();
        assertThat(FrameLayout.isIntact(read, 0, 0x3e, SALT, POSITION + 8)).isFalse();
    }

    @Test
    void aSegmentsName() {
        assertThat(DataDirectory.segmentName(0x1af)).isEqualTo("00000000000001af.wal");
    }
}
