package io.streamkeeper.cluster.store;

import io.netty.buffer.Unpooled;
import io.streamkeeper.cluster.LogPosition;
import io.streamkeeper.storage.directory.LogPlace;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.journal.LoggedRecords;
import io.streamkeeper.storage.memory.Block;
import io.streamkeeper.storage.record.Lineage;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.shard.ShardStore;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Passes what the log delivers to one shard. Owned by the thread of the log, which waits here: for memory of the shard,
 * for its loop to apply what was passed before, and for the shards of the sources of forks.
 */
final class ShardInput {
    private final int shard;
    private final ShardJournal journal;
    private final Pressure pressure;
    private volatile long deliveredLsn;
    private volatile Journal.ReplayStart released;
    private volatile @Nullable ShardStore store;

    /** The input of a shard that was opened with what its manifest says of the log. */
    ShardInput(int shard, ShardJournal journal, Journal.ReplayStart manifest, Pressure pressure) {
        this.shard = shard;
        this.journal = journal;
        this.pressure = pressure;
        this.released = manifest;
        this.deliveredLsn = journal.lastLsn();
    }

    /** The shard is open. */
    void serve(ShardStore opened) {
        store = opened;
    }

    @Nullable
    ShardStore store() {
        return store;
    }

    ShardJournal journal() {
        return journal;
    }

    /**
     * Passes on a section.
     *
     * @param own whether this process has staged it, and leads in that epoch
     * @param from index of the first entry of the log that can contain it
     * @throws IllegalStateException if records before it are missing
     */
    void deliver(RecordFrame.Section section, boolean own, long from, LogPosition at, Sources sources) {
        if (section.lastLsn() <= deliveredLsn) {
            return;
        }
        if (section.firstLsn() != deliveredLsn + 1) {
            throw new IllegalStateException("the log has record " + section.firstLsn() + " of shard " + shard + " at "
                    + at + ", where record " + (deliveredLsn + 1) + " is expected: records are missing");
        }
        if (own) {
            journal.onLoop(() -> journal.decided(section, from, at));
        } else {
            int bytes = section.records().remaining();
            pressure.waitForMemory(journal, bytes);
            List<Lineage> inherited = section.forks() ? sources.count(forksIn(section)) : List.of();
            pressure.post(journal, bytes, () -> journal.receive(section, inherited, from, at));
        }
        deliveredLsn = section.lastLsn();
    }

    private static List<LogRecord.Fork> forksIn(RecordFrame.Section section) {
        Block block = new Block(Unpooled.wrappedBuffer(section.records()));
        return new LoggedRecords(block, 0, section.records().remaining(), section.firstLsn(), section.count()).forks();
    }

    /** Counts forks at their sources. */
    interface Sources {
        /** Counts forks, each after everything that was passed to the shard of its source; returns what they inherit. */
        List<Lineage> count(List<LogRecord.Fork> forks);
    }

    /** Counts a fork of a stream of this shard, after everything that was passed to the shard before. */
    CompletableFuture<Lineage> countFork(LogRecord.Fork fork) {
        CompletableFuture<Lineage> counted = new CompletableFuture<>();
        ShardStore owner = store;
        if (owner == null) {
            throw new IllegalStateException("shard " + shard + " is not open");
        }
        journal.onLoop(() -> {
            try {
                counted.complete(owner.countFork(fork));
            } catch (RuntimeException | Error e) {
                counted.completeExceptionally(e);
                throw e;
            }
        });
        return counted;
    }

    // ---- the release of the log ----

    /** A durable manifest names {@code start}; any thread may call it. */
    void released(Journal.ReplayStart start) {
        released = start;
    }

    /**
     * Index of the last entry that a start does not need for this shard, if nothing after {@code delivered} is passed;
     * any thread may call it.
     */
    long unneeded(long delivered) {
        Journal.ReplayStart start = released;
        return start.lsn() == deliveredLsn ? delivered : start.location() - 1;
    }

    /**
     * Index of the first entry that a start needs which has the records up to {@code checkpointLsn}; any thread may call
     * it.
     *
     * @param delivered the last entry that was passed before this call
     * @param location where the log has later records, at the earliest
     */
    long neededFrom(long delivered, long checkpointLsn, long location) {
        return checkpointLsn >= deliveredLsn ? delivered + 1 : location;
    }

    /** The place that the last durable manifest names, up to which a start replays all shards. */
    LogPosition applied() {
        Journal.ReplayStart start = released;
        return positionOf(start.applied());
    }

    /** The place of the log that a manifest names. */
    static LogPosition positionOf(LogPlace place) {
        return place.index() < 0 ? LogPosition.BEGIN : new LogPosition(place.term(), place.index());
    }
}
