package io.streamkeeper.storage.shard;

import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.Payload;
import io.streamkeeper.storage.record.Runs;
import io.streamkeeper.storage.stream.StreamState;

/**
 * The last fork of a stream has released it: what was kept for forks only is dropped.
 *
 * <p>How many forks a stream has is the sum of what the logs of all shards say: the forks that are created and not dropped. A
 * fork's end is in its own log, and its source may be in another shard; so the owner of the source's log counts, and logs in
 * it what follows from the count. Each record that ends something says whether forks keep it, and this one says that they do
 * no more. A log is then applied without a count.
 *
 * <p>A crash between the end of the last fork in one log and this record in another leaves a source that nobody needs: the next
 * start finds it when it counts, and releases it. So does upkeep where the record was refused.
 */
final class Release implements CommitQueue.Step {
    private final ShardState shard;
    private final StreamState stream;
    private final StreamState.Bounds before;

    /** Made before the record is applied. */
    private Release(ShardState shard, StreamState stream) {
        this.shard = shard;
        this.stream = stream;
        this.before = stream.bounds();
    }

    /** Releases a stream that has no fork if anything is kept for forks. */
    static void decide(ShardState shard, StreamState stream) {
        if (stream.forks() == 0 && stream.isKeptForForks()) {
            decide(shard, stream, outcome -> {});
        }
    }

    /**
     * Releases a stream that is kept for forks and has none.
     *
     * @return false, having answered why, if there is no room to log that; then upkeep tries it again
     */
    static boolean decide(ShardState shard, StreamState stream, Reply refused) {
        LogRecord.Released record =
                new LogRecord.Released(stream.generation(), shard.clock().wallMillis());
        Journal.Staged staged = shard.stage(record, Payload.NONE, refused);
        if (staged == null) {
            shard.releaseLater(stream);
            return false;
        }
        CommitQueue.Step step = shard.apply(record, stream, staged, Runs.NONE);
        shard.commit(staged.lsn(), step, new Outcome.Deleted(), outcome -> {});
        return true;
    }

    /** See {@link ShardState#apply}. */
    static Release apply(ShardState shard, StreamState stream, LogRecord record, Journal.Staged place) {
        Release step = new Release(shard, stream);
        stream.apply(record, place, Runs.NONE);
        shard.extents().changed(stream);
        return step;
    }

    @Override
    public void publish() {
        if (before.deleted()) {
            shard.drop(stream);
        } else {
            shard.dropBefore(stream, before.earliest());
        }
    }

    @Override
    public void undo() {
        stream.undo(before);
        shard.releaseLater(stream);
    }
}
