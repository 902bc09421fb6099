package io.streamkeeper.storage.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.output.MayLogFaults;
import io.streamkeeper.storage.simulation.Reach;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Many seeds of a {@link Cluster}. {@code -Dcluster.seeds=N} runs as many as wanted, {@code -Dcluster.seed=S} that one.
 */
class ReplicationTest {
    /** So many seeds reach every state. */
    private static final int SEEDS_FOR_REACH = 200;

    private static final List<String> STATES = List.of(
            "a deposed leader",
            "a fork",
            "a fork on a follower",
            "a fork on another shard",
            "a frame that no log takes",
            "a kill",
            "a read from an object",
            "a read of inherited bytes",
            "a read on a copy",
            "a read on the leader",
            "a read while the object store is away",
            "a refusal",
            "a repeated append",
            "a restart",
            "a start from a checkpoint",
            "all memory is released",
            "an extent is only in the object store",
            "answer outcome_unknown",
            "answer overloaded",
            "answer source_deleted",
            "answer storage_full",
            "answer stream_deleted",
            "appended",
            "changed",
            "created",
            "deleted",
            "lost frames",
            "no leader",
            "no lost frames");

    @Test
    @MayLogFaults({"was abandoned", "the tier {} does not", "the tier {} answers again"})
    void allMachinesHaveTheSameStateAfterEachRecordAndNothingAcknowledgedIsLost() {
        Reach reach = new Reach();
        Long only = Long.getLong("cluster.seed");
        long first = only == null ? Long.getLong("cluster.first", 1) : only;
        long count = only == null ? Long.getLong("cluster.seeds", 400) : 1;
        for (long seed = first; seed < first + count; seed++) {
            try {
                reach.add(new Cluster(seed).run());
            } catch (IOException | RuntimeException | Error e) {
                throw new AssertionError("-Dcluster.seed=" + seed + ": " + e.getMessage(), e);
            }
        }
        if (count >= SEEDS_FOR_REACH) {
            assertThat(STATES)
                    .as("states that no seed has reached; reached: %s", reach)
                    .allMatch(state -> reach.of(state) > 0);
        }
    }
}
