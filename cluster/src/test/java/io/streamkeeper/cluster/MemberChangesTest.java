package io.streamkeeper.cluster;

import static io.streamkeeper.cluster.TestCluster.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.cluster.ChangeStatus.State;
import io.streamkeeper.protocol.output.LogsFaults;
import io.streamkeeper.protocol.output.MayLogFaults;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members that are added, removed and replaced while the cluster writes. */
@MayLogFaults("have not changed: {}")
class MemberChangesTest {
    private static final int KIB = 1 << 10;

    @TempDir
    Path folder;

    private TestCluster cluster;
    private String leader;

    @BeforeEach
    void start() throws Exception {
        cluster = new TestCluster(folder).startAll();
        leader = cluster.leader();
    }

    @AfterEach
    void end() {
        cluster.close();
    }

    private ChangeStatus ask(String at, MemberChange change) throws Exception {
        return cluster.node(at).change(change).get(30, TimeUnit.SECONDS);
    }

    private void make(String at, MemberChange change) throws Exception {
        assertThat(ask(at, change).state()).isIn(State.RUNNING, State.DONE);
        soon().until(() -> {
            ChangeStatus status = cluster.node(at).change().get(30, TimeUnit.SECONDS);
            assertThat(status.state()).as(String.valueOf(status.reason())).isNotEqualTo(State.FAILED);
            return status.state() == State.DONE;
        });
    }

    private void refuses(MemberChange change, String reason) throws Exception {
        ChangeStatus status = ask(leader, change);
        assertThat(status.state()).isEqualTo(State.REFUSED);
        assertThat(status.reason()).contains(reason);
    }

    private List<String> membersOf(String name) {
        return cluster.node(name).status().members().stream()
                .map(known -> known.member().name())
                .toList();
    }

    private static MemberChange add(Member member) {
        return new MemberChange(member, null);
    }

    private static MemberChange remove(String name) {
        return new MemberChange(null, name);
    }

    @Test
    void aNewMemberReceivesTheLogAndCountsForAMajority() throws Exception {
        cluster.write(leader, 50, 10 * KIB);
        Member added = cluster.startNew("n4");
        assertThat(cluster.node("n4").isMember()).isFalse();
        String other = cluster.followerOf(leader);

        make(other, add(added));

        cluster.write(leader, 10, KIB);
        cluster.check();
        List<String> all = List.of("n1", "n2", "n3", "n4");
        assertThat(all).allSatisfy(name -> soon().until(() -> membersOf(name).equals(all)));
        assertThat(cluster.node("n4").isMember()).isTrue();
        assertThat(ask(other, add(added)).state()).as("again").isEqualTo(State.DONE);
        // Three of four are a majority only with the new one.
        cluster.kill(other);
        cluster.write(cluster.leader(), 10, KIB);
        cluster.start(other);
        cluster.check();
    }

    @Test
    @LogsFaults("has ended: {}")
    void aMemberIsReplacedInOneStepAndARestartKeepsTheNewMembers() throws Exception {
        cluster.write(leader, 20, KIB);
        String removed = cluster.followerOf(leader);
        Member added = cluster.startNew("n4");

        make(leader, new MemberChange(added, removed));

        cluster.write(leader, 10, KIB);
        soon().until(() -> cluster.machine(removed).failure() != null);
        LogFailure failure = cluster.machine(removed).failure();
        assertThat(failure).isNotNull();
        // It need not have received the entry that removes it.
        assertThat(failure.kind()).isIn(LogFailure.Kind.REMOVED, LogFailure.Kind.SERVER);
        assertThat(failure.message()).contains("was removed from the cluster");
        cluster.kill(removed);
        cluster.kill(leader);
        cluster.start(leader);
        String next = cluster.leader();
        cluster.write(next, 10, KIB);
        cluster.check();
        assertThat(membersOf(leader)).doesNotContain(removed).contains("n4").hasSize(3);
    }

    @Test
    @MayLogFaults("has ended: {}")
    void aLeaderIsRemovedAfterAnotherOneLeads() throws Exception {
        cluster.write(leader, 20, KIB);
        String other = cluster.followerOf(leader);

        make(other, remove(leader));

        String next = cluster.leaderOtherThan(leader);
        assertThat(membersOf(next)).hasSize(2).doesNotContain(leader);
        cluster.kill(leader);
        cluster.write(next, 10, KIB);
        cluster.check();
    }

    @Test
    void whatWouldBeWrongOrStopTheClusterIsRefused() throws Exception {
        Member absent = new Member("n4", "127.0.0.1", cluster.node(leader).port());
        String follower = cluster.followerOf(leader);
        refuses(remove("n9"), "n9 is no member; the members are n1, n2, n3");
        refuses(add(new Member(follower, "127.0.0.1", 1)), "a member " + follower + " exists");
        refuses(add(absent), "is " + leader + " of the cluster test, and not n4");
        refuses(add(new Member("n4", "127.0.0.1", 1)), "n4 does not answer at 127.0.0.1:1; start it");
        cluster.kill(follower);
        soon().until(() -> cluster.node(leader).status().members().stream()
                .anyMatch(known -> known.contactMillis() > 3L * TestCluster.LIMITS.electionTimeoutMillis()));
        String healthy = List.of("n1", "n2", "n3").stream()
                .filter(name -> !name.equals(leader) && !name.equals(follower))
                .findFirst()
                .orElseThrow();
        refuses(remove(healthy), "would be reached, and a majority is 2; start the others first");
        make(leader, remove(follower));
        assertThat(membersOf(leader)).hasSize(2);
    }

    @Test
    void onlyOneChangeRunsAtATime() throws Exception {
        cluster.write(leader, 300, 100 * KIB);
        Member added = cluster.startNew("n4");
        ChangeStatus first = ask(leader, add(added));
        ChangeStatus second = ask(leader, remove(cluster.followerOf(leader)));
        if (first.state() == State.RUNNING && second.state() == State.REFUSED) {
            assertThat(second.reason()).contains("another change runs: add n4=127.0.0.1:");
        }
        soon().until(() -> cluster.node(leader).change().get().state() == State.DONE);
        cluster.write(leader, 1, KIB);
        cluster.awaitAll("n4");
    }

    @Test
    void changesAreWrittenAndReadAsText() {
        for (String text : List.of("add n4=[::1]:4501", "remove n1", "replace n1 by n4=host:4501")) {
            assertThat(MemberChange.parse(text).text()).isEqualTo(text);
        }
        for (String text : List.of("", "add", "add n4", "remove", "replace n1 n4=h:1", "add n4=h:0", "remove N")) {
            assertThatThrownBy(() -> MemberChange.parse(text))
                    .as(text)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("expected");
        }
    }
}
