package io.streamkeeper.cluster;

import static io.streamkeeper.cluster.TestCluster.NAMES;
import static io.streamkeeper.cluster.TestCluster.soon;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.streamkeeper.protocol.output.LogsFaults;
import io.streamkeeper.storage.disk.LocalDisk;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log that cannot be written, is damaged or too short: its member reports it, and the others go on. */
class LogFailureTest {
    private static final int KIB = 1 << 10;
    private static final int MIB = 1 << 20;
    private static final UUID GROUP = UUID.nameUUIDFromBytes("test".getBytes(UTF_8));

    @TempDir
    Path folder;

    private TestCluster cluster;

    @BeforeEach
    void start() {
        cluster = new TestCluster(
                folder, TestCluster.LIMITS.withSegmentBytes(2 * MIB).withKeptBytes(6L * MIB));
    }

    @AfterEach
    void end() {
        cluster.close();
    }

    private Path log(String name) {
        return NodeDirectory.log(cluster.directory(name), GROUP);
    }

    private long bytesOfLog(String name) throws IOException {
        try (Stream<Path> files = Files.list(log(name))) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    @Test
    @LogsFaults("The member {} has ended: {}")
    void aMemberWhoseDiskIsFullReportsItAndTheOthersGoOn() throws Exception {
        Path small = Files.createDirectories(cluster.directory("n1"));
        assumeTrue(runs("mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", small.toString()));
        try {
            cluster.startAll();
            fillDisk();
            assertThat(cluster.machine("n1").failure().kind()).isEqualTo(LogFailure.Kind.LOG);
            assertThat(cluster.machine("n1").failure().message())
                    .contains("the log could not be written", "make sure that the disk works and has space");
            assertThat(cluster.machine("n1").epoch()).isZero();
            assertThat(cluster.node("n1").status().role()).isEqualTo(LogStatus.Role.ENDED);
            assertThat(cluster.node("n1").status().failure()).isNotNull();
            cluster.kill("n1");
            cluster.write(cluster.leader(), 10, KIB);
            assertThat(runs("mount", "-o", "remount,size=200m", small.toString()))
                    .isTrue();
            cluster.restartWithState("n1");
            cluster.check();
        } finally {
            cluster.close();
            // Lazily, because Ratis does not close the file that it could not write.
            assertThat(runs("umount", "-l", small.toString())).isTrue();
        }
    }

    private void fillDisk() {
        soon().until(() -> {
            if (cluster.machine("n1").failure() == null) {
                cluster.propose(cluster.leader(), 2, 300 * KIB);
            }
            return cluster.machine("n1").failure() != null;
        });
    }

    private static boolean runs(String... command) throws IOException, InterruptedException {
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    @LogsFaults("The member {} has ended: {}")
    void aLogThatIsTakenAwayIsReported() throws Exception {
        cluster.startAll();
        String leader = cluster.leader();
        String follower = cluster.followerOf(leader);
        Files.move(log(follower), log(follower).resolveSibling("away"));
        cluster.write(leader, 20, 300 * KIB);
        soon().until(() -> cluster.machine(follower).failure() != null);
        assertThat(cluster.machine(follower).failure().kind()).isEqualTo(LogFailure.Kind.LOG);
        cluster.write(leader, 5, KIB);
    }

    @Test
    @LogsFaults("The end of {} is torn")
    void aMemberWithATornEndStartsAndReceivesTheRestAgain() throws Exception {
        cluster.startAll();
        cluster.write(cluster.leader(), 20, 10 * KIB);
        cluster.check();
        String name = cluster.followerOf(cluster.leader());
        cluster.kill(name);
        Path open = SegmentFile.list(new LocalDisk(), log(name)).get(0).file();
        long end = Files.size(open);
        try (RandomAccessFile file = new RandomAccessFile(open.toFile(), "rw")) {
            // An entry of 200 bytes, of which half was written.
            file.setLength(end + 4_096);
            file.seek(end);
            file.write(new byte[] {(byte) 200, 1, 8, 1, 16, 100});
            file.write(new byte[100]);
        }
        cluster.forget(name);
        cluster.start(name);
        cluster.check();
    }

    @Test
    void aMemberWithDamageInTheMiddleDoesNotStart() throws Exception {
        cluster.startAll();
        cluster.write(cluster.leader(), 20, 10 * KIB);
        cluster.check();
        cluster.kill("n2");
        Path open = SegmentFile.list(new LocalDisk(), log("n2")).get(0).file();
        byte[] bytes = Files.readAllBytes(open);
        bytes[50_000] ^= 1;
        Files.write(open, bytes);
        assertThatThrownBy(() -> cluster.start("n2"))
                .isInstanceOf(DamagedLogException.class)
                .hasMessageContaining(open + " is damaged at byte ");
        assertThat(Files.readAllBytes(open)).isEqualTo(bytes);
        cluster.write(cluster.leader(), 5, KIB);
    }

    @Test
    void theLogIsReleasedUpToWhatIsKeptAndAMemberFurtherBehindLearnsIt() throws Exception {
        cluster.startAll();
        cluster.write(cluster.leader(), 5, KIB);
        cluster.check();
        String behind = cluster.followerOf(cluster.leader());
        cluster.kill(behind);
        cluster.write(cluster.leader(), 60, 300 * KIB);
        List<String> others =
                NAMES.stream().filter(name -> !name.equals(behind)).toList();
        for (String name : others) {
            cluster.awaitAll(name);
            cluster.node(name).release(cluster.machine(name).last().index());
            soon().until(() -> bytesOfLog(name) < 10L * MIB);
            assertThat(bytesOfLog(name)).isGreaterThan(4L * MIB);
        }
        cluster.start(behind);
        soon().until(() -> cluster.machine(behind).behind() != null);
        cluster.write(cluster.leader(), 5, KIB);
    }

    @Test
    void theLogIsNotReleasedBeyondWhatTheMemberHas() throws Exception {
        cluster.startAll();
        cluster.write(cluster.leader(), 2, KIB);
        LogPosition early = cluster.machine(cluster.leader()).last();
        cluster.write(cluster.leader(), 60, 300 * KIB);
        cluster.check();
        long before = bytesOfLog("n1");
        cluster.node("n1").release(early.index());
        cluster.node("n1").readBarrier().get(10, TimeUnit.SECONDS);
        assertThat(bytesOfLog("n1")).isGreaterThanOrEqualTo(before);
        cluster.kill("n1");
        cluster.forget("n1");
        cluster.start("n1");
        cluster.check();
    }
}
