package io.streamkeeper.cluster;

import static io.streamkeeper.cluster.TestCluster.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Barriers of reads: none is passed by a state that lacks what was acknowledged before, and none waits for a timer. */
class LinearizableReadTest {
    private static final int KIB = 1 << 10;
    private static final int MIB = 1 << 20;
    private static final int ELECTION_TIMEOUT_MILLIS = 8_000;

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

    /** Another member may have received it before, and was read. */
    @Test
    void aReadAtTheLeaderSeesWhatIsCommittedAndNotYetReceivedThere() throws Exception {
        int frames = 12;
        try (TestCluster cluster = new TestCluster(folder).startAll()) {
            String leader = cluster.leader();
            Semaphore gate = cluster.machine(leader).hold();
            // More than is queued for the listener, so the last of them are not applied.
            List<Long> numbers = cluster.propose(leader, frames, MIB);
            assertThat(numbers).hasSize(frames);
            soon().until(() ->
                    cluster.machine(cluster.followerOf(leader)).numbers().containsAll(numbers));
            CompletableFuture<Void> read = cluster.node(leader).readBarrier();
            gate.release(frames - 1);
            soon().until(() -> cluster.machine(leader).numbers().size() == frames - 1);
            assertThatThrownBy(() -> read.get(1, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
            cluster.machine(leader).go(gate);
            read.get(30, TimeUnit.SECONDS);
            assertThat(cluster.machine(leader).numbers()).isEqualTo(numbers);
            cluster.check();
        }
    }

    /** A heartbeat comes every four seconds. */
    @Test
    void aReadRightAfterAWriteWaitsForNoHeartbeat() throws Exception {
        LogLimits limits = TestCluster.LIMITS.withElectionTimeoutMillis(ELECTION_TIMEOUT_MILLIS);
        try (TestCluster cluster = new TestCluster(folder, limits).startAll()) {
            String leader = cluster.leader();
            for (String reader : List.of(leader, cluster.followerOf(leader))) {
                for (int each = 0; each < 100; each++) {
                    cluster.write(leader, 1, KIB);
                    long begin = System.nanoTime();
                    read(cluster, reader);
                    assertThat(Duration.ofNanos(System.nanoTime() - begin))
                            .as("read %s at %s", each, reader)
                            .isLessThan(Duration.ofMillis(ELECTION_TIMEOUT_MILLIS / 4));
                    assertThat(cluster.machine(reader).last())
                            .isEqualTo(cluster.machine(leader).last());
                }
            }
        }
    }

    /** No later entry says that the last one is committed. */
    @Test
    void aFollowerReceivesTheLastFrameWithoutAHeartbeat() throws Exception {
        LogLimits limits = TestCluster.LIMITS.withElectionTimeoutMillis(ELECTION_TIMEOUT_MILLIS);
        try (TestCluster cluster = new TestCluster(folder, limits).startAll()) {
            String leader = cluster.leader();
            for (int each = 0; each < 50; each++) {
                cluster.write(leader, 1, KIB);
                long begin = System.nanoTime();
                TestCluster.NAMES.forEach(cluster::awaitAll);
                assertThat(Duration.ofNanos(System.nanoTime() - begin))
                        .as("frame %s", each)
                        .isLessThan(Duration.ofMillis(ELECTION_TIMEOUT_MILLIS / 4));
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
