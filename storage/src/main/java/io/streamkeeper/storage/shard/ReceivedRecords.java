package io.streamkeeper.storage.shard;

import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.journal.LoggedRecords;
import io.streamkeeper.storage.record.Lineage;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.RecordCodec;
import io.streamkeeper.storage.stream.StreamState;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Applies and publishes the records that another process has decided, while this shard is a copy, and makes the shard
 * the owner of its log. Owned by the shard's loop.
 *
 * <p>A copy counts a fork at its source before it applies the creation, and no longer when the fork is dropped, so its
 * counts follow from the log. The owner of the log reduces a count earlier, see {@link Forks}: when nothing needs the
 * fork any more. A copy cannot know that, because the creation of a fork of a deleted stream may be later in the log
 * than the deletion.
 */
final class ReceivedRecords {
    private final ShardState shard;
    private final Forks forks;

    ReceivedRecords(ShardState shard, Forks forks) {
        this.shard = shard;
        this.forks = forks;
    }

    /** See {@link Journal.Listener#received}. */
    void apply(LoggedRecords records, List<Lineage> inherited) {
        Iterator<Lineage> lineages = inherited.iterator();
        records.forEach(shard.interned(), (read, place) -> {
            StreamState stream = streamOf(read.record(), lineages);
            apply(read, stream, place);
        });
    }

    private StreamState streamOf(LogRecord record, Iterator<Lineage> lineages) {
        if (record instanceof LogRecord.Created created) {
            StreamState stream = new StreamState(created);
            shard.generations().seen(created.generation());
            if (created.fork() != null) {
                stream.inherit(lineages.next());
            }
            return stream;
        }
        return shard.known(record.generation());
    }

    private void apply(RecordCodec.Read read, StreamState stream, Journal.Staged place) {
        CommitQueue.Step step = shard.apply(read.record(), stream, place, read.runs());
        stream.lifetime().received(shard.clock().wallMillis(), shard.clock().steadyMillis());
        shard.commit(place.lsn(), step, new Outcome.Deleted(), outcome -> {});
    }

    /** See {@link ShardStore#countFork}. */
    Lineage countFork(LogRecord.Fork fork) {
        StreamState source = shard.known(fork.sourceGeneration());
        forks.count(source);
        shard.heap().count(source);
        return source.lineageUpTo(fork.position());
    }

    /**
     * This shard owns the log from now on, and has applied all that is in it: logs releases that the owner before has not
     * logged, and has {@link Upkeep} log the rest.
     *
     * @param ownerlessMillis for how long nobody has owned the log, so that no stream could be used
     */
    void lead(long ownerlessMillis) {
        shard.forgetGenerations();
        List<StreamState> streams = new ArrayList<>();
        shard.forEach(streams::add);
        for (StreamState stream : streams) {
            stream.lifetime().owned(shard.clock().wallMillis(), shard.clock().steadyMillis());
            Use.ofNewOwner(shard, stream, ownerlessMillis);
            Release.decide(shard, stream);
            if (Trim.isDue(shard, stream)) {
                shard.trimLater(stream);
            }
            shard.useLater(stream);
        }
    }
}
