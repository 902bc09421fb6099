package io.streamkeeper.cluster.store;

import io.streamkeeper.cluster.LogPosition;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.storage.directory.LogPlace;
import io.streamkeeper.storage.disk.Obstacle;
import io.streamkeeper.storage.disk.StorageBusyException;
import io.streamkeeper.storage.disk.StorageFailedException;
import io.streamkeeper.storage.disk.StorageFullException;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.journal.LoggedRecords;
import io.streamkeeper.storage.journal.RecordBatches;
import io.streamkeeper.storage.memory.Block;
import io.streamkeeper.storage.memory.MemoryBudget;
import io.streamkeeper.storage.memory.OpenBlock;
import io.streamkeeper.storage.record.Lineage;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.Payload;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The journal of a shard in the replicated log. Owned by the shard's loop; what the log reports arrives there as tasks,
 * in its order.
 *
 * <p>While its process leads, the records of each turn of the loop are passed on at the end of the turn, and are durable
 * when the log has delivered them. Elsewhere, the shard receives records. When an epoch ends, the records that are not
 * durable are lost: the log does not say what becomes of them before it delivers them, or later ones.
 */
final class ShardJournal implements Journal {
    /** What the node does for a journal. */
    interface Node {
        /** Takes records that were staged in an epoch of the log; their memory belongs to the node. */
        void submit(long term, int shard, RecordBatches.Batch batch);

        /** A durable manifest names {@code start}. */
        void released(int shard, ReplayStart start);

        /** The shard has failed. */
        void failed(int shard, StorageFailedException reason);

        /** Why the log takes no new data; any thread may call this. */
        @Nullable
        Obstacle obstacle();
    }

    private final int shard;
    private final MemoryBudget memory;
    private final RecordBatches batches;
    private final OpenBlock received;
    private final AppliedFrames frames;
    private final Executor loop;
    private final Node node;
    private Listener listener = Listener.NONE;

    private long lastLsn;
    private volatile long durableLsn;
    private long stagedBytes;
    private LogPosition applied;
    private long epoch;

    /** The epoch of the log in which the process leads, or the last one in which it did. */
    private long term;

    private boolean leads;
    private boolean closed;
    private @Nullable StorageFailedException failure;

    /**
     * A journal after the records that a start has replayed.
     *
     * @param applied the place of the last one
     * @param frames where the replayed ones are
     */
    ShardJournal(
            int shard,
            MemoryBudget memory,
            long lastLsn,
            LogPosition applied,
            AppliedFrames frames,
            Executor loop,
            Node node) {
        this.shard = shard;
        this.memory = memory;
        this.batches = new RecordBatches(memory, 0, 1, loop, this::submit);
        this.received = new OpenBlock(memory::allocateRecovered);
        this.frames = frames;
        this.loop = loop;
        this.node = node;
        this.lastLsn = lastLsn;
        this.durableLsn = lastLsn;
        this.applied = applied;
    }

    @Override
    public void listen(Listener newListener) {
        listener = newListener;
    }

    @Override
    public boolean leads() {
        return leads;
    }

    // ---- staging ----

    @Override
    public Staged stage(LogRecord record, Payload payload) {
        if (failure != null) {
            throw failure;
        }
        if (!leads) {
            throw new StorageBusyException("another server decides about the stream; try again later");
        }
        Obstacle met = node.obstacle();
        if (met != null && !record.makesRoom()) {
            throw new StorageFullException(RecordBatches.fullDisk(met));
        }
        RecordBatches.Added added = batches.add(record, payload, lastLsn + 1);
        lastLsn++;
        stagedBytes += added.bytes();
        return new Staged(epoch, lastLsn, added.block(), added.payload());
    }

    private void submit(RecordBatches.Batch batch) {
        node.submit(term, shard, batch);
    }

    @Override
    public void endBatch() {
        batches.end();
    }

    @Override
    public boolean isPressed(int bytes) {
        return failure == null && memory.isShort(bytes);
    }

    @Override
    public long backlogBytes() {
        return memory.usedBytes();
    }

    @Override
    public long epoch() {
        return epoch;
    }

    @Override
    public long lastLsn() {
        return lastLsn;
    }

    @Override
    public long durableLsn() {
        return durableLsn;
    }

    @Override
    public long stagedBytes() {
        return stagedBytes;
    }

    // ---- what the log delivers ----

    /** Runs {@code task} on the loop, unless the journal is closed or has failed by then. */
    void onLoop(Runnable task) {
        onLoop(task, () -> {});
    }

    /** The same; runs {@code after} in any case. */
    void onLoop(Runnable task, Runnable after) {
        loop.execute(() -> {
            try {
                if (!closed && failure == null) {
                    task.run();
                }
            } finally {
                after.run();
            }
        });
    }

    /**
     * The process leads in {@code newTerm}, and the shard has received everything before it.
     *
     * @param leaderlessMillis for how long the process has known no leader before
     */
    void lead(long newTerm, long leaderlessMillis) {
        term = newTerm;
        epoch++;
        leads = true;
        listener.leads(leaderlessMillis);
    }

    /** The epoch of the log has ended. */
    void lose(long ended) {
        if (!leads || ended != term) {
            return;
        }
        epoch++;
        batches.drop();
        lastLsn = durableLsn;
        leads = false;
        listener.lost(
                durableLsn + 1,
                Refusal.of(
                        ErrorCode.OUTCOME_UNKNOWN,
                        "this server does not lead the cluster any more; whether the request took effect is not known"));
    }

    /** Records that this process has staged are durable. */
    void decided(RecordFrame.Section section, long from, LogPosition at) {
        noteApplied(section, from, at);
        durableLsn = section.lastLsn();
        listener.committed(section.count(), section.records().remaining(), -1);
        listener.durable(durableLsn);
    }

    /** Records that another process has decided, or this one in an epoch that has ended. */
    void receive(RecordFrame.Section section, List<Lineage> inherited, long from, LogPosition at) {
        int length = section.records().remaining();
        Block block = received.blockFor(length);
        int index = block.memory().writerIndex();
        block.memory().writeBytes(section.records().duplicate());
        stagedBytes += length;
        lastLsn = section.lastLsn();
        durableLsn = lastLsn;
        noteApplied(section, from, at);
        listener.received(new LoggedRecords(block, index, length, section.firstLsn(), section.count()), inherited);
    }

    private void noteApplied(RecordFrame.Section section, long from, LogPosition at) {
        applied = at;
        frames.add(section.firstLsn(), section.lastLsn(), from, at.index());
    }

    /** Whether there is no memory for records of that length; any thread may call this. */
    boolean isShort(int bytes) {
        return memory.isShort(bytes);
    }

    /** Records wait for memory. */
    void press() {
        listener.pressed();
    }

    // ---- health ----

    @Override
    public void fail(StorageFailedException reason) {
        if (failure == null) {
            failure = reason;
            listener.failed(reason);
            node.failed(shard, reason);
        }
    }

    @Override
    public @Nullable StorageFailedException failure() {
        return failure;
    }

    /** A full disk; for any other reason, the epoch of the log ends. */
    @Override
    public @Nullable Obstacle obstacle() {
        return leads ? node.obstacle() : null;
    }

    /** What is durable is synced by a majority of the members, this one among them. */
    @Override
    public void whenSynced(long lsn, Synced then) {
        then.synced();
    }

    // ---- for the checkpoint ----

    @Override
    public ReplayStart replayStart(long lsn) {
        return new ReplayStart(lsn, frames.startAfter(lsn), new LogPlace(applied.term(), applied.index()));
    }

    @Override
    public void release(ReplayStart start) {
        frames.release(start.lsn());
        node.released(shard, start);
    }

    @Override
    public void checkpointObstacle(@Nullable Obstacle met) {
        batches.checkpointObstacle(met);
    }

    @Override
    public void close() {
        closed = true;
        batches.drop();
        batches.close();
        received.close();
    }

    @Override
    public String toString() {
        return "shard " + shard;
    }
}
