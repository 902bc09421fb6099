package io.streamkeeper.storage.shard;

import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.Runs;
import io.streamkeeper.storage.stream.StreamState;

/**
 * The release of a stream after its last fork has ended: the bytes that were kept only for forks are dropped.
 *
 * <p>The number of forks of a stream follows from the logs of all shards: it is the number of forks that are created
 * and not ended. The end of a fork is in its own log, and its source may be in another shard. So the owner of the
 * source's log counts the forks, and logs the consequence of the count: a deletion or a trim says whether forks keep
 * the bytes, and this record says that forks no longer keep them. Each log is then applied without a count.
 *
 * <p>A crash after the end of the last fork in one log and before this record in another leaves a source that nothing
 * needs. The next start finds such a source when it counts the forks, and logs the release. If the record is refused,
 * upkeep logs it later.
 */
final class Release implements CommitQueue.Step {
    private final ShardState shard;
    private final StreamState stream;
    private final StreamState.Bounds before;

    /** Created before the record is applied. */
    private Release(ShardState shard, StreamState stream) {
        this.shard = shard;
        this.stream = stream;
        this.before = stream.bounds();
    }

    /** If the shard owns its log, releases a stream if bytes are kept for forks and it has none. */
    static void decide(ShardState shard, StreamState stream) {
        if (shard.leads() && stream.forks() == 0 && stream.isKeptForForks()) {
            decide(shard, stream, outcome -> {});
        }
    }

    /**
     * Releases a stream that is kept for forks and has none.
     *
     * @return false if the journal refuses the record; then {@code refused} receives the refusal, and upkeep tries
     *     again later
     */
    static boolean decide(ShardState shard, StreamState stream, Reply refused) {
        LogRecord.Released record =
                new LogRecord.Released(stream.generation(), shard.clock().wallMillis());
        if (!shard.log(record, stream, refused)) {
            shard.releaseLater(stream);
            return false;
        }
        return true;
    }

    /** See {@link ShardState#apply}. */
    static Release apply(ShardState shard, StreamState stream, LogRecord record, Journal.Staged place) {
        Release step = new Release(shard, stream);
        stream.apply(record, place, Runs.NONE);
        shard.extents().markDirty(stream);
        return step;
    }

    @Override
    public void publish() {
        if (before.deleted()) {
            shard.drop(stream);
            shard.releaseSourceOf(stream);
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
