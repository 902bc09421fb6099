package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Producer;
import io.streamkeeper.protocol.ReadRange;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.record.Interned;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.Payload;
import io.streamkeeper.storage.record.RecordCodec;
import io.streamkeeper.storage.record.StreamConfig;
import io.streamkeeper.storage.stream.StreamState;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every kind of record, and of what is in one, is written as itself: a new kind fails here until it is. */
class RecordKindsTest {
    private static final List<Expiry> EXPIRIES = List.of(Expiry.never(), new Expiry.Ttl(7), new Expiry.At(8));

    private static LogRecord.Created created(Expiry expiry) {
        return new LogRecord.Created(
                1,
                StreamPath.of("a"),
                new StreamConfig(ContentType.OCTET_STREAM, expiry, Retention.none()),
                true,
                null,
                5);
    }

    private static final List<LogRecord> RECORDS = List.of(
            created(Expiry.never()),
            new LogRecord.Appended(2, new Producer("p", 1, 2), 0, "seq", true, 6),
            new LogRecord.Deleted(3, true, 7),
            new LogRecord.Trimmed(4, 100, true, 8),
            new LogRecord.Released(6, 11),
            new LogRecord.Used(5, 9, 10),
            new LogRecord.Changed(
                    7, new StreamConfig(ContentType.OCTET_STREAM, new Expiry.Ttl(9), new Retention(1, -1, 3)), 12));

    private static LogRecord writtenAndRead(LogRecord record) {
        ByteBuf out = Unpooled.buffer(1_000);
        RecordCodec.finish(out, RecordCodec.begin(out, record, Payload.NONE.runs()));
        return RecordCodec.read(out, new Interned()).record();
    }

    @Test
    void everyKindOfRecordIsReadAsItWasWritten() {
        Kinds.assertComplete(LogRecord.class, RECORDS);
        for (LogRecord record : RECORDS) {
            assertThat(writtenAndRead(record)).isEqualTo(record);
        }
    }

    @Test
    void everyKindOfExpiryIsReadAsItWasWrittenAndHasADeadline() {
        Kinds.assertComplete(Expiry.class, EXPIRIES);
        for (Expiry expiry : EXPIRIES) {
            assertThat(writtenAndRead(created(expiry))).isEqualTo(created(expiry));
        }
        assertThat(Arrays.stream(EXPIRIES.toArray(Expiry[]::new)).map(expiry -> expiry.deadlineMillis(1)))
                .containsExactly(Long.MAX_VALUE, 7_001L, 8L);
    }

    @Test
    void everyStartOfAReadHasAPositionOrIsSearched() throws IOException {
        FileRig rig = new FileRig();
        rig.create(CreateRequest.at("a").text("one")).created();
        StreamState stream = rig.stream("a");
        List<ReadStart> placed =
                List.of(new ReadStart.Beginning(), new ReadStart.Now(), new ReadStart.At(stream.offsetAt(2)));
        List<ReadStart> searched = List.of(new ReadStart.Since(0), new ReadStart.Last(1, ReadRange.NONE));
        Kinds.assertComplete(
                ReadStart.class,
                Stream.concat(placed.stream(), searched.stream()).toList());
        assertThat(placed.stream().map(start -> rig.store.position(stream, start)))
                .containsExactly(0L, 3L, 2L);
        assertThat(searched)
                .allSatisfy(start ->
                        assertThatIllegalArgumentException().isThrownBy(() -> rig.store.position(stream, start)));
        rig.stop();
    }
}
