package io.streamkeeper.storage.journal;

import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.storage.directory.LogPlace;
import io.streamkeeper.storage.disk.Obstacle;
import io.streamkeeper.storage.disk.StorageBusyException;
import io.streamkeeper.storage.disk.StorageFailedException;
import io.streamkeeper.storage.disk.StorageFullException;
import io.streamkeeper.storage.memory.Block;
import io.streamkeeper.storage.record.Lineage;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.Payload;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The log of one shard: it accepts records in order and reports when they are durable. Owned by the shard's loop, which
 * also calls its {@link Listener}, whatever threads the journal uses internally.
 *
 * <p>A payload is copied once, from the request's buffer into the journal's open block. The memory of a long payload
 * becomes a block without a copy. In both cases the stream's content then refers to the block.
 *
 * <p>This interface uses only log sequence numbers (lsn) and epochs, so that a replicated log can implement it as well
 * as one in files. The records of one epoch become durable in order. An epoch ends when staged records are refused or
 * lost, or when another process becomes the owner of the log. A record that was staged in that epoch and is not durable
 * by its end never becomes durable as it was staged. The next epoch may use the same lsn again, so a record that is not
 * durable yet is identified by its epoch and its lsn; a durable one by its lsn.
 *
 * <pre>
 *   staged ──durable──▶ stays, whatever happens later
 *      ├────refused──▶ was certainly not kept: undone, and the response says so    the epoch ends
 *      ├────lost─────▶ undone; the response says that its fate is not known        the epoch ends
 *      └────failed───▶ not undone; the response says that its fate is not known    no record is accepted any more
 * </pre>
 */
public interface Journal extends AutoCloseable {
    /** Receives the outcome of staged records, on the shard's loop. */
    interface Listener {
        /** A listener that does nothing. */
        Listener NONE = new Listener() {
            @Override
            public void durable(long lsn) {}

            @Override
            public void refused(long firstLsn, Refusal refusal) {}

            @Override
            public void lost(long firstLsn, Refusal refusal) {}

            @Override
            public void failed(StorageFailedException reason) {}
        };

        /** Everything up to {@code lsn} is durable. */
        void durable(long lsn);

        /** The measurements of a group commit, see {@link ShardFigures#committed}; called before {@link #durable}. */
        default void committed(int records, long bytes, long syncNanos) {}

        /**
         * No record from {@code firstLsn} on was kept, and none ever will be: they must be undone, last first. The
         * journal accepts records again, in a new epoch.
         */
        void refused(long firstLsn, Refusal refusal);

        /**
         * The journal has ended the epoch and does not know whether the records staged from {@code firstLsn} on were
         * kept. They must be undone, last first, so that the state is that of the durable records; {@code refusal} says
         * that their fate is not known. One of these records that becomes durable after all is applied like one that
         * another process has decided.
         */
        void lost(long firstLsn, Refusal refusal);

        /** Records that are not durable yet never will be, nor any later ones (I9). */
        void failed(StorageFailedException reason);

        /**
         * Records that another process has decided are durable, while the shard is a copy: it applies them. Everything
         * that was staged here is durable, refused or lost. Streams keep the memory of {@code records} as long as they
         * refer to it. A log that has one process only never calls this.
         *
         * @param inherited what each fork inherits that the records create, in their order, see {@link
         *     LoggedRecords#forks}; the shards of the sources have counted these forks, in the order of the log
         */
        default void received(LoggedRecords records, List<Lineage> inherited) {
            throw new IllegalStateException("this listener receives no records of another process");
        }

        /**
         * This process leads from now on: the shard owns the log, and has received everything in it.
         *
         * @param leaderlessMillis for how long this process has known no leader before
         */
        default void leads(long leaderlessMillis) {}

        /** Records wait to be received for want of memory: a checkpoint begins without delay. */
        default void pressed() {}
    }

    /** Sets the listener; called before the first record is staged. */
    void listen(Listener listener);

    /**
     * Whether this process leads, so that the shard is the owner of the log, and decides. Otherwise it is a copy, which
     * applies what the owner logs, see {@link Listener#received}, and logs nothing.
     */
    default boolean leads() {
        return true;
    }

    // ---- records ----

    /**
     * Adds a record to the open batch.
     *
     * @return the place of its payload
     * @throws StorageFullException if no room is left; the record was not added
     * @throws StorageBusyException if too many records wait to be written, or the log has no leader; the record was not
     *     added
     * @throws StorageFailedException if nothing can become durable any more
     */
    Staged stage(LogRecord record, Payload payload);

    /**
     * Ends the open batch. In a journal that has batches, records staged from now on are refused or kept independently
     * of it.
     */
    void endBatch();

    /** Whether {@code bytes} more would take the backlog past its first bound; writers that can wait then should. */
    boolean isPressed(int bytes);

    /** Memory of records that no checkpoint has written yet, or that readers hold; any thread may call this. */
    default long backlogBytes() {
        return 0;
    }

    /** The epoch in which records are staged now. It grows whenever staged records are refused or lost. */
    long epoch();

    /** The lsn of the record that was staged last; the next record gets the next lsn. */
    long lastLsn();

    /** Every record up to this lsn is durable; any thread may call this. */
    long durableLsn();

    /**
     * Bytes of all records that were ever staged; the difference of two values shows how much was staged since a
     * checkpoint.
     */
    long stagedBytes();

    // ---- health ----

    /** Ends all staging and acknowledging (I9); the first call informs the listener. */
    void fail(StorageFailedException reason);

    /** Why nothing can become durable any more, or null while the journal works. */
    @Nullable
    StorageFailedException failure();

    /** The reason of the latest refusal, or null if no records were refused, or some have become durable since. */
    @Nullable
    Obstacle obstacle();

    // ---- for other shards ----

    /** Waits for a sync, see {@link #whenSynced}; called on the shard's loop. */
    interface Synced {
        /** The records are synced. */
        void synced();

        /** The records will never be synced: the journal has failed. */
        default void failed(StorageFailedException reason) {}
    }

    /**
     * Calls {@code then} once every record up to {@code lsn}, which is durable, survives a power cut too: at once if
     * durable records always do, else after a sync, which several callers may share. Needed by files that rely on these
     * records and are synced separately: the log of another shard, or a manifest.
     */
    void whenSynced(long lsn, Synced then);

    // ---- for checkpoints ----

    /**
     * The place where a start begins to read the log.
     *
     * @param lsn every record up to this one is in an extent
     * @param location a number that the journal chooses and the manifest keeps: a file, or an index in a replicated
     *     log; no record after {@code lsn} is before it
     * @param applied the place in a replicated log of the last record that the shard has applied: a start replays all
     *     shards up to there at least, because what is in an extent of one may depend on the records of another
     */
    record ReplayStart(long lsn, long location, LogPlace applied) {
        /** The start of a log that has one process only. */
        public ReplayStart(long lsn, long location) {
            this(lsn, location, LogPlace.NONE);
        }
    }

    /** The place where a start begins to read if every record up to {@code lsn} is in an extent; does not block. */
    ReplayStart replayStart(long lsn);

    /**
     * Releases the part of the log that a start from {@code start} does not need; a durable manifest names {@code
     * start}.
     */
    void release(ReplayStart start);

    /**
     * Receives the reason why no checkpoint can be written for now, or null when one was written; the reason explains
     * why no room is left.
     */
    void checkpointObstacle(@Nullable Obstacle obstacle);

    /** Releases the blocks that the journal holds; the streams' own references stay valid. */
    @Override
    void close();

    /**
     * A staged record.
     *
     * @param epoch the epoch that it was staged in
     * @param lsn its log sequence number
     * @param block the block that contains the payload
     * @param position the payload's first byte in {@code block}
     */
    record Staged(long epoch, long lsn, Block block, int position) {}
}
