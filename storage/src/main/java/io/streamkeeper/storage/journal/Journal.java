package io.streamkeeper.storage.journal;

import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.storage.disk.Obstacle;
import io.streamkeeper.storage.disk.StorageBusyException;
import io.streamkeeper.storage.disk.StorageFailedException;
import io.streamkeeper.storage.disk.StorageFullException;
import io.streamkeeper.storage.memory.Block;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.Payload;
import org.jspecify.annotations.Nullable;

/**
 * The log of one shard: takes records in order and reports when they are durable. Owned by the shard's loop, on which
 * its {@link Listener} is called too, whatever threads the journal has inside.
 *
 * <p>A payload is copied once, from the request's buffer into the journal's open block, or, if it is long, taken over
 * with the memory that it arrived in; the stream's content refers to the block of either from then on.
 *
 * <p>Everything here is said in log sequence numbers (lsn) and epochs, so that a log that is replicated can answer it
 * as well as one in files. The records of one epoch become durable in order. An epoch ends when staged records are
 * refused or lost, or when another machine takes over the log; what was staged in it and is not durable then never
 * becomes durable as it was staged. The next epoch may use the same lsn again, so a record that is not durable yet is
 * identified by its epoch and its lsn; a durable one by its lsn.
 *
 * <pre>
 *   staged ──durable──▶ stays, whatever happens
 *      ├────refused──▶ was never kept, for certain: undone, and answered so        the epoch ends
 *      ├────lost─────▶ undone, and answered that its fate is not known             the epoch ends
 *      └────failed───▶ not undone, and answered that its fate is not known         nothing more is taken
 * </pre>
 */
public interface Journal extends AutoCloseable {
    /** Receives what becomes of staged records, on the shard's loop. */
    interface Listener {
        /** One that does nothing. */
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

        /** What a group commit measured, see {@link ShardFigures#committed}; called before {@link #durable}. */
        default void committed(int records, long bytes, long syncNanos) {}

        /**
         * Nothing from {@code firstLsn} on was kept, and none of it will be: it must be undone, last first. The journal
         * takes records again, in a new epoch.
         */
        void refused(long firstLsn, Refusal refusal);

        /**
         * The journal has ended the epoch without knowing whether what was staged from {@code firstLsn} on was kept: it
         * must be undone, last first, so that the state is that of the durable records, and {@code refusal} says that
         * its fate is not known. Where some of it becomes durable after all, it is applied as a record that another
         * machine has decided.
         */
        void lost(long firstLsn, Refusal refusal);

        /** What is not durable by now never will be, nor anything else (I9). */
        void failed(StorageFailedException reason);
    }

    /** Names the listener; called before the first record is staged. */
    void listen(Listener listener);

    // ---- records ----

    /**
     * Takes a record into the open batch.
     *
     * @return where its payload is
     * @throws StorageFullException if there is no room; nothing was taken then
     * @throws StorageBusyException if too much waits to be written, or the log has no leader; nothing was taken then
     * @throws StorageFailedException if nothing can become durable any more
     */
    Staged stage(LogRecord record, Payload payload);

    /**
     * Ends the open batch: what is staged from now on is refused or kept apart from it, where the journal has batches.
     */
    void endBatch();

    /** Whether the backlog is past its first bound if {@code bytes} come: writers that can wait should. */
    boolean isPressed(int bytes);

    /** Memory of records that no checkpoint has reached, or that readers hold; may be asked by any thread. */
    default long backlogBytes() {
        return 0;
    }

    /** The epoch in which records are staged now. It grows whenever staged records are refused or lost. */
    long epoch();

    /** The lsn of the record that was staged last; the next one has the next. */
    long lastLsn();

    /** Every record up to this lsn is durable. */
    long durableLsn();

    /** Bytes of all records that were ever staged: says how much has come since a checkpoint. */
    long stagedBytes();

    // ---- health ----

    /** Nothing more is staged or acknowledged (I9); the listener is informed, the first time. */
    void fail(StorageFailedException reason);

    /** Why nothing can become durable any more, or null while the journal works. */
    @Nullable
    StorageFailedException failure();

    /** Why records were refused last, or null if there were none, or some became durable since. */
    @Nullable
    Obstacle obstacle();

    // ---- for other shards ----

    /** Waits for a sync, see {@link #whenSynced}; called on the shard's loop. */
    interface Synced {
        /** What was waited for is synced. */
        void synced();

        /** It never will be: the journal has failed. */
        default void failed(StorageFailedException reason) {}
    }

    /**
     * Calls {@code then} once every record up to {@code lsn}, which is durable, survives a power cut too: at once where
     * durable means that, else after a sync that many may share. For what relies on these records and is synced without
     * them: the log of another shard, or a manifest.
     */
    void whenSynced(long lsn, Synced then);

    // ---- for checkpoints ----

    /**
     * Where a start begins to read the log.
     *
     * @param lsn every record up to this one is in an extent
     * @param location a number that the journal chooses and the manifest keeps: a file, or an index in a replicated
     *     log; no record after {@code lsn} is before it
     */
    record ReplayStart(long lsn, long location) {}

    /** Where a start begins to read if every record up to {@code lsn} is in an extent; does not block. */
    ReplayStart replayStart(long lsn);

    /** Releases what no start needs that begins at {@code start}, which a durable manifest names. */
    void release(ReplayStart start);

    /** Receives why no checkpoint can be made for now, or null when one was made; it explains why there is no room. */
    void checkpointObstacle(@Nullable Obstacle obstacle);

    /** Releases what the journal holds; the streams' own references stay valid. */
    @Override
    void close();

    /**
     * A record that was taken.
     *
     * @param epoch the epoch that it was staged in
     * @param lsn its log sequence number
     * @param block where the payload was copied to
     * @param position the payload's first byte in {@code block}
     */
    record Staged(long epoch, long lsn, Block block, int position) {}
}
