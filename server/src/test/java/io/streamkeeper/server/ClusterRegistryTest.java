package io.streamkeeper.server;

import static org.awaitility.Awaitility.await;

import io.streamkeeper.client.api.CreateOptions;
import io.streamkeeper.protocol.output.MayLogFaults;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The registry of a cluster is written by the member that leads, and read at each. */
@Timeout(180)
@MayLogFaults({"was abandoned: {}", "the registry"})
class ClusterRegistryTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void eachLeaderContinuesIt(@TempDir Path folder) throws Exception {
        try (MembersInJvm members = new MembersInJvm(folder)) {
            members.startAll();
            for (int round = 0; round < 3; round++) {
                String path = "s" + round;
                members.atLeader(streams -> streams.create(path, CreateOptions.text()));
                members.end(members.leader());
                String during = "during" + round;
                members.atLeader(streams -> streams.create(during, CreateOptions.text()));
                for (String name : MembersInJvm.NAMES) {
                    if (!members.runs(name)) {
                        members.start(name);
                    }
                }
                for (String name : MembersInJvm.NAMES) {
                    members.awaitBarrier(name);
                    await().atMost(PATIENCE)
                            .until(() -> insertedOnce(members.text(name, "__registry__"), path, during));
                }
            }
        }
    }

    private static boolean insertedOnce(String registry, String... paths) {
        return List.of(paths).stream().allMatch(path -> registry.split("\"key\":\"" + path + "\"", -1).length == 2);
    }
}
