package io.streamkeeper.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.server.metrics.Operation;
import io.streamkeeper.server.metrics.Wait;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RequestWaitsTest {
    private final RequestWaits waits = new RequestWaits();

    @Test
    void aWriteOnTheLoopOfItsShardHasWaitedForTheJournal() {
        assertThat(waits.all(Operation.APPEND, 1_000, 1_500)).isEqualTo(Map.of(Wait.JOURNAL, 500L));
    }

    @Test
    void eachLoopHasItsPartAndTheJournalTheRest() {
        waits.add(Wait.BODY, 9_000);
        waits.add(Wait.AUTHENTICATION, 100);
        waits.begins(1_450, 0);
        waits.begins(1_750, 300);
        waits.completed(1_950);

        assertThat(waits.all(Operation.CREATE, 1_000, 2_000))
                .isEqualTo(Map.of(
                        Wait.BODY, 9_000L,
                        Wait.AUTHENTICATION, 100L,
                        Wait.JOURNAL_ROOM, 300L,
                        Wait.SHARD_LOOP, 350L,
                        Wait.CONNECTION_LOOP, 50L,
                        Wait.JOURNAL, 200L));
    }

    @Test
    void aReadHasWaitedForItsTurnAndForItsBytes() {
        waits.add(Wait.TURN, 400);
        assertThat(waits.all(Operation.READ, 1_000, 1_500)).isEqualTo(Map.of(Wait.TURN, 400L, Wait.READ, 100L));
        assertThat(new RequestWaits().all(Operation.ROUTE, 0, 10)).isEmpty();
    }
}
