package io.streamkeeper.storage.version1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Producer;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.Kinds;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every kind of record of version 1 changes the stream that a conversion makes of it; none is taken for another. */
class OldRecordKindsTest {
    private static final OldRecord.Created CREATED = new OldRecord.Created(
            1, StreamPath.of("a"), ContentType.OCTET_STREAM, Expiry.never(), Retention.none(), false, null, 5);

    private static final List<OldRecord> RECORDS = List.of(
            CREATED,
            new OldRecord.Appended(1, new Producer("p", 1, 2), "seq", true, 6),
            new OldRecord.Trimmed(1, 7),
            new OldRecord.Deleted(1));

    @Test
    void everyKindOfRecordIsAppliedAsItself() {
        Kinds.assertComplete(OldRecord.class, RECORDS);
        for (OldRecord record : RECORDS) {
            OldStream stream = new OldStream(0, CREATED);
            if (record == CREATED) {
                assertThatThrownBy(() -> stream.apply(record)).isInstanceOf(IllegalArgumentException.class);
                continue;
            }
            stream.apply(record);
            assertThat(stream.isClosed()).as("%s closes", record).isEqualTo(record instanceof OldRecord.Appended);
            assertThat(stream.isDeleted()).as("%s deletes", record).isEqualTo(record instanceof OldRecord.Deleted);
            assertThat(stream.earliest())
                    .as("the earliest position after %s", record)
                    .isEqualTo(record instanceof OldRecord.Trimmed ? 7 : 0);
        }
    }
}
