package io.streamkeeper.storage;

import io.streamkeeper.storage.disk.Obstacle;
import io.streamkeeper.storage.disk.StorageFailedException;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.Payload;
import org.jspecify.annotations.Nullable;

/**
 * A journal that has another one do everything, for tests that change a part of it. Belongs to the thread of its test.
 */
public class ForwardingJournal implements Journal {
    protected final Journal target;

    public ForwardingJournal(Journal target) {
        this.target = target;
    }

    @Override
    public void listen(Listener listener) {
        target.listen(listener);
    }

    @Override
    public Staged stage(LogRecord record, Payload payload) {
        return target.stage(record, payload);
    }

    @Override
    public void endBatch() {
        target.endBatch();
    }

    @Override
    public boolean isPressed(int bytes) {
        return target.isPressed(bytes);
    }

    @Override
    public long epoch() {
        return target.epoch();
    }

    @Override
    public long lastLsn() {
        return target.lastLsn();
    }

    @Override
    public long durableLsn() {
        return target.durableLsn();
    }

    @Override
    public long stagedBytes() {
        return target.stagedBytes();
    }

    @Override
    public void fail(StorageFailedException reason) {
        target.fail(reason);
    }

    @Override
    public @Nullable StorageFailedException failure() {
        return target.failure();
    }

    @Override
    public @Nullable Obstacle obstacle() {
        return target.obstacle();
    }

    @Override
    public void whenSynced(long lsn, Synced then) {
        target.whenSynced(lsn, then);
    }

    @Override
    public ReplayStart replayStart(long lsn) {
        return target.replayStart(lsn);
    }

    @Override
    public void release(ReplayStart start) {
        target.release(start);
    }

    @Override
    public void checkpointObstacle(@Nullable Obstacle obstacle) {
        target.checkpointObstacle(obstacle);
    }

    @Override
    public void close() {
        target.close();
    }
}
