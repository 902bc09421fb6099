package io.streamkeeper.cluster;

import static io.streamkeeper.cluster.TestCluster.NAMES;
import static io.streamkeeper.cluster.TestCluster.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.protocol.files.TestFolders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Members that end, are cut off or fall behind: nothing acknowledged is lost, doubled or out of order. */
class FailoverTest extends RunningCluster {
    @Test
    void framesAreCommittedWithoutOneMemberWhichReceivesThemLater() throws Exception {
        String follower = cluster.followerOf(leader);
        cluster.write(leader, 20, KIB);
        cluster.kill(follower);
        cluster.write(leader, 20, 20 * KIB);
        cluster.start(follower);
        cluster.write(leader, 20, KIB);
        cluster.check();
    }

    @Test
    void nothingIsCommittedWithoutAMajority() throws Exception {
        cluster.write(leader, 5, KIB);
        int before = received(leader);
        List<String> others =
                NAMES.stream().filter(name -> !name.equals(leader)).toList();
        others.forEach(cluster::kill);
        cluster.propose(leader, 5, KIB);
        soon().until(() -> cluster.machine(leader).epoch() == 0);
        assertThat(received(leader)).isEqualTo(before);
        assertThat(cluster.node(leader).status().bytesInFlight()).isZero();
        for (String other : others) {
            cluster.start(other);
        }
        cluster.write(cluster.leader(), 5, KIB);
        cluster.check();
    }

    @Test
    void aLeaderThatEndsIsReplacedAndComesBackAsAFollower() throws Exception {
        for (int round = 0; round < 2; round++) {
            String old = cluster.leader();
            cluster.write(old, 20, 10 * KIB);
            cluster.propose(old, 50, 10 * KIB);
            long killedNanos = System.nanoTime();
            cluster.kill(old);
            String next = cluster.leaderOtherThan(old);
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - killedNanos);
            assertThat(cluster.machine(next).leaderlessMillis())
                    .as("time without a leader, %d ms after one was killed", millis)
                    .isBetween(TestCluster.ELECTION_MILLIS / 2L, millis + TestCluster.ELECTION_MILLIS);
            cluster.write(next, 20, 10 * KIB);
            cluster.start(old);
            cluster.check();
        }
    }

    @Test
    void aLeaderThatIsCutOffLosesItsEpochAndAnswersNoRead() throws Exception {
        cluster.write(leader, 5, KIB);
        int before = received(leader);
        int lost = cluster.machine(leader).lost().size();
        cluster.network.cut(leader, true);
        cluster.propose(leader, 10, KIB);
        String next = cluster.leaderOtherThan(leader);
        assertThatThrownBy(() -> cluster.node(leader).readBarrier().get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(NoLeaderException.class);
        cluster.write(next, 20, KIB);
        soon().until(() -> cluster.machine(leader).lost().size() == lost + 1);
        assertThat(received(leader)).isEqualTo(before);
        cluster.network.cut(leader, false);
        cluster.check();
        assertThat(received(leader)).isEqualTo(before + 20);
    }

    @Test
    void partsOfALongFrameWhoseEpochEndsAreVoid() throws Exception {
        cluster.write(leader, 5, KIB);
        int before = received(leader);
        cluster.network.cut(leader, true);
        cluster.propose(leader, 1, 12 * MIB);
        soon().until(() -> cluster.machine(leader).epoch() == 0);
        cluster.network.cut(leader, false);
        cluster.write(cluster.leader(), 1, 7 * MIB);
        cluster.check();
        assertThat(received(leader)).isBetween(before + 1, before + 2);
    }

    @Test
    void aSlowFollowerHoldsUpNobodyAndReceivesEverything() throws Exception {
        String follower = cluster.followerOf(leader);
        cluster.check();
        int before = received(follower);
        Semaphore gate = cluster.machine(follower).hold();
        cluster.write(leader, 40, MIB);
        assertThat(received(follower)).isEqualTo(before);
        cluster.machine(follower).go(gate);
        cluster.check();
    }

    @Test
    void aMemberWithAnEmptyStateReceivesAllFramesAgain() throws Exception {
        String follower = cluster.followerOf(leader);
        cluster.write(leader, 10, KIB);
        cluster.check();
        cluster.kill(follower);
        cluster.forget(follower);
        cluster.start(follower);
        cluster.check();
    }

    @Test
    void aMemberGoesOnFromThePlaceOfItsState() throws Exception {
        cluster.write(leader, 10, KIB);
        cluster.check();
        int before = received("n1");
        for (String name : NAMES) {
            cluster.kill(name);
        }
        for (String name : NAMES) {
            cluster.start(name);
        }
        cluster.write(cluster.leader(), 10, KIB);
        cluster.check();
        assertThat(received("n1")).isEqualTo(before + 10);
    }

    @Test
    void aStateOfAnotherTermIsRefused() throws Exception {
        cluster.write(leader, 10, KIB);
        cluster.check();
        cluster.kill("n1");
        LogPosition real = cluster.machine("n1").last();
        assertThatThrownBy(() -> cluster.start("n1", new LogPosition(real.term() + 1, real.index())))
                .hasMessageContaining("the state of member n1 ends at (term " + (real.term() + 1) + ", index "
                        + real.index() + "), where its log has (term " + real.term());
        cluster.start("n1");
    }

    @Test
    void aMemberThatHasLostItsDiskDoesNotStartUnderItsName() throws Exception {
        cluster.write(leader, 10, KIB);
        cluster.check();
        cluster.kill("n2");
        Path saved = folder.resolve("saved");
        Files.move(cluster.directory("n2"), saved);
        for (LogPosition from : List.of(LogPosition.BEGIN, cluster.machine("n2").last())) {
            assertThatThrownBy(() -> cluster.start("n2", from))
                    .hasMessageContaining("n2 has no file NODE")
                    .hasMessageContaining("replace member n2 by one with another name and an empty directory");
        }
        cluster.write(cluster.leader(), 10, KIB);
        TestFolders.remove(cluster.directory("n2"));
        Files.move(saved, cluster.directory("n2"));
        cluster.start("n2");
        cluster.check();
    }
}
