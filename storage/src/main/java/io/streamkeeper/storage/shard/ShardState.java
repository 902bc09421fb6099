package io.streamkeeper.storage.shard;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.StreamChange;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.disk.StorageBusyException;
import io.streamkeeper.storage.disk.StorageFailedException;
import io.streamkeeper.storage.disk.StorageFullException;
import io.streamkeeper.storage.extent.ExtentStore;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.journal.ShardFigures;
import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.record.Interned;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.Payload;
import io.streamkeeper.storage.record.Runs;
import io.streamkeeper.storage.stream.ExpiryQueue;
import io.streamkeeper.storage.stream.Generations;
import io.streamkeeper.storage.stream.PathIndex;
import io.streamkeeper.storage.stream.ProducerLimits;
import io.streamkeeper.storage.stream.StreamState;
import io.streamkeeper.storage.stream.StreamTable;
import io.streamkeeper.storage.stream.TailWaiters;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The streams of a shard, and the steps that all mutations share: they look up streams, stage a record, apply it, and
 * delay their reply until the records that it depends on are durable. Owned by the shard's loop.
 */
public final class ShardState {
    /** The interval of a store that is never recovered: no use is recorded. */
    public static final long NOTHING_IS_KEPT = Long.MAX_VALUE;

    private static final long USES_REFUSED_MILLIS = 1_000;

    private final Journal journal;
    private final ExtentStore extents;
    private final CommitQueue commits;
    private final ShardClock clock;
    private final Generations generations;
    private final ProducerLimits producers;
    private final ShardStore.SourceReleaser releaser;
    private final Interned interned = new Interned();
    private final StreamTable streams = new StreamTable();
    private final PathIndex listed = new PathIndex();
    private final PathIndex reserved = new PathIndex();
    private final ExpiryQueue expiring = new ExpiryQueue();
    private final Set<StreamState> aged = new LinkedHashSet<>();
    private final Set<StreamState> overdue = new LinkedHashSet<>();
    private ShardFigures figures = ShardFigures.NONE;
    private StreamHeap heap = new StreamHeap(null);
    private final SourceReleases releases = new SourceReleases();
    private final ChangeHistory changes = new ChangeHistory(bytes -> heap.tryReserve(bytes));
    private @Nullable StreamUsage usage;
    private @Nullable StreamObserver observer;
    private int closedCount;

    /** All streams by their generations, in a copy that has received records; else null. */
    private @Nullable Map<Long, StreamState> byGeneration;

    private long useIntervalMillis = NOTHING_IS_KEPT;
    private long usesRefusedMillis = -1;

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

    /** Sets the receiver of the shard's measurements. */
    void observe(ShardFigures newFigures) {
        figures = newFigures;
    }

    ShardFigures figures() {
        return figures;
    }

    ProducerLimits producers() {
        return producers;
    }

    /** The sources that are being released, and the answers that wait for that. */
    SourceReleases releases() {
        return releases;
    }

    /** The last creations, closures and deletions. */
    ChangeHistory changes() {
        return changes;
    }

    /** Whether the shard owns its log, and so decides, see {@link Journal#leads}. */
    boolean leads() {
        return journal.leads();
    }

    /** Refuses a command if the shard does not own its log; returns whether it has. */
    boolean refusesToDecide(Reply reply) {
        if (leads()) {
            return false;
        }
        reply.complete(noLead());
        return true;
    }

    static Refusal noLead() {
        return Refusal.of(ErrorCode.NO_LEADER, "another server decides about the stream; try again later");
    }

    /** The streams whose creation is durable and whose deletion is not, by path; without reserved ones. */
    PathIndex listed() {
        return listed;
    }

    /** The same for streams with reserved paths, which only the server itself uses. */
    PathIndex reserved() {
        return reserved;
    }

    /** The listing that has a stream. */
    PathIndex listingOf(StreamState stream) {
        return stream.isReserved() ? reserved : listed;
    }

    ExpiryQueue expiring() {
        return expiring;
    }

    /** Streams with retention by age, each once. */
    Set<StreamState> aged() {
        return aged;
    }

    /** Streams whose trim, release or unknown use could not be logged yet, each once. */
    Set<StreamState> overdue() {
        return overdue;
    }

    /** From now on {@code newObserver} is called for changes of streams, in place of the one before. */
    void observe(StreamObserver newObserver) {
        observer = newObserver;
    }

    /** Readers see a stream from now on, or not any more, or see that it is closed. */
    void changed(StreamChange.Kind kind, StreamState stream) {
        if (stream.isReserved()) {
            return;
        }
        changes.add(kind, stream);
        if (stream.isDurablyClosed()) {
            closedCount += kind == StreamChange.Kind.DELETED ? -1 : 1;
        }
        if (observer == null) {
            return;
        }
        switch (kind) {
            case CREATED -> observer.created(stream);
            case DELETED -> observer.deleted(stream);
            case CLOSED -> {
                // The append that closes the stream is reported as such.
            }
        }
    }

    /** The number of listed streams that are closed. */
    int closedCount() {
        return closedCount;
    }

    /** Recovery has found so many. */
    void closedCount(int newClosedCount) {
        closedCount = newClosedCount;
    }

    /** The durable tail of a stream has moved, or it was closed. */
    void moved(StreamState stream) {
        if (observer != null && !stream.isReserved()) {
            observer.moved(stream);
        }
        TailWaiters waiters = stream.waiters();
        if (waiters != null) {
            waiters.moved(stream);
        }
    }

    /** Schedules a trim by upkeep for a stream that nothing else trims before the next append. */
    void trimLater(StreamState stream) {
        if (!stream.config().retention().isNone()
                && !stream.config().retention().isByAge()) {
            overdue.add(stream);
        }
    }

    /** Schedules a release by upkeep for a stream whose release could not be logged. */
    void releaseLater(StreamState stream) {
        overdue.add(stream);
    }

    /** The journal has refused a record of use: no other is tried for a second, because reads do not wait for any. */
    void useRefused() {
        usesRefusedMillis = clock.steadyMillis();
    }

    /** Whether the journal has refused a record of use within the last second. */
    boolean refusesUses() {
        return usesRefusedMillis >= 0 && clock.steadyMillis() - usesRefusedMillis < USES_REFUSED_MILLIS;
    }

    /** Schedules a record of use by upkeep if the log does not say when the stream was used. */
    void useLater(StreamState stream) {
        if (stream.lifetime().isUseUnknown(clock.wallMillis())) {
            overdue.add(stream);
        }
    }

    /** The heap that streams take. */
    StreamHeap heap() {
        return heap;
    }

    /** Refuses a command for which there is no heap; if dropped streams take much of it, they are forgotten. */
    void refuseForHeap(Reply reply) {
        if (heap.hasManyDropped()) {
            extents.pressedForHeap();
        }
        reply.complete(heap.exhausted());
    }

    /**
     * From now on {@code budget} counts and bounds the heap that streams and the history of their changes take.
     *
     * @param changeBytesMax the most for the history
     */
    void limitHeap(Budget budget, long changeBytesMax) {
        heap = new StreamHeap(budget);
        heap.reserveAlways(changes.limit(changeBytesMax));
        streams.forEach(heap::count);
        extents.listen(new ExtentStore.Listener() {
            @Override
            public void moved(StreamState stream) {
                heap.count(stream);
            }

            @Override
            public void forgotten(StreamState stream) {
                heap.forget(stream);
            }
        });
    }

    /** How long a record of a stream's use covers further uses, in milliseconds. */
    long useIntervalMillis() {
        return useIntervalMillis;
    }

    void useIntervalMillis(long millis) {
        useIntervalMillis = millis;
    }

    /** From now on {@code newUsage} receives the changes of what streams use; first, what they use already. */
    void countUsage(StreamUsage newUsage) {
        usage = newUsage;
        streams.forEach(stream -> {
            if (!stream.isReserved()) {
                newUsage.changed(stream.pathText(), CountedStep.streams(stream), CountedStep.bytes(stream));
            }
        });
    }

    // ---- lookup ----

    /**
     * The stream with this generation, for a received record.
     *
     * @throws IllegalArgumentException if there is none
     */
    StreamState known(long generation) {
        Map<Long, StreamState> known = byGeneration;
        if (known == null) {
            Map<Long, StreamState> all = new HashMap<>();
            streams.forEach(stream -> all.put(stream.generation(), stream));
            byGeneration = all;
            known = all;
        }
        StreamState stream = known.get(generation);
        if (stream == null) {
            throw new IllegalArgumentException("it is about stream " + generation + ", which is not known");
        }
        return stream;
    }

    /** The shard owns its log: no record is received. */
    void forgetGenerations() {
        byGeneration = null;
    }

    /** The stream that was staged last at a path, deleted or not, or null. */
    @Nullable
    StreamState latest(StreamPath path) {
        return streams.at(path);
    }

    /** The stream at a path that the next mutation applies to, or null. */
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
     * The stream that readers of a path see, or null; a deleted or expired one that forks keep is returned too. An
     * expired stream is hidden at once by the clock, even if its expiry is not logged yet. The expiry is not logged
     * here: the owner of the log decides that, in its upkeep or when a mutation applies to the stream.
     */
    @Nullable
    StreamState visible(StreamPath path) {
        StreamState stream = streams.at(path);
        while (stream != null && !stream.isVisible()) {
            stream = streams.replaced(stream);
        }
        if (stream == null || stream.isDurablyDropped()) {
            return null;
        }
        Use.ofWaiters(this, stream);
        return isGone(stream) && stream.forks() == 0 ? null : stream;
    }

    /**
     * Whether readers never see a stream again: its deletion is durable, or it has expired, even if that is not logged
     * yet.
     */
    boolean isGone(StreamState stream) {
        return stream.isDurablyDeleted()
                || (isExpired(stream) && stream.isSeenAsOver(clock.wallMillis(), clock.steadyMillis()));
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

    /** Stages a record; if the journal refuses it, answers with the reason and returns null. */
    Journal.@Nullable Staged stage(LogRecord record, Payload payload, Reply reply) {
        try {
            return journal.stage(record, payload);
        } catch (StorageFullException e) {
            extents.pressed();
            reply.complete(Refusal.of(ErrorCode.STORAGE_FULL, String.valueOf(e.getMessage())));
        } catch (StorageBusyException e) {
            extents.pressed();
            reply.complete(leads() ? Refusal.of(ErrorCode.OVERLOADED, String.valueOf(e.getMessage())) : noLead());
        } catch (StorageFailedException e) {
            reply.complete(CommitQueue.refusal(e));
        }
        return null;
    }

    /** The same for a record that adds to what {@code stream} uses, unless that exceeds a limit. */
    Journal.@Nullable Staged stageUse(LogRecord record, StreamState stream, Payload payload, Reply reply) {
        int streams = record.kind() == LogRecord.Kind.CREATED ? 1 : 0;
        Refusal limited = usage == null || stream.isReserved()
                ? null
                : usage.refusal(stream.pathText(), streams, payload.storedBytes());
        if (limited != null) {
            reply.complete(limited);
            return null;
        }
        return stage(record, payload, reply);
    }

    /**
     * Applies a record to its stream, which is new if the record is a creation. The owner of the log calls this when it
     * has staged the record, a copy when it receives the record: nothing is decided here.
     *
     * @return publishes the change when the record is durable, and undoes it if the record is refused
     */
    CommitQueue.Step apply(LogRecord record, StreamState stream, Journal.Staged place, Runs runs) {
        if (usage == null || stream.isReserved()) {
            return applyUncounted(record, stream, place, runs);
        }
        boolean isNew = record.kind() == LogRecord.Kind.CREATED;
        int streamsBefore = isNew ? 0 : CountedStep.streams(stream);
        long bytesBefore = isNew ? 0 : CountedStep.bytes(stream);
        return counted(applyUncounted(record, stream, place, runs), stream, streamsBefore, bytesBefore);
    }

    /** Reports what a stream uses now, after its record was applied; returns the step to be published or undone. */
    CommitQueue.Step counted(CommitQueue.Step step, StreamState stream, int streamsBefore, long bytesBefore) {
        return usage == null || stream.isReserved()
                ? step
                : CountedStep.of(usage, step, stream, streamsBefore, bytesBefore);
    }

    private CommitQueue.Step applyUncounted(LogRecord record, StreamState stream, Journal.Staged place, Runs runs) {
        return switch (record.kind()) {
            case APPENDED -> Append.apply(this, stream, (LogRecord.Appended) record, place, runs);
            case CREATED -> Creation.apply(this, stream, record, place, runs);
            case TRIMMED -> Trim.apply(this, stream, (LogRecord.Trimmed) record, place);
            case DELETED -> Deletion.apply(this, stream, (LogRecord.Deleted) record, place);
            case RELEASED -> Release.apply(this, stream, record, place);
            case USED -> Use.apply(this, stream, record, place);
            case CHANGED -> Change.apply(this, stream, (LogRecord.Changed) record, place);
        };
    }

    /**
     * Stages and applies a record that no request waits for.
     *
     * @return false if the journal refuses the record at once; then {@code refused} has received the reason
     */
    boolean log(LogRecord record, StreamState stream, Reply refused) {
        Journal.Staged staged = stage(record, Payload.NONE, refused);
        if (staged == null) {
            return false;
        }
        CommitQueue.Step step = apply(record, stream, staged, Runs.NONE);
        commit(staged.lsn(), step, new Outcome.Deleted(), outcome -> {});
        return true;
    }

    /** Delays {@code step} and the reply until the record at {@code lsn} is durable. */
    void commit(long lsn, CommitQueue.Step step, Outcome outcome, Reply reply) {
        commits.add(lsn, step, outcome, reply);
    }

    /** Answers from a stream's staged state, once that state is durable. */
    void answer(StreamState about, Outcome outcome, Reply reply) {
        commits.add(about.lastLsn(), CommitQueue.Step.NONE, outcome, reply);
    }

    /**
     * Answers from a path's staged state, once that state is durable, also if its stream is deleted; if that was a fork,
     * once its source knows it.
     */
    void answer(StreamPath about, Outcome outcome, Reply reply) {
        StreamState stream = streams.at(about);
        commits.add(
                stream == null ? 0 : stream.lastLsn(), CommitQueue.Step.NONE, outcome, releases.before(about, reply));
    }

    // ---- the table ----

    /** Adds a stream whose creation is staged. */
    void put(StreamState stream) {
        streams.put(stream);
        if (byGeneration != null) {
            byGeneration.put(stream.generation(), stream);
        }
    }

    /** The creation of a stream is durable. */
    void settle(StreamState stream) {
        streams.settled(stream);
    }

    /**
     * Adds a stream to those that upkeep expires and trims; it stays there until its deletion is durable, or a change of
     * its properties.
     */
    void keepUp(StreamState stream) {
        expiring.add(stream);
        if (stream.config().retention().isByAge()) {
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
     * Reduces the fork count of a fork's source, once: when nothing reads or inherits the fork any more, and the record
     * of that is durable. Answers about the path of the fork wait for it, see {@link SourceReleases}.
     */
    void releaseSourceOf(StreamState stream) {
        if (stream.fork() != null) {
            String path = stream.pathText();
            releases.begin(path);
            releaseSourceOf(stream, () -> releases.end(path));
        }
    }

    /**
     * The same; no answer waits for it. {@code done} runs on the loop of this shard when the source counts the fork no
     * more, and neither do the ancestors that are released with it, or never will because a shard has failed.
     */
    void releaseSourceOf(StreamState stream, Runnable done) {
        LogRecord.Fork fork = stream.fork();
        if (fork == null || !stream.releaseSource()) {
            done.run();
            return;
        }
        journal.whenSynced(neededBySource(stream, fork), new Journal.Synced() {
            @Override
            public void synced() {
                giveBack(fork.origin().source(), fork.sourceGeneration(), done);
            }

            @Override
            public void failed(StorageFailedException reason) {
                done.run();
            }
        });
    }

    /**
     * The last record that must survive a power cut if the release of the source does. In the log of this shard, that
     * release is after all of them. Of another shard, everything durable must be synced first: the deletion of the fork,
     * and those of its own forks. A release of the fork which is staged need not; and an undone creation has no record.
     */
    private long neededBySource(StreamState stream, LogRecord.Fork fork) {
        StreamState source = streams.at(fork.origin().source());
        boolean isHere = source != null && source.generation() == fork.sourceGeneration();
        return isHere || stream.lastLsn() == 0 ? 0 : journal.durableLsn();
    }

    /** Reduces the fork count of a source by one, see {@link ShardStore.SourceReleaser}. */
    void giveBack(StreamPath source, long generation, Runnable done) {
        releaser.release(source, generation, done);
    }

    /** Drops the bytes of a stream before {@code position}, which nothing reads or inherits any more. */
    void dropBefore(StreamState stream, long position) {
        stream.content().dropBefore(position, extents::released);
        heap.count(stream);
    }

    /** Drops a stream that nothing reads or inherits any more. */
    void drop(StreamState stream) {
        stream.publishDropped();
        streams.remove(stream);
        if (byGeneration != null) {
            byGeneration.remove(stream.generation());
        }
        overdue.remove(stream);
        stream.content().release(extents::released);
        heap.drop(stream);
        extents.dropped(stream);
    }

    int size() {
        return streams.size() - reserved.size();
    }

    void forEach(Consumer<StreamState> action) {
        streams.forEach(action);
    }
}
