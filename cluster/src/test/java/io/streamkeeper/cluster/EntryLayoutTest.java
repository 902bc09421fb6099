package io.streamkeeper.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.cluster.EntryLayout.UnreadableEntryException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class EntryLayoutTest {
    private static final String GOLDEN =
            "01" + "0000000000000102" + "0000000000000304" + "00000506" + "00000504" + "aabb";

    @Test
    void anEntryHasTheseBytes() throws Exception {
        byte[] bytes = new byte[EntryLayout.HEADER_BYTES + 2];
        EntryLayout.writeHeader(bytes, 0x0102, 0x0304, 0x0506, 0x0504);
        bytes[EntryLayout.HEADER_BYTES] = (byte) 0xaa;
        bytes[EntryLayout.HEADER_BYTES + 1] = (byte) 0xbb;
        assertThat(HexFormat.of().formatHex(bytes)).isEqualTo(GOLDEN);
        assertThat(EntryLayout.read(ByteBuffer.wrap(bytes)))
                .isEqualTo(new EntryLayout.Part(
                        0x0102, 0x0304, 0x0506, 0x0504, ByteBuffer.wrap(new byte[] {(byte) 0xaa, (byte) 0xbb})));
    }

    @Test
    void everyTruncationOfTheHeaderIsRefused() {
        byte[] bytes = HexFormat.of().parseHex(GOLDEN);
        for (int length = 0; length < EntryLayout.HEADER_BYTES; length++) {
            ByteBuffer entry = ByteBuffer.wrap(bytes, 0, length).slice();
            assertThatThrownBy(() -> EntryLayout.read(entry)).isInstanceOf(UnreadableEntryException.class);
        }
    }

    @Test
    void anEntryOfAnotherVersionIsRefused() {
        ByteBuffer entry = ByteBuffer.wrap(HexFormat.of().parseHex(GOLDEN)).put(0, (byte) 2);
        assertThatThrownBy(() -> EntryLayout.read(entry))
                .isInstanceOf(UnreadableEntryException.class)
                .hasMessage("its format has version 2, expected 1");
    }

    @Test
    void aPartOutsideItsFrameIsRefused() {
        for (int position : new int[] {-1, 0x0505, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            ByteBuffer entry = ByteBuffer.wrap(HexFormat.of().parseHex(GOLDEN)).putInt(21, position);
            assertThatThrownBy(() -> EntryLayout.read(entry))
                    .isInstanceOf(UnreadableEntryException.class)
                    .hasMessage("it has 2 bytes at position " + position + " of a frame of 1286 bytes");
        }
    }
}
