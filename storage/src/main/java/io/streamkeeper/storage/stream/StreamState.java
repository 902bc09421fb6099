package io.streamkeeper.storage.stream;

import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamInfo;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.memory.Place;
import io.streamkeeper.storage.record.HeapSize;
import io.streamkeeper.storage.record.Lineage;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.Runs;
import io.streamkeeper.storage.record.StreamConfig;
import io.streamkeeper.storage.record.StreamMeta;
import org.jspecify.annotations.Nullable;

/**
 * One incarnation of one stream. Owned by the shard's loop.
 *
 * <p>It has two states. The <em>staged</em> one ({@link #tail}, {@link #isClosed}, producers, {@code Stream-Seq})
 * includes every record in the journal, durable or not; commands are decided against it. The <em>durable</em> one
 * ({@link #durableTail}, {@link #isDurablyClosed}, {@link #isVisible}) is all that readers see (I2). {@link #apply}
 * changes the first, {@link #publish} the second; {@link #undo} reverts the first when the journal has refused a batch.
 *
 * <p>An idle stream is this object, its {@link StreamContent} and the text of its path. What few streams have is in
 * objects that are created when they are needed, and what many streams have in common is in objects that they share.
 */
public final class StreamState extends LoggedState {
    /** Stands for streams that are dropped, of which a file says so, and of which nothing else is needed. */
    public static final StreamState DROPPED = dropped(new StreamState(new LogRecord.Created(
            0,
            new StreamPath("none"),
            new StreamConfig(ContentType.OCTET_STREAM, Expiry.never(), Retention.none()),
            true,
            null,
            0)));

    private static StreamState dropped(StreamState stream) {
        stream.publishDropped();
        return stream;
    }

    /** The heap of an idle stream, its place in the table and in the list of a file, without its path and arrays. */
    private static final int HEAP_BYTES = 200;

    /** The heap that a stream takes in a {@link PathIndex} at most. */
    static final int INDEX_BYTES = 12;

    /** The size of an object is a multiple of this. */
    private static final int ALIGNMENT = 8;

    private static final int CREATED_CLOSED = FIRST_OF_SUBCLASS;
    private static final int VISIBLE = 2 * FIRST_OF_SUBCLASS;
    private static final int DURABLY_CLOSED = 4 * FIRST_OF_SUBCLASS;
    private static final int DURABLY_DELETED = 8 * FIRST_OF_SUBCLASS;
    private static final int DURABLY_DROPPED = 16 * FIRST_OF_SUBCLASS;
    private static final int DIRTY = 32 * FIRST_OF_SUBCLASS;
    private static final int DESCRIBED = 64 * FIRST_OF_SUBCLASS;

    private static final int SECOND_MILLIS = 1_000;

    private final long generation;
    private final long createdMillis;
    private final String path;
    private final short pathHeapBytes;
    private final StreamContent content;
    private StreamConfig config;
    private Lifetime lifetime;
    private @Nullable ForkTies ties;

    private long durableTail;
    private Beginning durableBeginning;

    /** The appends and changes that are not durable; null if there are none. */
    private @Nullable StagedRecords staged;

    /** See {@link #stagedAppendSeconds}; unsigned. */
    private int appendedSeconds;

    private @Nullable StreamState nextInSlot;
    private @Nullable TailWaiters waiters;

    private @Nullable Place owner;

    /** The estimate of the heap that was counted last, in units of {@value #ALIGNMENT} bytes. */
    private int countedHeap;

    /** A stream that is created. */
    public StreamState(LogRecord.Created created) {
        super(created);
        this.generation = created.generation();
        this.createdMillis = created.atMillis();
        this.path = created.path().value();
        this.pathHeapBytes = (short) HeapSize.of(path);
        this.config = created.config();
        flag(CREATED_CLOSED, created.closed());
        this.ties = ForkTies.of(created.fork(), 0);
        this.content = new StreamContent(ownStart(), config.contentType().isJson(), config.runLimits());
        this.lifetime = Lifetime.of(created);
        this.durableBeginning = beginning();
        this.durableTail = ownStart();
    }

    /** A stream as an extent describes it; the caller adds its runs. */
    public StreamState(StreamMeta meta, long contentStart, long messagesBefore) {
        super(meta);
        LogRecord.Created created = meta.created();
        this.generation = created.generation();
        this.createdMillis = created.atMillis();
        this.path = created.path().value();
        this.pathHeapBytes = (short) HeapSize.of(path);
        this.config = created.config();
        flag(CREATED_CLOSED, created.closed());
        this.ties = ForkTies.of(created.fork(), meta.formerGeneration());
        this.content = new StreamContent(
                contentStart, messagesBefore, config.contentType().isJson(), config.runLimits());
        this.lifetime = Lifetime.of(meta);
        this.durableBeginning = Beginning.ZERO;
        this.appendedSeconds = (int) meta.appendedSeconds();
        flag(DESCRIBED, true);
    }

    /**
     * An estimate of the heap that the stream takes, computed from counts only, so that it is cheap. Measured with a
     * heap histogram of a hundred thousand streams.
     */
    public long heapBytes() {
        long bytes = HEAP_BYTES
                + INDEX_BYTES
                + pathHeapBytes
                + config.heapBytes()
                + content.heapBytes()
                + partsHeapBytes()
                + (durableBeginning.earliest() == 0 ? 0 : BEGINNING_HEAP_BYTES)
                + lifetime.heapBytes()
                + (ties == null ? 0 : ties.heapBytes());
        return bytes - bytes % ALIGNMENT;
    }

    /** The estimate that was counted last, see {@code StreamHeap}. */
    public long countedHeapBytes() {
        return (long) countedHeap * ALIGNMENT;
    }

    public void countedHeapBytes(long bytes) {
        countedHeap = (int) (bytes / ALIGNMENT);
    }

    // ---- creation ----

    public StreamPath path() {
        return new StreamPath(path);
    }

    /** The text of {@link #path}. */
    public String pathText() {
        return path;
    }

    /** Whether only the server itself uses the stream, see {@link StreamPath#isReserved}. */
    public boolean isReserved() {
        return StreamPath.isReserved(path);
    }

    public long generation() {
        return generation;
    }

    private StreamConfig seenConfig() {
        return staged == null ? config : staged.config();
    }

    /** The content type that readers see. */
    public ContentType contentType() {
        return seenConfig().contentType();
    }

    /** The expiry that readers see. */
    public Expiry expiry() {
        return seenConfig().expiry();
    }

    /** The retention that readers see. */
    public Retention retention() {
        return seenConfig().retention();
    }

    /** When the stream was created, in milliseconds since 1970 UTC. */
    public long createdMillis() {
        return createdMillis;
    }

    // ---- forks ----

    private ForkTies tiesToChange() {
        ForkTies known = ties;
        if (known == null) {
            known = new ForkTies(null, 0);
            ties = known;
        }
        return known;
    }

    public LogRecord.@Nullable Fork fork() {
        return ties == null ? null : ties.fork;
    }

    /** The generation that the stream had in format version 1, if it was converted from that, or 0. */
    long formerGeneration() {
        return ties == null ? 0 : ties.formerGeneration;
    }

    /** The lineage that the stream inherits, or null if it is not a fork. */
    public @Nullable Lineage lineage() {
        return ties == null ? null : ties.lineage;
    }

    /** Sets the lineage of a fork; called when it is created, or when recovery has read its source. */
    public void inherit(Lineage inherited) {
        tiesToChange().lineage = inherited;
    }

    /** The lineage of a fork that diverges at {@code position}, which is not after the tail. */
    public Lineage lineageUpTo(long position) {
        Lineage inherited = lineage();
        return inherited != null && position <= ownStart()
                ? inherited.upTo(position)
                : new Lineage(path(), generation, formerGeneration(), ownStart(), position, inherited);
    }

    /** The position at which this stream's own bytes begin: zero, or for a fork the position at which it diverges. */
    public long ownStart() {
        LogRecord.Fork fork = fork();
        return fork == null ? 0 : fork.position();
    }

    public int forks() {
        return ties == null ? 0 : ties.forks;
    }

    public void addFork() {
        tiesToChange().forks++;
    }

    public void removeFork() {
        tiesToChange().forks--;
    }

    /** A fork does not need its source any more; returns false if that was noted before. */
    public boolean releaseSource() {
        ForkTies known = tiesToChange();
        boolean isFirst = !known.hasReleasedSource;
        known.hasReleasedSource = true;
        return isFirst;
    }

    // ---- staged ----

    public StreamContent content() {
        return content;
    }

    /** The properties after all staged changes. */
    public StreamConfig config() {
        return config;
    }

    public long tail() {
        return content.end();
    }

    /**
     * When the last append with content was staged, or the creation if it had content: seconds since 1970 UTC, unsigned;
     * 0 if there was none, or if an older server stored it without its time.
     */
    public int stagedAppendSeconds() {
        return appendedSeconds;
    }

    /** The lsn of the last record that a description includes: the last record about this stream, or of its use. */
    public long lastDescribedLsn() {
        return Math.max(lastLsn(), lifetime.recorded().lsn());
    }

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
                if (runs.bytes() > 0) {
                    stage();
                }
                append(record, place, runs);
                lifetime.written(record.atMillis(), place.lsn());
            }
            case CREATED -> append(record, place, runs);
            case USED -> lifetime.recorded(record.atMillis(), ((LogRecord.Used) record).coveredMillis(), place.lsn());
            case CHANGED -> change((LogRecord.Changed) record, place.lsn());
            case DELETED, TRIMMED, RELEASED -> {
                // The bytes are dropped when the record is durable.
            }
            default -> throw new IllegalArgumentException("it is of the unknown kind " + record.kind());
        }
        applyLogged(record, place.lsn());
    }

    private void append(LogRecord record, Journal.Staged place, Runs runs) {
        content.add(place.block(), place.position(), runs, record.atMillis());
        if (runs.bytes() > 0) {
            appendedSeconds = (int) (record.atMillis() / SECOND_MILLIS);
        }
    }

    /** A record is applied; until it is durable, readers see what they see now. */
    private void stage() {
        if (staged == null) {
            staged = new StagedRecords(config, appendedSeconds);
        }
        staged.added();
    }

    private void change(LogRecord.Changed record, long lsn) {
        stage();
        if (!record.config().runLimits().equals(config.runLimits())) {
            content.limits(record.config().runLimits());
        }
        lifetime = lifetime.changed(record.config().expiry(), record.atMillis(), lsn);
        config = record.config();
    }

    /** The state that {@link #undo(ChangeMark)} restores to revert a change of the properties. */
    public record ChangeMark(StreamConfig config, Lifetime lifetime, Lifetime.RecordedUse use, Bounds bounds) {}

    /** The staged state before a change of the properties is applied. */
    public ChangeMark markChange() {
        return new ChangeMark(config, lifetime, lifetime.recorded(), bounds());
    }

    /** Reverts the last staged change of the properties. */
    public void undo(ChangeMark mark) {
        content.undoLimits(mark.config().runLimits());
        config = mark.config();
        lifetime = mark.lifetime();
        lifetime.undo(mark.use());
        undo(mark.bounds());
        stagedEnded();
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
            WriterState.@Nullable Mark writers,
            long lastLsn,
            Lifetime.RecordedUse use,
            int appendedSeconds) {}

    /** The staged state before {@code next} is applied. */
    public Mark mark(LogRecord.Appended next) {
        return new Mark(
                tail(),
                content.messageCount(),
                isClosed(),
                markWriters(next),
                lastLsn(),
                lifetime.recorded(),
                appendedSeconds);
    }

    /** Reverts the last staged append. */
    public void undo(Mark mark) {
        if (tail() > mark.tail()) {
            stagedEnded();
        }
        appendedSeconds = mark.appendedSeconds();
        content.truncate(mark.tail(), mark.messages());
        undoLogged(mark);
        lifetime.undo(mark.use());
    }

    /** Reverts the creation: no file can contain the stream. */
    public void undoCreated() {
        flag(DESCRIBED, false);
        forgetRecords();
    }

    // ---- durable ----

    /** Makes a tail and a closure that are now durable visible to readers. */
    public void publish(long newTail, boolean nowClosed) {
        durableTail = newTail;
        flag(VISIBLE, true);
        flag(DURABLY_CLOSED, nowClosed);
    }

    /** Makes properties that are now durable visible to readers. */
    public void publishChanged(StreamConfig changed) {
        if (staged != null) {
            staged.durable(changed);
        }
        stagedEnded();
    }

    /** Makes the time of an append with content that is now durable visible to readers. */
    public void publishAppended(int seconds) {
        if (staged != null) {
            staged.durable(seconds);
        }
        stagedEnded();
    }

    /** A staged append or change is durable or reverted. */
    private void stagedEnded() {
        if (staged != null && staged.ended()) {
            seeAllStaged();
        }
    }

    /** Nothing is staged any more: readers see all. */
    private void seeAllStaged() {
        staged = null;
        content.forgetUnneededTimes();
    }

    /**
     * Whether the stream has also expired as readers see it: a change of the expiry that is not durable may be refused.
     */
    public boolean isSeenAsOver(long wallMillis, long steadyMillis) {
        return staged == null || lifetime.isOver(staged.config().expiry(), wallMillis, steadyMillis);
    }

    public void publishDeleted() {
        flag(DURABLY_DELETED, true);
    }

    /** The stream is dropped: nothing reads or inherits it any more. */
    public void publishDropped() {
        flag(DURABLY_DROPPED, true);
        forgetWriters();
    }

    public boolean isDurablyDropped() {
        return flag(DURABLY_DROPPED);
    }

    public void publishTrimmed(long position) {
        durableBeginning = Beginning.of(position, position);
    }

    /** Publishes all staged state, which is durable because the stream was read from the disk. */
    public void publishRecovered() {
        publish(tail(), isClosed());
        flag(DURABLY_DELETED, isDeleted());
        seeAllStaged();
        durableBeginning = beginning();
    }

    /** The first position that can be read. */
    public long durableEarliest() {
        return durableBeginning.earliest();
    }

    public long durableTail() {
        return durableTail;
    }

    /** Whether these bytes are the stream's own, and all in memory. */
    public boolean isInMemory(long from, long to) {
        return from >= content.start() && content.isInMemory(from, to);
    }

    public boolean isDurablyClosed() {
        return flag(DURABLY_CLOSED);
    }

    /** Whether the creation is durable. */
    public boolean isVisible() {
        return flag(VISIBLE);
    }

    /** Whether the deletion is durable; forks may still inherit the stream's bytes. */
    public boolean isDurablyDeleted() {
        return flag(DURABLY_DELETED);
    }

    /** The staged state, for an answer that waits until it is durable. */
    public StreamInfo stagedInfo() {
        return new StreamInfo(
                generation(),
                config.contentType(),
                offsetAt(tail()),
                isClosed(),
                config.expiry(),
                config.retention(),
                offsetAt(earliest()),
                Integer.toUnsignedLong(appendedSeconds));
    }

    /** What readers see. */
    public StreamInfo info() {
        return new StreamInfo(
                generation(),
                contentType(),
                offsetAt(durableTail),
                isDurablyClosed(),
                expiry(),
                retention(),
                offsetAt(durableEarliest()),
                Integer.toUnsignedLong(staged == null ? appendedSeconds : staged.appendedSeconds()));
    }

    // ---- extents ----

    /** The description of the staged state, for an extent. */
    public StreamMeta meta() {
        return new StreamMeta(
                new LogRecord.Created(generation, path(), config, flag(CREATED_CLOSED), fork(), createdMillis),
                formerGeneration(),
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
                producers(),
                lifetime.recorded().millis(),
                lifetime.recorded().coveredMillis(),
                Integer.toUnsignedLong(appendedSeconds));
    }

    /**
     * The extent that has the newest description of the stream, or the block of memory to which the stream wrote last.
     * Only the store of extents changes this, and the other parts of the stream's state there.
     */
    @Nullable
    public Place owner() {
        return owner;
    }

    public void owner(@Nullable Place newOwner) {
        owner = newOwner;
    }

    /** Whether the journal has records about the stream that no extent includes. */
    public boolean isDirty() {
        return flag(DIRTY);
    }

    public void dirty(boolean nowDirty) {
        flag(DIRTY, nowDirty);
    }

    /** Whether a file may have an entry of the stream: if so, its deletion must be in a file too (I8). */
    public boolean isDescribed() {
        return flag(DESCRIBED);
    }

    public void described(boolean nowDescribed) {
        flag(DESCRIBED, nowDescribed);
    }

    // ---- table ----

    /** The next stream in the same slot of the {@link StreamTable}; only that table changes it. */
    @Nullable
    StreamState nextInSlot() {
        return nextInSlot;
    }

    void nextInSlot(@Nullable StreamState next) {
        nextInSlot = next;
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
