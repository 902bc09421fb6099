package io.streamkeeper.cluster;

import static io.streamkeeper.cluster.TestCluster.NAMES;
import static io.streamkeeper.cluster.TestCluster.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Three members that work. */
class ReplicationTest extends RunningCluster {
    @Test
    void allMembersReceiveTheSameFramesInTheSameOrder() {
        int before = received(leader);
        cluster.write(leader, 200, 2 * KIB);
        cluster.write(leader, 1, 8);
        cluster.check();
        assertThat(received("n1")).isEqualTo(before + 201);
    }

    @Test
    void aLongFrameArrivesAsOneBetweenShortOnes() {
        int longest = TestCluster.LIMITS.frameBytesMax();
        int before = received(leader);
        cluster.propose(leader, 3, KIB);
        for (int bytes : new int[] {3 * MIB, 3 * MIB + 1, 6 * MIB, longest}) {
            cluster.write(leader, 1, bytes);
            cluster.propose(leader, 2, KIB);
        }
        soon().until(() -> received(leader) == before + 15);
        cluster.check();
    }

    @Test
    void theFramesInFlightAreBoundedAndTheirRoomComesBack() {
        assertThatThrownBy(() -> cluster.node(leader).reserve(TestCluster.LIMITS.frameBytesMax() + 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("12582913 bytes is too long; expected at most 12582912");
        int rooms = cluster.machine(leader).rooms();
        ProposedFrame first = cluster.node(leader).reserve(12 * MIB);
        assertThat(first).isNotNull();
        assertThat(cluster.node(leader).reserve(5 * MIB)).isNull();
        long epoch = cluster.machine(leader).epoch();
        cluster.fillNext(first);
        assertThat(cluster.node(leader).propose(epoch, first)).isTrue();
        soon().until(() -> cluster.machine(leader).rooms() > rooms);
        soon().until(() -> cluster.node(leader).status().bytesInFlight() == 0);
    }

    @Test
    void aFrameOfAnotherEpochIsNotProposed() {
        String follower = cluster.followerOf(leader);
        for (String name : List.of(leader, follower)) {
            ProposedFrame frame = cluster.node(name).reserve(100);
            assertThat(frame).isNotNull();
            long epoch = name.equals(leader)
                    ? cluster.machine(leader).epoch() - 1
                    : cluster.machine(leader).epoch();
            assertThat(cluster.node(name).propose(epoch, frame)).isFalse();
            assertThat(cluster.node(name).status().bytesInFlight()).isZero();
        }
    }

    @Test
    void aReadBarrierOfAFollowerWaitsForWhatTheLeaderHasAcknowledged() throws Exception {
        String follower = cluster.followerOf(leader);
        for (int round = 0; round < 20; round++) {
            List<Long> numbers = cluster.write(leader, 1, 64 * KIB);
            cluster.node(follower).readBarrier().get(10, TimeUnit.SECONDS);
            assertThat(cluster.machine(follower).numbers()).containsAll(numbers);
        }
        List<CompletableFuture<Void>> many = IntStream.range(0, 1_000)
                .mapToObj(each -> cluster.node(follower).readBarrier())
                .toList();
        CompletableFuture.allOf(many.toArray(CompletableFuture[]::new)).get(10, TimeUnit.SECONDS);
    }

    @Test
    void theStatusDescribesTheMembers() throws Exception {
        cluster.write(leader, 10, KIB);
        cluster.check();
        LogStatus status = cluster.node(leader).status();
        assertThat(status.role()).isEqualTo(LogStatus.Role.LEADER);
        assertThat(status.leader()).isEqualTo(leader);
        assertThat(status.epoch()).isEqualTo(status.term());
        assertThat(status.members()).extracting(known -> known.member().name()).isEqualTo(NAMES);
        assertThat(status.leaderSince()).isAfter(Instant.EPOCH.plusSeconds(1));
        assertThat(status.leaderChanges()).isPositive();
        soon().until(() -> cluster.node(leader).status().members().stream()
                .allMatch(known -> known.match() >= status.delivered().index()
                        && known.contactMillis() >= 0
                        && known.contactMillis() < 10_000));
        assertThat(cluster.node(leader).logBytes()).isGreaterThan(10 * KIB);
        LogStatus follower = cluster.node(cluster.followerOf(leader)).status();
        assertThat(follower.role()).isEqualTo(LogStatus.Role.FOLLOWER);
        assertThat(follower.leader()).isEqualTo(leader);
        assertThat(follower.epoch()).isZero();
        for (MemberProgress known : follower.members()) {
            String name = known.member().name();
            assertThat(known.match() >= 0).as(name).isEqualTo(name.equals(follower.member()));
            assertThat(known.contactMillis() >= 0)
                    .as(name)
                    .isEqualTo(name.equals(follower.member()) || name.equals(leader));
        }
        assertThat(follower.synced())
                .isGreaterThanOrEqualTo(follower.delivered().index());
    }

    @Test
    void aLeaderThatIsClosedHandsOverFirst() throws Exception {
        cluster.write(leader, 10, KIB);
        int lost = cluster.machine(leader).lost().size();
        cluster.node(leader).close();
        assertThat(cluster.machine(leader).lost()).hasSize(lost + 1);
        soon().until(() -> NAMES.stream()
                .filter(name -> !name.equals(leader))
                .anyMatch(name -> cluster.machine(name).epoch() != 0));
        String next = cluster.leaderOtherThan(leader);
        cluster.write(next, 10, KIB);
        cluster.start(leader);
        cluster.check();
    }

    @Test
    void aTransferToAMemberThatCannotBeReachedIsGivenUp() throws Exception {
        String follower = cluster.followerOf(leader);
        cluster.network.cut(leader, follower, true);
        cluster.write(leader, 5, KIB);
        CompletableFuture<Boolean> transfer = cluster.node(leader).transferLeadership();
        cluster.propose(leader, 5, KIB);
        transfer.get(20, TimeUnit.SECONDS);
        cluster.network.cut(leader, follower, false);
        String next = cluster.leader();
        cluster.write(next, 5, KIB);
        cluster.check();
    }
}
