package io.streamkeeper.cluster.store;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import io.streamkeeper.storage.journal.RecordBatches.Batch;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bytes of frames, which members of other versions read. */
class RecordFrameTest {
    private static final String RECORDS = "769b6a00" + "01" + "01"
            + "00000002" + "00" + "0000000000000029" + "00000001" + "00000003" + "616263"
            + "00000000" + "01" + "0000000000000007" + "00000002" + "00000002" + "6465";

    private static ByteBuffer records() {
        List<Batch> batches = List.of(batch("xabc", 1, 1, 41, false), batch("dexx", 0, 2, 7, true));
        ByteBuffer frame = ByteBuffer.allocate(RecordFrame.HEADER_BYTES
                + batches.stream().mapToInt(RecordFrame::bytesOf).sum());
        RecordFrame.beginRecords(frame);
        RecordFrame.put(frame, 2, batches.get(0));
        RecordFrame.put(frame, 0, batches.get(1));
        RecordFrame.end(frame);
        return frame.rewind();
    }

    private static Batch batch(String memory, int start, int count, long firstLsn, boolean forks) {
        int length = memory.replace("x", "").length();
        return new Batch(Unpooled.copiedBuffer(memory, US_ASCII), start, length, count, firstLsn, false, forks);
    }

    @Test
    void aFrameOfRecordsHasTheseBytes() {
        assertThat(HexFormat.of().formatHex(records().array())).isEqualTo(RECORDS);
    }

    @Test
    void aFrameOfRecordsIsReadAsItWasWritten() {
        ByteBuffer frame = ByteBuffer.wrap(HexFormat.of().parseHex(RECORDS)).asReadOnlyBuffer();
        RecordFrame.check(frame);
        assertThat(RecordFrame.isLeader(frame)).isFalse();
        assertThat(RecordFrame.sections(frame))
                .containsExactly(
                        new RecordFrame.Section(2, false, 41, 1, ByteBuffer.wrap("abc".getBytes(US_ASCII))),
                        new RecordFrame.Section(0, true, 7, 2, ByteBuffer.wrap("de".getBytes(US_ASCII))));
    }

    @Test
    void aFrameOfALeaderIsReadAsItWasWritten() {
        LeaderNotice notice = new LeaderNotice("n2", "http://10.0.0.2:4437", 4);
        byte[] text = RecordFrame.textOf(notice);
        assertThat(new String(text, US_ASCII)).isEqualTo("member n2\nurl http://10.0.0.2:4437\nshards 4\n");
        ByteBuffer frame = ByteBuffer.allocate(RecordFrame.HEADER_BYTES + text.length);
        RecordFrame.putLeader(frame, text);
        frame.rewind();
        RecordFrame.check(frame);
        assertThat(RecordFrame.isLeader(frame)).isTrue();
        assertThat(RecordFrame.leader(frame)).isEqualTo(notice);
    }

    @Test
    void eachChangedByteIsFound() {
        for (int at = 0; at < RECORDS.length() / 2; at++) {
            ByteBuffer frame = records();
            frame.put(at, (byte) (frame.get(at) ^ 1));
            assertThatThrownBy(() -> RecordFrame.check(frame))
                    .as("byte %d", at)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aFrameOfANewerVersionNamesTheRemedy() {
        ByteBuffer frame = records();
        frame.put(4, (byte) 2);
        assertThatThrownBy(() -> RecordFrame.check(frame)).hasMessageContaining("version of the leader");
    }
}
