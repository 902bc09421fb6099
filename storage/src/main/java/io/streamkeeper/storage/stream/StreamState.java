package io.streamkeeper.storage.stream;

import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Producer;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamInfo;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.record.Lineage;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.Runs;
import io.streamkeeper.storage.record.StreamMeta;
import org.jspecify.annotations.Nullable;

/**
 * One incarnation of one stream. Owned by the shard's loop.
 *
 * <p>It has two states. The <em>staged</em> one ({@link #tail}, {@link #isClosed}, producers, {@code Stream-Seq})
 * includes every record in the journal, durable or not; commands are decided against it. The <em>durable</em> one
 * ({@link #durableTail}, {@link #isDurablyClosed}, {@link #isVisible}) is all that readers see (I2). {@link #apply}
 * changes the first, {@link #publish} the second; {@link #undo} reverts the first when the journal has refused a batch.
 */
public final class StreamState {
    /** A placeholder for no stream in lists. */
    public static final StreamState NONE = new StreamState(new LogRecord.Created(
            0, new StreamPath("none"), ContentType.OCTET_STREAM, Expiry.never(), Retention.none(), true, null, 0));

    /**
     * The heap of the stream's own objects and its entry in the table, without the characters of its path and without
     * its arrays.
     */
    private static final int HEAP_BYTES = 448;

    private static final int EXPIRY_HEAP_BYTES = 120;
    private static final int FORK_HEAP_BYTES = 280;
    private static final int TEXT_HEAP_BYTES = 48;

    private final LogRecord.Created created;

    /** The generation that the stream had in format version 1, if it was converted from that, or 0. */
    private final long formerGeneration;

    private final StreamContent content;
    private final LoggedState logged;
    private final Lifetime lifetime;
    private @Nullable Lineage lineage;

    private long durableTail;
    private long durableEarliest;
    private boolean durablyClosed;
    private boolean visible;
    private boolean durablyDeleted;
    private boolean durablyDropped;

    private @Nullable StreamState nextInSlot;
    private @Nullable StreamState replaced;
    private int forks;
    private @Nullable TailWaiters waiters;

    private final ExtentAccount extents = new ExtentAccount();
    private long countedHeapBytes;

    /** A stream that is created. */
    public StreamState(LogRecord.Created created) {
        this.created = created;
        this.formerGeneration = 0;
        this.content = new StreamContent(ownStart(), contentType().isJson(), RetentionPolicy.limits(retention()));
        this.logged = new LoggedState(created);
        this.lifetime = Lifetime.of(created);
        this.durableEarliest = created.earliest();
        this.durableTail = ownStart();
    }

    /** A stream as an extent describes it; the caller adds its runs. */
    public StreamState(StreamMeta meta, long contentStart, long messagesBefore) {
        this.created = meta.created();
        this.formerGeneration = meta.formerGeneration();
        this.content = new StreamContent(
                contentStart, messagesBefore, contentType().isJson(), RetentionPolicy.limits(retention()));
        this.logged = new LoggedState(meta);
        this.lifetime = Lifetime.of(meta);
        extents.described(true);
    }

    /**
     * An estimate of the heap that the stream takes, computed from counts only, so that it is cheap. Measured with a
     * heap histogram of a hundred thousand streams.
     */
    public long heapBytes() {
        long bytes = HEAP_BYTES + path().value().length() + content.heapBytes();
        if (lifetime.ends()) {
            bytes += EXPIRY_HEAP_BYTES;
        }
        LogRecord.Fork fork = created.fork();
        if (fork != null) {
            bytes += FORK_HEAP_BYTES + fork.origin().source().value().length();
        }
        String streamSeq = logged.streamSeq();
        if (streamSeq != null) {
            bytes += TEXT_HEAP_BYTES + streamSeq.length();
        }
        return bytes + logged.heapBytes();
    }

    /** The estimate that was counted last, see {@code StreamHeap}. */
    public long countedHeapBytes() {
        return countedHeapBytes;
    }

    public void countedHeapBytes(long bytes) {
        countedHeapBytes = bytes;
    }

    public StreamPath path() {
        return created.path();
    }

    public long generation() {
        return created.generation();
    }

    /** The generation that the stream had in format version 1, if it was converted from that, or 0. */
    long formerGeneration() {
        return formerGeneration;
    }

    public ContentType contentType() {
        return created.contentType();
    }

    public Expiry expiry() {
        return created.expiry();
    }

    public Retention retention() {
        return created.retention();
    }

    long createdMillis() {
        return created.atMillis();
    }

    public LogRecord.@Nullable Fork fork() {
        return created.fork();
    }

    /** The lineage that the stream inherits, or null if it is not a fork. */
    public @Nullable Lineage lineage() {
        return lineage;
    }

    /** Sets the lineage of a fork; called when it is created, or when recovery has read its source. */
    public void inherit(Lineage inherited) {
        lineage = inherited;
    }

    /** The lineage of a fork that diverges at {@code position}, which is not after the tail. */
    public Lineage lineageUpTo(long position) {
        Lineage inherited = lineage;
        return inherited != null && position <= ownStart()
                ? inherited.upTo(position)
                : new Lineage(path(), generation(), formerGeneration, ownStart(), position, inherited);
    }

    public StreamContent content() {
        return content;
    }

    /** The position at which this stream's own bytes begin: zero, or for a fork the position at which it diverges. */
    public long ownStart() {
        LogRecord.Fork fork = created.fork();
        return fork == null ? 0 : fork.position();
    }

    // ---- staged ----

    public long tail() {
        return content.end();
    }

    public boolean isClosed() {
        return logged.isClosed();
    }

    /** The producer's request that closed the stream, or null. */
    @Nullable
    public Producer closedBy() {
        return logged.closedBy();
    }

    @Nullable
    public String streamSeq() {
        return logged.streamSeq();
    }

    @Nullable
    public Producer lastOf(String producerId) {
        return logged.lastOf(producerId);
    }

    /**
     * How many producers must be evicted for an append of {@code producer}: 0 if it is known, -1 if there is no room
     * for another one.
     */
    public int evictionsFor(@Nullable Producer producer, ProducerLimits limits, long nowMillis) {
        return logged.evictionsFor(producer, limits, nowMillis);
    }

    public boolean isDeleted() {
        return logged.isDeleted();
    }

    /** Whether the stream is deleted, and no fork inherits from it: its path is free. */
    public boolean isDropped() {
        return logged.isDropped();
    }

    /**
     * Whether the stream keeps bytes that only forks need: all bytes of a deleted stream, or those before the earliest
     * position.
     */
    public boolean isKeptForForks() {
        return isDeleted() ? !isDropped() : kept() < earliest();
    }

    /** The first position that can be read once everything staged is durable. */
    public long earliest() {
        return logged.earliest();
    }

    /**
     * The first position whose bytes are kept once everything staged is durable; forks may need bytes before the
     * earliest position.
     */
    public long kept() {
        return logged.kept();
    }

    /** The lsn of the last record about this stream; a reply that depends on its staged state waits for this record. */
    public long lastLsn() {
        return logged.lastLsn();
    }

    /** The lsn of the last record that a description includes: the last record about this stream, or of its use. */
    public long lastDescribedLsn() {
        return Math.max(lastLsn(), lifetime.recorded().lsn());
    }

    // ---- records ----

    /**
     * Applies a record about this stream: the only way in which a log changes it, in service, at a start and in a copy.
     * A new stream is constructed from its creation record, which is then applied too, because it may have a payload.
     *
     * @param place the location of the record and its payload
     * @param runs the runs of the payload
     */
    public void apply(LogRecord record, Journal.Staged place, Runs runs) {
        switch (record.kind()) {
            case APPENDED -> {
                content.add(place.block(), place.position(), runs, record.atMillis());
                lifetime.written(record.atMillis(), place.lsn());
            }
            case CREATED -> content.add(place.block(), place.position(), runs, record.atMillis());
            case USED -> lifetime.recorded(record.atMillis(), ((LogRecord.Used) record).coveredMillis(), place.lsn());
            case DELETED, TRIMMED, RELEASED -> {
                // The bytes are dropped when the record is durable.
            }
            default -> throw new IllegalArgumentException("it is of the unknown kind " + record.kind());
        }
        logged.apply(record, place.lsn());
    }

    /** Whether the state of the stream includes the record {@code lsn}. */
    public boolean counts(long lsn) {
        return lsn <= lastDescribedLsn();
    }

    /** The state that {@link #undo(Mark)} restores to revert an append. */
    public record Mark(
            long tail,
            long messages,
            boolean closed,
            @Nullable Producer closedBy,
            @Nullable String streamSeq,
            ProducerTable.@Nullable Mark producers,
            long lastLsn,
            Lifetime.RecordedUse use) {}

    /** The staged state before {@code next} is applied. */
    public Mark mark(LogRecord.Appended next) {
        return logged.mark(next, tail(), content.messageCount(), lifetime.recorded());
    }

    /** Reverts the last staged append. */
    public void undo(Mark mark) {
        content.truncate(mark.tail(), mark.messages());
        logged.undo(mark);
        lifetime.undo(mark.use());
    }

    /** The state that {@link #undo(Bounds)} restores to revert a deletion, a trim or a release. */
    public record Bounds(boolean deleted, boolean dropped, long earliest, long kept, long lastLsn) {}

    /** The part of the stream that is kept before the next record is applied. */
    public Bounds bounds() {
        return logged.bounds();
    }

    /** Reverts the last staged deletion, trim or release. */
    public void undo(Bounds before) {
        logged.undo(before);
    }

    /** Reverts the creation: no file can contain the stream. */
    public void undoCreated() {
        extents.described(false);
        logged.undoCreated();
    }

    // ---- durable ----

    /** Makes a tail and a closure that are now durable visible to readers. */
    public void publish(long newTail, boolean nowClosed) {
        visible = true;
        durableTail = newTail;
        durablyClosed = nowClosed;
    }

    public void publishDeleted() {
        durablyDeleted = true;
    }

    /** The stream is dropped: nothing reads or inherits it any more. */
    public void publishDropped() {
        durablyDropped = true;
    }

    public boolean isDurablyDropped() {
        return durablyDropped;
    }

    public void publishTrimmed(long position) {
        durableEarliest = position;
    }

    /** Publishes all staged state, which is durable because the stream was read from the disk. */
    public void publishRecovered() {
        publish(tail(), isClosed());
        durablyDeleted = isDeleted();
        durableEarliest = earliest();
    }

    /** The first position that can be read. */
    public long durableEarliest() {
        return durableEarliest;
    }

    public long durableTail() {
        return durableTail;
    }

    /** Whether these bytes are the stream's own, and all in memory. */
    public boolean isInMemory(long from, long to) {
        return from >= content.start() && content.isInMemory(from, to);
    }

    public boolean isDurablyClosed() {
        return durablyClosed;
    }

    /** Whether the creation is durable. */
    public boolean isVisible() {
        return visible;
    }

    /** Whether the deletion is durable; forks may still inherit the stream's bytes. */
    public boolean isDurablyDeleted() {
        return durablyDeleted;
    }

    public StreamInfo info() {
        return new StreamInfo(
                generation(),
                contentType(),
                offsetAt(durableTail),
                durablyClosed,
                expiry(),
                retention(),
                offsetAt(durableEarliest));
    }

    /** The next stream in the same slot of the {@link StreamTable}; only that table changes it. */
    @Nullable
    StreamState nextInSlot() {
        return nextInSlot;
    }

    void nextInSlot(@Nullable StreamState next) {
        nextInSlot = next;
    }

    /** The incarnation that readers of the path see until this one is durable, or null. */
    @Nullable
    public StreamState replaced() {
        return replaced;
    }

    void replaces(@Nullable StreamState before) {
        replaced = before;
    }

    // ---- forks ----

    public int forks() {
        return forks;
    }

    public void addFork() {
        forks++;
    }

    public void removeFork() {
        forks--;
    }

    // ---- extents ----

    /** The description of the staged state, for an extent. */
    public StreamMeta meta() {
        return new StreamMeta(
                created,
                formerGeneration,
                lastDescribedLsn(),
                tail(),
                content.messageCount(),
                earliest(),
                kept(),
                isClosed(),
                isDeleted(),
                isDropped(),
                closedBy(),
                streamSeq(),
                logged.producers(),
                lifetime.recorded().millis(),
                lifetime.recorded().coveredMillis());
    }

    /** The stream's state in the store of extents. */
    public ExtentAccount extents() {
        return extents;
    }

    // ---- use ----

    /** The stream's lifetime, which determines when it expires. */
    public Lifetime lifetime() {
        return lifetime;
    }

    /** The readers that wait at the tail of this stream; null if none wait. */
    public @Nullable TailWaiters waiters() {
        return waiters;
    }

    public void waiters(@Nullable TailWaiters newWaiters) {
        waiters = newWaiters;
    }

    // ---- offsets ----

    /** The offset of a position of this stream, inherited or its own. */
    public Offset offsetAt(long position) {
        return StreamOffsets.at(this, position);
    }

    /**
     * The offset of a position in format version 1, or null: clients may have stored such offsets of a stream that was
     * converted.
     */
    @Nullable
    public Offset formerOffsetAt(long position) {
        return StreamOffsets.formerAt(this, position);
    }

    /** Whether an offset, present or former, names the staged tail. */
    public boolean isTail(Offset named) {
        return offsetAt(tail()).isNamedBy(named) || named.equals(formerOffsetAt(tail()));
    }

    /** The present form of an ancestor's offset, as it is stored in the origin of a fork. */
    public Offset present(Offset offset) {
        return StreamOffsets.present(this, offset);
    }

    /**
     * The position that an offset names; after the tail if the offset is of this stream and after its tail.
     *
     * @throws RefusedException with {@link ErrorCode#OFFSET_GONE} if it is of another incarnation of the path, and with
     *     {@link ErrorCode#INVALID_OFFSET} if it is before the positions that this stream wrote, or after those that it
     *     inherits from an ancestor: a fork never has bytes there
     */
    public long positionOf(Offset offset) {
        return StreamOffsets.positionOf(this, offset);
    }

    /** The same for an offset that must not be after the tail, whatever its generation. */
    public long positionUpToTail(Offset offset) {
        return StreamOffsets.positionUpToTail(this, offset);
    }
}
