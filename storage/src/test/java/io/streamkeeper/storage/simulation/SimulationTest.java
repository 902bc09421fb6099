package io.streamkeeper.storage.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.output.MayLogFaults;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Many seeds of the {@link Simulation}. {@code -Dsim.seeds=N} runs as many as wanted, {@code -Dsim.seed=S} that one.
 */
class SimulationTest {
    /** So many seeds reach every state. */
    private static final int SEEDS_FOR_REACH = 1_000;

    /** One seed in about a thousand reaches these, so that so many seeds certainly do. */
    private static final int SEEDS_FOR_RARE = 10_000;

    private static final List<String> RARE_STATES = List.of("fork refused: internal_error");

    private static final List<String> STATES = List.of(
            "a conversion that is cut short",
            "a conversion that meets a fault",
            "a late commit",
            "a local file is removed that has an object",
            "a snapshot is made",
            "a snapshot is restored",
            "object store: CREATE",
            "object store: CREATE ANSWER_LOST",
            "object store: CREATE REFUSED",
            "object store: DELETE",
            "object store: DELETE ANSWER_LOST",
            "object store: FIND REFUSED",
            "object store: READ",
            "object store: READ DAMAGED",
            "object store: READ REFUSED",
            "read refused: tier_unavailable",
            "a log without a leader",
            "a loss",
            "a refusal of the log",
            "an epoch change",
            "answer outcome_unknown",
            "a change of metadata",
            "a change of retention that allows to trim more",
            "a deletion that is decided again",
            "a change that is followed: CLOSED",
            "a change that is followed: CREATED",
            "a change that is followed: DELETED",
            "a directory of version 1 that is converted",
            "a snapshot of the server itself, and a trim before it",
            "a stream of the server itself",
            "a stream of the server itself that was trimmed and has ended by KILL",
            "a stream of the server itself that was trimmed and has ended by POWER_CUT",
            "a trim by the server",
            "answer described",
            "no stream of the server itself",
            "a gap in a stream's runs that retention has made",
            "a life that came to rest",
            "a path that forks have held is free, though records are not synced",
            "a path that is listed",
            "a path that is not listed",
            "a read that outlives a compaction",
            "a reader has waited for long enough where the shard has failed",
            "a reader has waited for long enough",
            "a reader is notified of a deletion",
            "a reader is notified of the end",
            "a reader is notified that its stream has expired",
            "a reader is woken",
            "a reader that waits leaves",
            "a reader waits for what retention drops at once",
            "a reserve is made",
            "a reserve is released",
            "a shard that has failed with a reason",
            "a release while an extent is written",
            "a shard of which the work has thrown",
            "a shard that has failed with a reason",
            "a start that fails of ACCESS",
            "a start that fails of DESCRIPTORS",
            "a start that fails of ERRORS",
            "a start that fails of EXCEPTIONS",
            "a start that fails of READS",
            "a start that fails of WRITES",
            "a start that is cut short",
            "a start that survives faults",
            "a stream of a thousand producers",
            "an offset is added to a message",
            "an export is started",
            "an export is started, with objects",
            "an eviction and a crash between two requests of a producer",
            "answer changed",
            "answer content_type_mismatch",
            "answer created",
            "answer deleted",
            "answer metadata_mismatch",
            "answer existed",
            "answer expected_offset_conflict",
            "a checkpoint that was requested",
            "a compaction that was requested",
            "answer internal_error",
            "answer invalid_producer",
            "answer kept",
            "answer kept closed",
            "answer offset_mismatch",
            "answer overloaded",
            "answer producer_sequence_gap",
            "answer sequence_regression",
            "answer stale_producer_epoch",
            "answer storage_failed",
            "answer storage_full",
            "answer stream_closed",
            "answer stream_deleted",
            "answer stream_exists",
            "answer stream_not_found",
            "answer too_many_producers",
            "answer wrote",
            "answer wrote closed",
            "backup restored",
            "backup restored, with objects",
            "deletion of a stream that forks need",
            "earliest offset moved",
            "end by KILL",
            "end by KILL at rest",
            "end by POWER_CUT",
            "end by POWER_CUT at rest",
            "end by STOP",
            "end by STOP at rest",
            "extents that are objects",
            "fault: ACCESS at CREATE",
            "fault: ACCESS at DELETE",
            "fault: ACCESS at RENAME",
            "fault: DESCRIPTORS at CREATE",
            "fault: DESCRIPTORS at LIST",
            "fault: DESCRIPTORS at OPEN",
            "fault: ERRORS at CLOCK",
            "fault: ERRORS at CREATE",
            "fault: ERRORS at DELETE",
            "fault: ERRORS at LOOK_UP",
            "fault: ERRORS at OPEN",
            "fault: ERRORS at READ",
            "fault: ERRORS at SYNC",
            "fault: ERRORS at SYNC_DIRECTORY",
            "fault: ERRORS at THREADS",
            "fault: ERRORS at WRITE",
            "fault: EXCEPTIONS at CLOCK",
            "fault: EXCEPTIONS at READ",
            "fault: EXCEPTIONS at SYNC",
            "fault: EXCEPTIONS at THREADS",
            "fault: EXCEPTIONS at WRITE",
            "fault: READS at READ",
            "fault: WRITES at SYNC",
            "fault: WRITES at WRITE",
            "fork inside an append",
            "fork of a fork",
            "fork of what is not synced yet",
            "fork of a source that retention has trimmed",
            "fork on another shard",
            "fork on the shard of its source",
            "fork refused when the deletion of its source was durable",
            "fork refused: offset_gone",
            "fork refused: past the append",
            "fork refused: past the end",
            "fork refused: source_deleted",
            "fork refused: source_not_found",
            "fork refused: storage_failed",
            "it makes checkpoints",
            "it takes writes",
            "no room, reported by a sync",
            "not opened: internal_error",
            "not opened: stream_deleted",
            "not opened: stream_not_found",
            "read after the tail",
            "read of inherited bytes",
            "read of its own bytes",
            "read refused at once: offset_gone",
            "read refused: internal_error",
            "read refused: invalid_offset",
            "read refused: storage_failed",
            "read refused: stream_not_found",
            "retention has trimmed all it may",
            "search AROUND",
            "search AROUND in inherited bytes",
            "search BACKWARD",
            "search BACKWARD in inherited bytes",
            "search FORWARD",
            "search FORWARD in inherited bytes",
            "search SINCE",
            "search SINCE in inherited bytes",
            "search refused: invalid_offset",
            "search refused: offset_gone",
            "search refused: storage_failed",
            "the clock was set");

    @Test
    @MayLogFaults({
        "the journal has failed",
        "the next journal segment cannot be prepared",
        "shard {} has failed",
        "a request has failed",
        "stored data cannot be read",
        "was abandoned",
        "is not needed, but cannot be removed",
        "journal segments before {} are not needed",
        "cannot be closed",
        "the reserve",
        "the tier {} does not",
        "the tier {} answers again",
        "the work of the tier on the disk has failed",
        "it is read again",
        "a step of the tier has failed"
    })
    void whateverHappensAStoreStartsAgainWithAllThatItHasAcknowledged() {
        Reach reach = new Reach();
        Long only = Long.getLong("sim.seed");
        long first = only == null ? Long.getLong("sim.first", 1) : only;
        long count = only == null ? Long.getLong("sim.seeds", 1_000) : 1;
        for (long seed = first; seed < first + count; seed++) {
            try {
                reach.add(new Simulation(seed).run());
            } catch (IOException | RuntimeException | Error e) {
                throw new AssertionError("-Dsim.seed=" + seed + ": " + e.getMessage(), e);
            }
        }
        if (count >= SEEDS_FOR_REACH) {
            assertThat(STATES)
                    .as("states that no seed has reached; reached: %s", reach)
                    .allMatch(state -> reach.of(state) > 0);
        }
        if (count >= SEEDS_FOR_RARE) {
            assertThat(RARE_STATES)
                    .as("rare states that no seed has reached; reached: %s", reach)
                    .allMatch(state -> reach.of(state) > 0);
        }
    }
}
