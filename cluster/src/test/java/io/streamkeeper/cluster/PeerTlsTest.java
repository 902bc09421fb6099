package io.streamkeeper.cluster;

import static io.streamkeeper.cluster.TestCluster.NAMES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.protocol.files.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members that prove their identity to each other. */
class PeerTlsTest {
    @TempDir
    Path folder;

    private TestCluster cluster;
    private PeerTls identity;

    @BeforeEach
    void create() throws Exception {
        cluster = new TestCluster(folder);
        identity = identity(folder.resolve("identity"));
    }

    /** The identity of a member, whose certificate is its own authority. */
    private static PeerTls identity(Path in) throws IOException {
        Identity.make("CN=member", "EC", "ip:127.0.0.1").write(Files.createDirectories(in));
        Path certificate = in.resolve(Identity.CERTIFICATE);
        return new PeerTls(certificate, in.resolve(Identity.KEY), certificate);
    }

    @AfterEach
    void end() {
        cluster.close();
    }

    private void start(String name, PeerTls tls) throws Exception {
        cluster.useTls(name, tls);
        RaftNode.create(cluster.config(name));
        cluster.start(name);
    }

    @Test
    void onlyMembersWithACertificateOfTheAuthorityReceiveFrames() throws Exception {
        start("n1", identity);
        start("n2", identity);
        cluster.write(cluster.leader(), 10, 1 << 10);
        start("n3", identity(folder.resolve("other")));
        cluster.write(cluster.leader(), 10, 1 << 10);
        assertThat(cluster.machine("n3").numbers()).isEmpty();
        assertThat(cluster.node("n3").status().leader()).isNull();
        cluster.kill("n3");
        cluster.useTls("n3", identity);
        cluster.start("n3");
        cluster.check();
        assertThat(NAMES).allMatch(name -> cluster.machine(name).numbers().size() == 20);
    }

    @Test
    void aFileThatCannotBeReadIsNamed() throws Exception {
        Path missing = folder.resolve("missing.pem");
        for (PeerTls tls : List.of(
                new PeerTls(missing, identity.key(), identity.authorities()),
                new PeerTls(identity.certificate(), missing, identity.authorities()),
                new PeerTls(identity.certificate(), identity.key(), missing))) {
            cluster.useTls("n1", tls);
            if (!Files.exists(NodeDirectory.node(cluster.directory("n1")))) {
                RaftNode.create(cluster.config("n1"));
            }
            assertThatThrownBy(() -> cluster.start("n1")).hasMessageContaining(missing + " cannot be read");
        }
        cluster.useTls("n1", identity);
        cluster.start("n1");
    }
}
