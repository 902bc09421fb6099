package io.streamkeeper.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.cluster.NodeIdentity.Stage;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.LocalDisk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeIdentityTest {
    private final Disk disk = new LocalDisk();

    @TempDir
    Path folder;

    private ClusterConfig config(String cluster, String self) {
        List<Member> members = Member.parseList("n1=a:1,n2=b:1");
        return ClusterConfig.of(cluster, members, self, folder);
    }

    @Test
    void aDirectoryGetsOneIdentityForEver() throws Exception {
        NodeIdentity created = NodeIdentity.create(disk, config("c", "n1"), Stage.NEW);
        assertThat(Files.readString(folder.resolve("NODE")))
                .startsWith("streamkeeper-node 1\ncluster c\nmember n1\ndirectory " + created.directory()
                        + "\nstate new\ncrc32c ");
        assertThat(NodeIdentity.open(disk, config("c", "n1"))).isEqualTo(created);
        assertThatThrownBy(() -> NodeIdentity.create(disk, config("c", "n1"), Stage.NEW))
                .hasMessageContaining("belongs to a member already; expected an empty directory");
    }

    @Test
    void theDirectoryOfAnotherMemberIsRefused() throws Exception {
        NodeIdentity.create(disk, config("c", "n1"), Stage.NEW);
        assertThatThrownBy(() -> NodeIdentity.open(disk, config("c", "n2")))
                .hasMessageContaining("belongs to member n1 of the cluster \"c\", and not to n2 of \"c\"");
        assertThatThrownBy(() -> NodeIdentity.open(disk, config("d", "n1")))
                .hasMessageContaining("and not to n1 of \"d\"");
    }

    @Test
    void aDirectoryWithoutIdentityIsRefused() throws Exception {
        assertThatThrownBy(() -> NodeIdentity.open(disk, config("c", "n1")))
                .hasMessageContaining("has no file NODE")
                .hasMessageContaining("replace member n1 by one with another name and an empty directory");
        Files.createDirectories(NodeDirectory.raft(folder));
        assertThatThrownBy(() -> NodeIdentity.create(disk, config("c", "n1"), Stage.NEW))
                .hasMessageContaining("belongs to a member already");
        assertThat(folder.resolve("NODE")).doesNotExist();
    }

    @Test
    void aMemberThatHasStartedHasALog() throws Exception {
        NodeIdentity created = NodeIdentity.create(disk, config("c", "n1"), Stage.NEW);
        created.markStarted(disk, config("c", "n1"), NodeIdentity.groupOfName("c"));
        assertThatThrownBy(() -> NodeIdentity.open(disk, config("c", "n1")))
                .hasMessageContaining(NodeDirectory.raft(folder) + " does not exist: the disk was lost")
                .hasMessageContaining("replace member n1 by one with another name");
        Files.createDirectories(NodeDirectory.raft(folder));
        assertThat(NodeIdentity.open(disk, config("c", "n1")).started()).isTrue();
    }

    @Test
    void aGroupThatIsNotThatOfTheNameIsInTheFileAndUnknownToEarlierVersions() throws Exception {
        ClusterConfig config = config("c", "n1");
        UUID group = UUID.fromString("00000000-0000-0001-0000-000000000002");
        NodeIdentity created = NodeIdentity.create(disk, config, Stage.JOINING);
        assertThat(NodeIdentity.groupOf(disk, config)).isEqualTo(NodeIdentity.groupOfName("c"));
        created.markStarted(disk, config, group);
        assertThat(NodeIdentity.groupOf(disk, config)).isEqualTo(group);
        assertThat(Files.readString(folder.resolve("NODE")))
                .startsWith("streamkeeper-node 2\ncluster c\ngroup " + group + "\nmember n1\ndirectory "
                        + created.directory() + "\nstate started\ncrc32c ");
        Files.createDirectories(NodeDirectory.raft(folder));
        MemberDirectory.requireGroup(config, group);
        assertThatThrownBy(() -> MemberDirectory.requireGroup(config, NodeIdentity.groupOfName("c")))
                .hasMessageContaining("is of another cluster with the name c");
    }

    @Test
    void everyWrongByteOfTheIdentityIsRefused() throws Exception {
        NodeIdentity.create(disk, config("c", "n1"), Stage.NEW);
        Path file = folder.resolve("NODE");
        byte[] bytes = Files.readAllBytes(file);
        for (int each = 0; each < bytes.length; each++) {
            byte[] damaged = bytes.clone();
            damaged[each] ^= 1;
            Files.write(file, damaged);
            assertThatThrownBy(() -> NodeIdentity.open(disk, config("c", "n1"))).hasMessageContaining("is damaged");
        }
        Files.write(file, new String(bytes, UTF_8).substring(1).getBytes(UTF_8));
        assertThatThrownBy(() -> NodeIdentity.open(disk, config("c", "n1"))).hasMessageContaining("is damaged");
    }
}
