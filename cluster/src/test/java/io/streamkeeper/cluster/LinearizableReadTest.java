package io.streamkeeper.cluster;

import static io.streamkeeper.cluster.TestCluster.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Barriers of reads: none is passed by a state that lacks what was acknowledged before, and none waits for a timer. */
class LinearizableReadTest {
    private static final int KIB = 1 << 10;
    private static final int ELECTION_TIMEOUT_MILLIS = 4_000;

    @TempDir
    private Path folder;

    private static void read(TestCluster cluster, String member) throws Exception {
        cluster.node(member).readBarrier().get(30, TimeUnit.SECONDS);
    }

    /** The first read has confirmed the same commit index as the second would have. */
    @Test
    void aLeaderThatIsCutOffAfterAReadAnswersNoMore() throws Exception {
        try (TestCluster cluster = new TestCluster(folder).startAll()) {
            String old = cluster.leader();
            cluster.write(old, 5, KIB);
            read(cluster, old);
            cluster.network.cut(old, true);
            CompletableFuture<Void> second = cluster.node(old).readBarrier();
            cluster.write(cluster.leaderOtherThan(old), 5, KIB);
            assertThatThrownBy(() -> second.get(30, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(NoLeaderException.class);
            cluster.network.cut(old, false);
            cluster.check();
        }
    }

    /** A heartbeat comes every two seconds. */
    @Test
    void aReadRightAfterAWriteWaitsForNoHeartbeat() throws Exception {
        LogLimits limits = TestCluster.LIMITS.withElectionTimeoutMillis(ELECTION_TIMEOUT_MILLIS);
        try (TestCluster cluster = new TestCluster(folder, limits).startAll()) {
            String leader = cluster.leader();
            for (String reader : List.of(leader, cluster.followerOf(leader))) {
                long begin = System.nanoTime();
                for (int each = 0; each < 10; each++) {
                    cluster.write(leader, 1, KIB);
                    read(cluster, reader);
                    assertThat(cluster.machine(reader).last())
                            .isEqualTo(cluster.machine(leader).last());
                }
                assertThat(Duration.ofNanos(System.nanoTime() - begin))
                        .isLessThan(Duration.ofMillis(2L * ELECTION_TIMEOUT_MILLIS));
            }
        }
    }

    /** The leader has found it absent often by then. */
    @Test
    void aMemberThatWasAwayReadsSoonAfterItsStart() throws Exception {
        try (TestCluster cluster = new TestCluster(folder).startAll()) {
            String leader = cluster.leader();
            String away = cluster.followerOf(leader);
            cluster.kill(away);
            long begin = System.nanoTime();
            soon().until(() -> {
                cluster.write(leader, 1, KIB);
                return System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(20);
            });
            cluster.start(away);
            long started = System.nanoTime();
            cluster.awaitAll(away);
            read(cluster, away);
            assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(3));
        }
    }
}
