package io.streamkeeper.cluster.state;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.cluster.ClusterConfig;
import io.streamkeeper.cluster.Member;
import io.streamkeeper.cluster.MemberDirectory;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.FileTree;
import io.streamkeeper.storage.directory.LogPlace;
import io.streamkeeper.storage.directory.Manifest;
import io.streamkeeper.storage.directory.ObjectList;
import io.streamkeeper.storage.directory.SnapshotList;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.LocalDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The data directory of a server without a cluster becomes that of the first member of one. */
@Timeout(60)
class StateAdoptionTest {
    private static final int SHARDS = 2;

    @TempDir
    Path folder;

    private final Disk disk = new LocalDisk();
    private Path data;
    private ClusterConfig config;
    private DataDirectory made;

    @BeforeEach
    void create() throws IOException {
        data = folder.resolve("data");
        made = DataDirectory.open(disk, data, 0, SHARDS, false);
        config = ClusterConfig.of(
                "test",
                List.of(new Member("n1", "127.0.0.1", 1), new Member("n2", "127.0.0.1", 2)),
                "n1",
                data.resolve(DataDirectory.CLUSTER));
    }

    private void assertMember() throws IOException {
        assertThat(DataDirectory.open(disk, data, SHARDS, SHARDS, true)).isEqualTo(made);
        for (int shard = 0; shard < SHARDS; shard++) {
            Manifest manifest = made.manifest(disk, shard);
            assertThat(manifest.applied()).isEqualTo(new LogPlace(1, 1));
            assertThat(manifest.firstSegment()).isEqualTo(2);
        }
        assertThat(StateInstall.isDue(config)).isFalse();
        assertThat(data.resolve(DataDirectory.CLUSTER_PREPARED)).doesNotExist();
        try (MemberDirectory member = MemberDirectory.open(config, StateAdoption.START)) {
            assertThat(member.last()).isOne();
        }
    }

    private Map<String, String> files() throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(data)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                String name = data.relativize(file).toString();
                if (!name.startsWith(DataDirectory.CLUSTER_PREPARED)) {
                    files.put(name, new String(Files.readAllBytes(file), ISO_8859_1));
                }
            }
        }
        return files;
    }

    @Test
    void whateverStepIsInterruptedItIsEitherUnchangedOrThatOfTheMember() throws Exception {
        List<String> steps = new ArrayList<>();
        Map<String, String> before = files();
        StateAdoption.run(config, data, steps::add);
        StateInstall.run(config, data, steps::add);
        assertMember();
        assertThat(steps).contains("member", "shard 1", "log", "check", "rename", "sync", "delete shard 1", "mark");
        Set<UUID> groups = new HashSet<>();
        for (int crash = 0; crash < steps.size(); crash++) {
            FileTree.delete(disk, data);
            made = DataDirectory.open(disk, data, 0, SHARDS, false);
            before = files();
            int at = crash;
            List<String> done = new ArrayList<>();
            assertThatThrownBy(() -> {
                        StateAdoption.run(config, data, step -> crash(done, step, at));
                        StateInstall.run(config, data, step -> crash(done, step, at));
                    })
                    .isInstanceOf(Crash.class);
            if (!disk.exists(config.directory())) {
                assertThat(files()).as(steps.get(crash)).isEqualTo(before);
                StateAdoption.run(config, data);
            }
            assertThat(StateInstall.isDue(config)).as(steps.get(crash)).isTrue();
            StateInstall.run(config, data);
            assertMember();
            groups.add(MemberDirectory.groupOf(config));
        }
        assertThat(groups)
                .as("groups")
                .hasSize(steps.size())
                .doesNotContain(UUID.nameUUIDFromBytes("test".getBytes(ISO_8859_1)));
    }

    private static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Unlike a failure, it leaves what was made. */
    private static void crash(List<String> done, String step, int at) {
        done.add(step);
        if (done.size() == at + 1) {
            throw new Crash();
        }
    }

    @Test
    void whatAFailureHasMadeIsRemoved() throws Exception {
        Map<String, String> before = files();
        assertThatThrownBy(() -> StateAdoption.run(config, data, step -> {
                    if (step.equals("check")) {
                        throw new IOException("no room");
                    }
                }))
                .hasMessage("no room");
        assertThat(files()).isEqualTo(before);
        assertThat(data.resolve(DataDirectory.CLUSTER_PREPARED)).doesNotExist();
    }

    @Test
    void theOnlyMemberIsThisOne() throws Exception {
        StateAdoption.run(config, data);
        StateInstall.run(config, data);
        Path members = data.resolve("cluster/raft/" + MemberDirectory.groupOf(config) + "/current/raft-meta.conf");
        assertThat(Files.readString(members, ISO_8859_1)).contains("n1").doesNotContain("n2");
    }

    @Test
    void aDirectoryThatWasThatOfAMemberIsRefused() throws Exception {
        made.manifest(disk, 1).appliedUpTo(new LogPlace(3, 9)).write(disk, made.shard(1));
        assertThatThrownBy(() -> StateAdoption.run(config, data))
                .hasMessageContaining("was that of a member of a cluster, and has lost the directory cluster");
    }

    @Test
    void aDirectoryWithObjectsIsRefusedAndAnEmptyListOrSnapshotsAreNoObstacle() throws Exception {
        ObjectList none = ObjectList.empty(made.store(), 1, "s3://former/place");
        none.begin("key").write(disk, made.shard(1));
        assertThatThrownBy(() -> StateAdoption.run(config, data))
                .hasMessageContaining("names objects at s3://former/place")
                .hasMessageContaining("command backup and --tier s3://former/place");
        assertThat(config.directory()).doesNotExist();
        none.write(disk, made.shard(1));
        SnapshotList.Entry snapshot = new SnapshotList.Entry("snapshots/1", SnapshotList.State.COMPLETE, 1, Set.of());
        SnapshotList.empty(made.store(), "s3://former/place").with(1, snapshot).write(disk, data);
        StateAdoption.run(config, data);
        assertThat(SnapshotList.exists(disk, data)).isTrue();
        StateInstall.run(config, data);
        assertMember();
        assertThat(SnapshotList.exists(disk, data)).isFalse();
    }

    @Test
    void aDirectoryInThePlaceOfThatOfTheMemberIsRefusedUnlessItIsEmpty() throws Exception {
        Files.createDirectories(config.directory().resolve("raft"));
        assertThatThrownBy(() -> StateAdoption.run(config, data)).hasMessageContaining("has \"raft\" in it");
        Files.delete(config.directory().resolve("raft"));
        StateAdoption.run(config, data);
        StateInstall.run(config, data);
        assertMember();
    }

    @Test
    void aMemberThatRunsPreventsASecondCluster() throws Exception {
        try (SourceMember source = new SourceMember(folder.resolve("other"))) {
            ClusterConfig second = new ClusterConfig(
                    "test",
                    List.of(new Member("n2", "127.0.0.1", 2), new Member("n1", "127.0.0.1", source.port)),
                    "n2",
                    "127.0.0.1",
                    1,
                    config.directory(),
                    config.limits(),
                    null,
                    Map.of());
            assertThatThrownBy(() -> StateAdoption.run(second, data))
                    .hasMessageContaining("member n1 at 127.0.0.1:" + source.port + " is in a cluster");
        }
    }
}
