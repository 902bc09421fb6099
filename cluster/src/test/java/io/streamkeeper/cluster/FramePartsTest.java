package io.streamkeeper.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.cluster.EntryLayout.UnreadableEntryException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FramePartsTest {
    private final FrameParts parts = new FrameParts(100);
    private long index;

    private @Nullable ByteBuffer add(long term, long epoch, long number, int length, int position, int... bytes)
            throws UnreadableEntryException {
        byte[] entry = new byte[EntryLayout.HEADER_BYTES + bytes.length];
        EntryLayout.writeHeader(entry, epoch, number, length, position);
        for (int each = 0; each < bytes.length; each++) {
            entry[EntryLayout.HEADER_BYTES + each] = (byte) bytes[each];
        }
        return parts.add(new LogPosition(term, index++), ByteBuffer.wrap(entry));
    }

    private static ByteBuffer bytes(int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length);
        for (int value : values) {
            bytes.put((byte) value);
        }
        return bytes.flip();
    }

    @Test
    void aWholeFrameCountsAtOnce() throws Exception {
        ByteBuffer frame = add(3, 3, 0, 2, 0, 7, 8);
        assertThat(frame).isEqualTo(bytes(7, 8));
        assertThat(frame.isReadOnly()).isTrue();
        assertThat(add(3, 3, 1, 0, 0)).isEqualTo(bytes());
    }

    @Test
    void aSplitFrameCountsWithItsLastPart() throws Exception {
        assertThat(add(3, 3, 0, 5, 0, 1, 2)).isNull();
        assertThat(parts.isJoining()).isTrue();
        assertThat(add(3, 3, 0, 5, 2, 3, 4)).isNull();
        assertThat(add(3, 3, 0, 5, 4, 5)).isEqualTo(bytes(1, 2, 3, 4, 5));
        assertThat(parts.isJoining()).isFalse();
    }

    @Test
    void aPartOfAnotherTermVoidsThoseBefore() throws Exception {
        assertThat(add(3, 3, 0, 4, 0, 1, 2)).isNull();
        assertThat(add(5, 5, 0, 4, 2, 3, 4)).isNull();
        assertThat(parts.isJoining()).isFalse();
        assertThat(add(5, 5, 0, 1, 0, 9)).isEqualTo(bytes(9));
    }

    @Test
    void anEntryOfRatisInAnotherTermReleasesTheParts() throws Exception {
        add(3, 3, 0, 4, 0, 1, 2);
        parts.termIs(3);
        assertThat(parts.isJoining()).isTrue();
        parts.termIs(4);
        assertThat(parts.isJoining()).isFalse();
    }

    @Test
    void anEntryWhoseEpochIsNotItsTermDoesNotCount() throws Exception {
        assertThat(add(5, 3, 7, 1, 0, 1)).isNull();
        assertThat(add(5, 5, 0, 1, 0, 2)).isEqualTo(bytes(2));
    }

    @Test
    void aFrameThatIsRepeatedCountsOnce() throws Exception {
        assertThat(add(3, 3, 0, 1, 0, 1)).isNotNull();
        assertThat(add(3, 3, 0, 1, 0, 1)).isNull();
        assertThat(add(3, 3, 1, 2, 0, 1)).isNull();
        assertThat(add(3, 3, 1, 2, 0, 1)).isNull();
        assertThat(add(3, 3, 1, 2, 1, 2)).isEqualTo(bytes(1, 2));
    }

    @Test
    void aMissingFrameOrPartIsRefused() throws Exception {
        add(3, 3, 0, 1, 0, 1);
        assertThatThrownBy(() -> add(3, 3, 2, 1, 0, 1))
                .isInstanceOf(UnreadableEntryException.class)
                .hasMessage("it is part of frame 2 of its epoch, expected 1");
        add(3, 3, 1, 5, 0, 1);
        assertThatThrownBy(() -> add(3, 3, 1, 5, 2, 1))
                .isInstanceOf(UnreadableEntryException.class)
                .hasMessage("it has bytes from 2 of 5 on, expected 1 of 5");
    }

    @Test
    void aFrameLongerThanTheLimitIsRefusedBeforeMemoryIsTaken() {
        assertThatThrownBy(() -> add(3, 3, 0, Integer.MAX_VALUE, 0, 1))
                .isInstanceOf(UnreadableEntryException.class)
                .hasMessageContaining("expected at most 100");
    }

    @Test
    void theStartMayBeInTheMiddleOfAnEpoch() throws Exception {
        assertThat(add(3, 3, 41, 1, 0, 1)).isEqualTo(bytes(1));
        assertThat(add(3, 3, 42, 1, 0, 2)).isEqualTo(bytes(2));
    }
}
