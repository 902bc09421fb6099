package io.streamkeeper.storage.shard;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.disk.StorageBusyException;
import io.streamkeeper.storage.disk.StorageFailedException;
import io.streamkeeper.storage.disk.StorageFullException;
import io.streamkeeper.storage.extent.ExtentStore;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.record.Interned;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.Payload;
import io.streamkeeper.storage.record.Runs;
import io.streamkeeper.storage.stream.ExpiryQueue;
import io.streamkeeper.storage.stream.Generations;
import io.streamkeeper.storage.stream.ProducerLimits;
import io.streamkeeper.storage.stream.StreamState;
import io.streamkeeper.storage.stream.StreamTable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The streams of a shard, and what its mutations have in common: they look streams up, stage a record, and have their answer
 * wait for what it speaks of. Owned by the shard's loop.
 */
public final class ShardState {
    /** The interval of a store that nothing is recovered from: no use is recorded. */
    public static final long NOTHING_IS_KEPT = Long.MAX_VALUE;

    private final Journal journal;
    private final ExtentStore extents;
    private final CommitQueue commits;
    private final ShardClock clock;
    private final Generations generations;
    private final ProducerLimits producers;
    private final ShardStore.SourceReleaser releaser;
    private final Interned interned = new Interned();
    private final StreamTable streams = new StreamTable();
    private final ExpiryQueue expiring = new ExpiryQueue();
    private final Deque<StreamState> aged = new ArrayDeque<>();
    private final Set<StreamState> overdue = new LinkedHashSet<>();
    private StreamHeap heap = new StreamHeap(null);
    private long useIntervalMillis = NOTHING_IS_KEPT;

    ShardState(
            Journal journal,
            ExtentStore extents,
            CommitQueue commits,
            ShardClock clock,
            Generations generations,
            ProducerLimits producers,
            ShardStore.SourceReleaser releaser) {
        this.journal = journal;
        this.extents = extents;
        this.commits = commits;
        this.clock = clock;
        this.generations = generations;
        this.producers = producers;
        this.releaser = releaser;
    }

    ExtentStore extents() {
        return extents;
    }

    ShardClock clock() {
        return clock;
    }

    Generations generations() {
        return generations;
    }

    Interned interned() {
        return interned;
    }

    ProducerLimits producers() {
        return producers;
    }

    ExpiryQueue expiring() {
        return expiring;
    }

    /** Streams of which data expires by its age, each once. */
    Deque<StreamState> aged() {
        return aged;
    }

    /** Streams that may have more than retention or forks keep, because no record could be made of that yet; each once. */
    Set<StreamState> overdue() {
        return overdue;
    }

    /** Has upkeep trim a stream whose bounds nothing else looks at before the next append. */
    void trimLater(StreamState stream) {
        if (!stream.retention().isNone() && stream.retention().maxAgeSeconds() < 0) {
            overdue.add(stream);
        }
    }

    /** Has upkeep release a stream that could not be released when its last fork was dropped. */
    void releaseLater(StreamState stream) {
        overdue.add(stream);
    }

    /** The heap that streams take. */
    StreamHeap heap() {
        return heap;
    }

    /** From now on the heap that streams take is counted in {@code budget}, and bounded by it. */
    void limitHeap(Budget budget) {
        heap = new StreamHeap(budget);
        streams.forEach(heap::count);
        extents.onMoved(heap::count);
    }

    /** For how long a record of a stream's use covers further ones. */
    long useIntervalMillis() {
        return useIntervalMillis;
    }

    void useIntervalMillis(long millis) {
        useIntervalMillis = millis;
    }

    // ---- lookup ----

    /** The stream that was staged last at a path, whatever has become of it, or null. */
    @Nullable
    StreamState latest(StreamPath path) {
        return streams.at(path);
    }

    /** The stream that the next mutation of a path meets, or null. */
    @Nullable
    StreamState staged(StreamPath path) {
        StreamState stream = streams.at(path);
        if (stream == null) {
            return null;
        }
        Deletion.expireIfDue(this, stream);
        return stream.isDropped() ? null : stream;
    }

    /**
     * The stream that readers of a path see, or null; one that is gone is seen while forks hold it. An expired stream is
     * gone by the clock: nobody sees it again, whatever becomes of the record that says so. That record is not made here: the
     * owner of the log decides on it, in its upkeep or when a mutation meets the stream.
     */
    @Nullable
    StreamState visible(StreamPath path) {
        StreamState stream = streams.at(path);
        while (stream != null && !stream.isVisible()) {
            stream = stream.replaced();
        }
        if (stream == null || stream.isDurablyDropped()) {
            return null;
        }
        Use.ofWaiters(this, stream);
        return isGone(stream) && stream.forks() == 0 ? null : stream;
    }

    /** Whether nobody may see a stream again: its deletion is durable, or it has expired, whatever becomes of that record. */
    boolean isGone(StreamState stream) {
        return stream.isDurablyDeleted() || isExpired(stream);
    }

    boolean isExpired(StreamState stream) {
        return stream.lifetime().ends() && stream.lifetime().isOver(clock.wallMillis(), clock.steadyMillis());
    }

    /** The answer to a request for a stream that does not exist, or is deleted and perhaps kept for forks. */
    static Refusal absent(StreamPath path, @Nullable StreamState deleted) {
        return deleted == null || deleted.forks() == 0
                ? Refusal.of(ErrorCode.STREAM_NOT_FOUND, "stream " + Quoted.of(path.value()) + " does not exist")
                : Refusal.of(ErrorCode.STREAM_DELETED, "stream " + Quoted.of(path.value()) + " is deleted");
    }

    // ---- records ----

    /** Stages a record; where the journal does not take it, answers why, and returns null. */
    Journal.@Nullable Staged stage(LogRecord record, Payload payload, Reply reply) {
        try {
            return journal.stage(record, payload);
        } catch (StorageFullException e) {
            extents.pressed();
            reply.complete(Refusal.of(ErrorCode.STORAGE_FULL, String.valueOf(e.getMessage())));
        } catch (StorageBusyException e) {
            extents.pressed();
            reply.complete(Refusal.of(ErrorCode.OVERLOADED, String.valueOf(e.getMessage())));
        } catch (StorageFailedException e) {
            reply.complete(CommitQueue.refusal(e));
        }
        return null;
    }

    /**
     * Applies a record to the stream that it is about; one that is created has nothing yet. The same for the owner of the
     * log, which has staged the record, and for a copy, which is given it: nothing is decided here.
     *
     * @return how the change is published when the record is durable, and undone if it is refused
     */
    CommitQueue.Step apply(LogRecord record, StreamState stream, Journal.Staged place, Runs runs) {
        return switch (record.kind()) {
            case APPENDED -> Append.apply(this, stream, (LogRecord.Appended) record, place, runs);
            case CREATED -> Creation.apply(this, stream, record, place, runs);
            case TRIMMED -> Trim.apply(this, stream, (LogRecord.Trimmed) record, place);
            case DELETED -> Deletion.apply(this, stream, (LogRecord.Deleted) record, place);
            case RELEASED -> Release.apply(this, stream, record, place);
            case USED -> Use.apply(this, stream, record, place);
        };
    }

    /** Has {@code step} and the answer wait until the record at {@code lsn} is durable. */
    void commit(long lsn, CommitQueue.Step step, Outcome outcome, Reply reply) {
        commits.add(lsn, step, outcome, reply);
    }

    /** Answers with what a stream's staged state says, when that is durable. */
    void answer(StreamState about, Outcome outcome, Reply reply) {
        commits.add(about.lastLsn(), CommitQueue.Step.NONE, outcome, reply);
    }

    /** Answers with what a path's staged state says, also where its last record has taken the stream away. */
    void answer(StreamPath about, Outcome outcome, Reply reply) {
        StreamState stream = streams.at(about);
        commits.add(stream == null ? 0 : stream.lastLsn(), CommitQueue.Step.NONE, outcome, reply);
    }

    // ---- the table ----

    /** Takes in a stream whose creation is staged. */
    void put(StreamState stream) {
        streams.put(stream);
    }

    /** The creation of a stream is durable. */
    void settle(StreamState stream) {
        streams.settled(stream);
    }

    /** Has a stream expire and trimmed in its turns; it stays until its deletion is durable, so it is there once. */
    void keepUp(StreamState stream) {
        expiring.add(stream);
        if (stream.retention().maxAgeSeconds() >= 0) {
            aged.add(stream);
        }
    }

    /** The creation of a stream was refused. */
    void takeBack(StreamState stream) {
        streams.takeBack(stream);
        drop(stream);
        releaseSourceOf(stream);
    }

    /**
     * Takes a fork off the count of its source, once: when nobody reads or inherits the fork any more, and that is durable. The
     * source is released in a later turn of its own shard, see {@link ShardStore.SourceReleaser}.
     */
    void releaseSourceOf(StreamState stream) {
        LogRecord.Fork fork = stream.fork();
        if (fork != null) {
            journal.whenSynced(stream.lastLsn(), () -> giveBack(fork.origin().source(), fork.sourceGeneration()));
        }
    }

    /** Takes one fork off a source's count, in a later turn. */
    void giveBack(StreamPath source, long generation) {
        releaser.release(source, generation);
    }

    /** Drops what lies before {@code position} of a stream, which nobody reads or inherits any more. */
    void dropBefore(StreamState stream, long position) {
        stream.content().dropBefore(position, extents::left);
        heap.count(stream);
    }

    /** Drops a stream that nobody reads or inherits any more. */
    void drop(StreamState stream) {
        stream.publishDropped();
        streams.remove(stream);
        overdue.remove(stream);
        stream.content().release(extents::left);
        heap.drop(stream);
        extents.dropped(stream);
    }

    int size() {
        return streams.size();
    }

    void forEach(Consumer<StreamState> action) {
        streams.forEach(action);
    }
}
