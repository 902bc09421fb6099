package io.streamkeeper.storage.tier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.disk.DamagedFileException;
import io.streamkeeper.storage.disk.DiskFile;
import io.streamkeeper.storage.extent.ExtentFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class IndexCopyTest {
    private static final Path PATH = IndexCopy.in(DataDirectory.extents(TierRig.SHARD), 1);

    private final TierRig rig = new TierRig();
    private final ExtentFile extent = rig.write(1, TierRig.bytes(10_000));

    IndexCopyTest() throws IOException {
        IndexCopy.write(rig.disk, PATH, extent);
    }

    private byte[] copy() throws IOException {
        try (DiskFile file = rig.disk.open(PATH)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
            file.readFully(0, bytes);
            return bytes.array();
        }
    }

    @Test
    void itBeginsWithTheTableOfItsParts() throws IOException {
        byte[] head = new byte[24 + 3 * 12];
        System.arraycopy(copy(), 0, head, 0, head.length);
        assertThat(HexFormat.of().formatHex(head))
                .isEqualTo("534b5849" + "283a969a" + "00000003" + "00000000" + "00000000000027b0"
                        + "0000000000000000" + "00000040"
                        + "0000000000002750" + "00000024"
                        + "0000000000002774" + "0000003c");
    }

    @Test
    void allPartsOfTheIndexAreReadFromIt() throws IOException {
        try (IndexCopy copy = IndexCopy.open(rig.disk, PATH, extent.bytes())) {
            assertThat(copy.extentBytes()).isEqualTo(extent.bytes());
            for (ExtentFile.IndexPart part : extent.indexParts()) {
                for (int skipped = 0; skipped < part.bytes(); skipped += 7) {
                    ByteBuffer expected = ByteBuffer.allocate(part.bytes() - skipped);
                    ByteBuffer read = ByteBuffer.allocate(part.bytes() - skipped);
                    extent.read(part.position() + skipped, expected);
                    assertThat(copy.read(part.position() + skipped, read)).isTrue();
                    assertThat(read.array()).isEqualTo(expected.array());
                }
            }
        }
    }

    @Test
    void whatIsNotOrNotWhollyInItIsNotRead() throws IOException {
        try (IndexCopy copy = IndexCopy.open(rig.disk, PATH, extent.bytes())) {
            assertThat(copy.read(64, ByteBuffer.allocate(1))).isFalse();
            assertThat(copy.read(0, ByteBuffer.allocate(65))).isFalse();
            assertThat(copy.read(0x2750 - 1, ByteBuffer.allocate(2))).isFalse();
            assertThat(copy.read(extent.bytes() - 1, ByteBuffer.allocate(2))).isFalse();
        }
    }

    @Test
    void eachDamageOfTheTableIsRefused() throws IOException {
        byte[] whole = copy();
        for (int at = 0; at < 24 + 3 * 12; at++) {
            damage(at, (byte) (whole[at] + 1));
            assertThatThrownBy(() -> IndexCopy.open(rig.disk, PATH, extent.bytes()))
                    .as("byte %d", at)
                    .isInstanceOf(IOException.class);
            damage(at, whole[at]);
        }
        assertThatThrownBy(() -> IndexCopy.open(rig.disk, PATH, extent.bytes() + 1))
                .isInstanceOf(DamagedFileException.class);
    }

    private void damage(int at, byte to) throws IOException {
        try (DiskFile file = rig.disk.open(PATH)) {
            file.writeFully(at, ByteBuffer.wrap(new byte[] {to}));
        }
    }
}
