package io.streamkeeper.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.storage.disk.Clock;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RaftSettingsTest {
    private static ClusterConfig with(Path directory, Map<String, String> options) {
        return new ClusterConfig(
                "c",
                Member.parseList("n1=127.0.0.1:1"),
                "n1",
                "127.0.0.1",
                0,
                directory,
                LogLimits.DEFAULT,
                null,
                options);
    }

    @Test
    void theDefaultsPass(@TempDir Path folder) {
        assertThat(RaftSettings.of(with(folder, Map.of("raft.server.rpc.slowness.timeout", "5s"))))
                .isNotNull();
    }

    /** Ratis waits ten seconds, in which a cluster may have no other member that can lead. */
    @Test
    void aLeaderThatHasLostTheOthersMayLeadAgainAfterAnElectionTimeout(@TempDir Path folder) {
        assertThat(RaftServerConfigKeys.LeaderElection.leaderStepDownWaitTime(RaftSettings.of(with(folder, Map.of())))
                        .toLong(TimeUnit.MILLISECONDS))
                .isEqualTo(LogLimits.DEFAULT.electionTimeoutMillis());
    }

    @ParameterizedTest
    @CsvSource({
        "raft.server.log.async-flush.enabled, true",
        "raft.server.log.unsafe-flush.enabled, true",
        "raft.server.log.use.memory, true",
        "raft.server.log.statemachine.data.sync, false",
        "raft.server.log.force.sync.num, 128",
        "raft.server.log.corruption.policy, WARN_AND_RETURN",
        "raft.server.log.appender.buffer.byte-limit, 16MB",
        "raft.server.log.write.buffer.size, 4MB",
        "raft.server.log.purge.upto.snapshot.index, false",
        "raft.server.log.purge.preservation.log.num, 1000",
        "raft.server.log.appender.install.snapshot.enabled, true",
        "raft.server.read.option, DEFAULT",
        "raft.server.read.leader.heartbeat-check.enabled, false",
        "raft.rpc.type, NETTY",
    })
    void anOptionThatCouldLoseFramesStopsTheStart(String key, String value, @TempDir Path folder) {
        assertThatThrownBy(() -> RaftNode.start(
                        MemberDirectory.open(with(folder.resolve("n1"), Map.of(key, value)), LogPosition.BEGIN),
                        new HashMachine(),
                        Clock.SYSTEM,
                        PeerRequests.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(key)
                .hasMessageContaining("expected");
        assertThat(folder.resolve("n1")).doesNotExist();
    }
}
