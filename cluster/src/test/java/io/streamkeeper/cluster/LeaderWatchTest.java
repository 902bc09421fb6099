package io.streamkeeper.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.storage.disk.Clock;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** For how long a member has known no leader that takes requests. */
class LeaderWatchTest {
    private long nowMillis = 1_000;
    private int changes;
    private final LeaderWatch watch = new LeaderWatch(
            ClusterConfig.of("c", List.of(new Member("n1", "127.0.0.1", 4_001)), "n1", Path.of("unused")),
            new Clock() {
                @Override
                public long nowMillis() {
                    return LeaderWatchTest.this.nowMillis;
                }

                @Override
                public long monotonicNanos() {
                    return TimeUnit.MILLISECONDS.toNanos(nowMillis);
                }
            },
            () -> changes++);

    @Test
    void aTimeWithoutLeaderBeginsWithTheLastMessageOfOne() {
        watch.serves(1);
        nowMillis += 100;
        watch.heard(1);
        nowMillis += 30;
        watch.serves(2);
        nowMillis += 7;
        assertThat(watch.begins()).isEqualTo(30);
    }

    @Test
    void aLeaderThatTakesNoRequestsYetDoesNotEndIt() {
        watch.serves(1);
        nowMillis += 100;
        watch.heard(2);
        nowMillis += 100;
        watch.serves(3);
        assertThat(watch.begins()).isEqualTo(200);
    }

    @Test
    void theTimeInWhichThisMemberLeadsDoesNotCount() {
        watch.serves(1);
        watch.begins();
        nowMillis += 1_000;
        watch.ends();
        nowMillis += 10;
        watch.ends();
        watch.serves(2);
        assertThat(watch.begins()).isEqualTo(10);
    }

    @Test
    void aTimeBeforeTheStartDoesNotCount() {
        nowMillis += 20;
        watch.serves(5);
        assertThat(watch.begins()).isEqualTo(20);
    }

    @Test
    void aChangeOfTheLeaderIsReportedOnce() {
        watch.leads("n2", 1);
        watch.leads("n2", 1);
        watch.leads("n2", 2);
        assertThat(changes).isEqualTo(2);
    }
}
