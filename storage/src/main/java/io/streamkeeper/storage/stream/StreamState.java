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
import io.streamkeeper.storage.record.KnownProducer;
import io.streamkeeper.storage.record.Lineage;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.Runs;
import io.streamkeeper.storage.record.StreamMeta;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One incarnation of one stream. Owned by the shard's loop.
 *
 * <p>Its state is there twice. What is <em>staged</em> ({@link #tail}, {@link #isClosed}, producers, {@code Stream-Seq})
 * counts every record in the journal, durable or not; commands are decided against it. What is <em>durable</em>
 * ({@link #durableTail}, {@link #isDurablyClosed}, {@link #isVisible}) is all that readers see (I2). {@link #publish}
 * moves the second up to the first; {@link #undo} moves the first back when the journal refused a batch.
 */
public final class StreamState {
    /** Nobody's place in a list. */
    public static final StreamState NONE = new StreamState(new LogRecord.Created(
            0, new StreamPath("none"), ContentType.OCTET_STREAM, Expiry.never(), Retention.none(), true, null, 0));

    /** The stream's own objects and its place in the table, without the letters of its path and what its arrays have. */
    private static final int HEAP_BYTES = 448;

    private static final int EXPIRY_HEAP_BYTES = 64;
    private static final int FORK_HEAP_BYTES = 280;
    private static final int TEXT_HEAP_BYTES = 48;

    private final LogRecord.Created created;

    /** The generation that the stream had in format version 1, where it was converted from, or 0. */
    private final long formerGeneration;

    private @Nullable Lineage lineage;
    private final StreamContent content;
    private boolean closed;
    private @Nullable Producer closedBy;
    private @Nullable String streamSeq;
    private @Nullable ProducerTable producers;
    private boolean deleted;
    private boolean dropped;
    private long lastLsn;
    private long earliest;
    private long kept;

    private long durableTail;
    private long durableEarliest;
    private boolean durablyClosed;
    private boolean visible;
    private boolean durablyDeleted;
    private boolean durablyDropped;

    private @Nullable StreamState replaced;
    private int forks;
    private long usedMillis;
    private long recordedUseMillis;
    private long coveredMillis;
    private long expiryTurnMillis;
    private @Nullable TailWaiters waiters;

    private final ExtentAccount extents = new ExtentAccount();
    private long countedHeapBytes;

    /** A stream that is created. */
    public StreamState(LogRecord.Created created) {
        this.created = created;
        this.formerGeneration = 0;
        this.content = new StreamContent(ownStart(), contentType().isJson(), RetentionPolicy.limits(retention()));
        this.closed = created.closed();
        this.earliest = created.earliest();
        this.kept = created.earliest();
        this.durableEarliest = earliest;
        this.durableTail = ownStart();
        this.usedMillis = created.atMillis();
        this.recordedUseMillis = created.atMillis();
    }

    /** A stream as a checkpoint has kept it; its runs follow. */
    public StreamState(StreamMeta meta, long contentStart, long messagesBefore) {
        this.created = meta.created();
        this.formerGeneration = meta.formerGeneration();
        this.content = new StreamContent(
                contentStart, messagesBefore, contentType().isJson(), RetentionPolicy.limits(retention()));
        this.closed = meta.closed();
        this.closedBy = meta.closedBy();
        this.streamSeq = meta.streamSeq();
        for (KnownProducer producer : meta.producers()) {
            accept(producer.last(), 0, producer.usedMillis());
        }
        this.deleted = meta.deleted();
        this.dropped = meta.dropped();
        extents.described(true);
        this.lastLsn = meta.lastLsn();
        this.earliest = meta.earliest();
        this.kept = meta.kept();
        this.usedMillis = created.atMillis();
        this.recordedUseMillis = meta.usedMillis();
        this.coveredMillis = meta.coveredMillis();
    }

    /**
     * What the stream takes of the heap, about: by counts only, so that it costs nothing to ask. Measured with a heap
     * histogram of a hundred thousand streams.
     */
    public long heapBytes() {
        long bytes = HEAP_BYTES + path().value().length() + content.heapBytes();
        if (mayExpire()) {
            bytes += EXPIRY_HEAP_BYTES;
        }
        LogRecord.Fork fork = created.fork();
        if (fork != null) {
            bytes += FORK_HEAP_BYTES + fork.origin().source().value().length();
        }
        if (streamSeq != null) {
            bytes += TEXT_HEAP_BYTES + streamSeq.length();
        }
        return producers == null ? bytes : bytes + producers.heapBytes();
    }

    /** What was counted of that last, see {@code StreamHeap}. */
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

    /** The generation that the stream had in format version 1, where it was converted from, or 0. */
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

    /** What the stream inherits, or null if it is not a fork. */
    public @Nullable Lineage lineage() {
        return lineage;
    }

    /** Names what a fork inherits: when it is created, or when recovery has read its source. */
    public void inherit(Lineage inherited) {
        lineage = inherited;
    }

    /** What a fork inherits that diverges at {@code position}, which is not after the tail. */
    public Lineage lineageUpTo(long position) {
        Lineage inherited = lineage;
        return inherited != null && position <= ownStart()
                ? inherited.upTo(position)
                : new Lineage(path(), generation(), formerGeneration, ownStart(), position, inherited);
    }

    public StreamContent content() {
        return content;
    }

    /** Where this stream's own bytes begin: zero, or where a fork diverges. */
    public long ownStart() {
        LogRecord.Fork fork = created.fork();
        return fork == null ? 0 : fork.position();
    }

    // ---- staged ----

    public long tail() {
        return content.end();
    }

    public boolean isClosed() {
        return closed;
    }

    /** The producer's request that closed the stream, if it was one. */
    @Nullable
    public Producer closedBy() {
        return closedBy;
    }

    @Nullable
    public String streamSeq() {
        return streamSeq;
    }

    @Nullable
    public Producer lastOf(String producerId) {
        return producers == null ? null : producers.last(producerId);
    }

    /**
     * How many producers are to be evicted for an append of {@code producer}: none for one that is known, -1 if there is no
     * room for another one.
     */
    public int evictionsFor(@Nullable Producer producer, ProducerLimits limits, long nowMillis) {
        boolean another = producer != null && producers != null && producers.last(producer.id()) == null;
        return another && producers != null ? producers.evictionsFor(limits, nowMillis) : 0;
    }

    public boolean isDeleted() {
        return deleted;
    }

    /** Whether the stream is deleted, and no fork inherits from it: its path is free. */
    public boolean isDropped() {
        return dropped;
    }

    /** Whether bytes are kept that only forks need: all of a deleted stream, or what lies before the earliest position. */
    public boolean isKeptForForks() {
        return deleted ? !dropped : kept < earliest;
    }

    /** The place in the log of the last record about this stream: what an answer about its staged state waits for. */
    public long lastLsn() {
        return lastLsn;
    }

    /** What {@link #undo} needs to take back one append. */
    public record Mark(
            long tail,
            long messages,
            boolean closed,
            @Nullable Producer closedBy,
            @Nullable String streamSeq,
            ProducerTable.@Nullable Mark producers,
            long lastLsn) {}

    /** The staged state as it is before {@code next} is applied. */
    public Mark mark(LogRecord.Appended next) {
        Producer producer = next.producer();
        return new Mark(
                tail(),
                content.messageCount(),
                closed,
                closedBy,
                streamSeq,
                producer == null ? null : table().mark(producer, next.evictions()),
                lastLsn);
    }

    /**
     * Applies a record about this stream: the one way in which a log changes it, in service, at a start and in a copy. A
     * stream that was made from its creation has nothing until that record is applied.
     *
     * @param place where the record and its payload are
     * @param runs how the payload falls into runs
     */
    public void apply(LogRecord record, Journal.Staged place, Runs runs) {
        switch (record.kind()) {
            case APPENDED -> applyAppended((LogRecord.Appended) record, place, runs);
            case CREATED -> content.add(place.block(), place.position(), runs, record.atMillis());
            case TRIMMED -> applyTrimmed((LogRecord.Trimmed) record);
            case DELETED -> {
                deleted = true;
                dropped = ((LogRecord.Deleted) record).dropped();
            }
            case RELEASED -> {
                dropped = deleted;
                kept = earliest;
            }
            case USED -> {
                // Nothing waits for it, and descriptions that count it in name no later record.
                recordedUse(record.atMillis(), ((LogRecord.Used) record).coveredMillis());
                return;
            }
            default -> throw new IllegalArgumentException("it is of the unknown kind " + record.kind());
        }
        lastLsn = place.lsn();
    }

    private void applyAppended(LogRecord.Appended record, Journal.Staged place, Runs runs) {
        content.add(place.block(), place.position(), runs, record.atMillis());
        Producer producer = record.producer();
        if (producer != null) {
            accept(producer, record.evictions(), record.atMillis());
        }
        if (record.streamSeq() != null) {
            streamSeq = record.streamSeq();
        }
        if (record.close()) {
            closed = true;
            closedBy = producer;
        }
        if (!isUseCovered(record.atMillis())) {
            recordedUse(record.atMillis(), 0);
        }
    }

    private void applyTrimmed(LogRecord.Trimmed record) {
        earliest = record.position();
        if (record.dropped()) {
            kept = earliest;
        }
    }

    private void accept(Producer producer, int evictions, long atMillis) {
        table().accept(producer, evictions, atMillis);
    }

    private ProducerTable table() {
        ProducerTable table = producers;
        if (table == null) {
            table = new ProducerTable();
            producers = table;
        }
        return table;
    }

    /** The first position that can be read, once everything is durable. */
    public long earliest() {
        return earliest;
    }

    /** The first position whose bytes are kept, once everything is durable; forks may need what lies before the earliest. */
    public long kept() {
        return kept;
    }

    /** What {@link #undo(Bounds)} needs to take back a deletion, a trim or a release. */
    public record Bounds(boolean deleted, boolean dropped, long earliest, long kept, long lastLsn) {}

    /** How much there is of the stream before the next record is applied. */
    public Bounds bounds() {
        return new Bounds(deleted, dropped, earliest, kept, lastLsn);
    }

    /** Takes back the last staged deletion, trim or release. */
    public void undo(Bounds before) {
        deleted = before.deleted();
        dropped = before.dropped();
        earliest = before.earliest();
        kept = before.kept();
        lastLsn = before.lastLsn();
    }

    /**
     * A record says that the stream was used, and that uses up to {@code newCoveredMillis} later are in no record. It changes
     * nothing else, so it is not among those that answers wait for.
     */
    public void recordedUse(long wallMillis, long newCoveredMillis) {
        recordedUseMillis = wallMillis;
        coveredMillis = newCoveredMillis;
    }

    /** Whether a description that the stream was made from counts a record in. */
    public boolean counts(LogRecord record, long lsn) {
        return lsn <= lastLsn || (record.kind() == LogRecord.Kind.USED && record.atMillis() < recordedUseMillis);
    }

    /** Whether a start takes it that the stream may have been used then, so that a use need not be recorded. */
    public boolean isUseCovered(long wallMillis) {
        return Math.abs(wallMillis - recordedUseMillis) < coveredMillis;
    }

    /** Takes the last staged append back. */
    public void undo(Mark mark) {
        content.truncate(mark.tail(), mark.messages());
        closed = mark.closed();
        closedBy = mark.closedBy();
        streamSeq = mark.streamSeq();
        if (mark.producers() != null) {
            table().undo(mark.producers());
        }
        lastLsn = mark.lastLsn();
    }

    /** The stream never was: no file may name it. */
    public void undoCreated() {
        extents.described(false);
        lastLsn = 0;
    }

    // ---- durable ----

    /** Moves what readers see up to a tail and closure that are durable now. */
    public void publish(long newTail, boolean nowClosed) {
        visible = true;
        durableTail = newTail;
        durablyClosed = nowClosed;
    }

    public void publishDeleted() {
        durablyDeleted = true;
    }

    /** Nobody reads or inherits the stream any more. */
    public void publishDropped() {
        durablyDropped = true;
    }

    public boolean isDurablyDropped() {
        return durablyDropped;
    }

    public void publishTrimmed(long position) {
        durableEarliest = position;
    }

    /** Everything is durable that is staged: the stream comes from the disk. */
    public void publishRecovered() {
        publish(tail(), closed);
        durablyDeleted = deleted;
        durableEarliest = earliest;
    }

    /** The first position that can be read. */
    public long durableEarliest() {
        return durableEarliest;
    }

    public long durableTail() {
        return durableTail;
    }

    /** Whether these bytes are the stream's own, and none of them is in a file. */
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

    /** Whether the stream is gone for its readers; forks may still inherit its bytes. */
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

    /** The incarnation that readers of the path see until this one is durable. */
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

    /** The description of what is staged, for an extent. */
    public StreamMeta meta() {
        return new StreamMeta(
                created,
                formerGeneration,
                lastLsn,
                tail(),
                content.messageCount(),
                earliest,
                kept,
                closed,
                deleted,
                dropped,
                closedBy,
                streamSeq,
                producers == null ? List.of() : producers.all(),
                isSliding() ? recordedUseMillis : -1,
                isSliding() ? coveredMillis : 0);
    }

    /** What the store of extents has noted about the stream. */
    public ExtentAccount extents() {
        return extents;
    }

    // ---- use ----

    /** The stream is created, at this steady time, which the time of its record is not. */
    public void usedFirst(long steadyMillis) {
        usedMillis = steadyMillis;
    }

    /** The stream was read or written, at this steady time. */
    public void use(long steadyMillis) {
        usedMillis = Math.max(usedMillis, steadyMillis);
    }

    /**
     * Takes over what is known of the last use after a start: it was not later than what the one that is recorded covers, by
     * the interval of the server that recorded it, and not later than now. So a start shortens no life, and lengthens one by
     * no more than that interval, whatever its own is and however often the server starts. Where nothing is recorded, or a
     * time to come because the clock was set back, it was now.
     *
     * @return whether the record must be replaced by what is assumed
     */
    public boolean recoverUse(long nowMillis) {
        boolean known = recordedUseMillis >= 0 && recordedUseMillis <= nowMillis;
        if (!known) {
            recordedUse(nowMillis, 0);
        }
        usedMillis = isUseCovered(nowMillis) ? nowMillis : recordedUseMillis + coveredMillis;
        return !known && isSliding();
    }

    /** Whether the stream expires by the time without use, which is steady time; otherwise by the wall clock or never. */
    public boolean isSliding() {
        return expiry() instanceof Expiry.Ttl;
    }

    /** Whether the stream expires at all. */
    public boolean mayExpire() {
        return !(expiry() instanceof Expiry.Never);
    }

    /** When the stream expires as far as known, in the time that {@link #isSliding} says. */
    long deadlineMillis() {
        return expiry().deadlineMillis(usedMillis);
    }

    public boolean isExpired(long wallMillis, long steadyMillis) {
        return deadlineMillis() <= (isSliding() ? steadyMillis : wallMillis);
    }

    /** When the stream's turn comes in the {@link ExpiryQueue}, which alone changes it. */
    long expiryTurnMillis() {
        return expiryTurnMillis;
    }

    void takeExpiryTurnAt(long millis) {
        expiryTurnMillis = millis;
    }

    /** Those that wait for this stream to move; null while nobody does. */
    public @Nullable TailWaiters waiters() {
        return waiters;
    }

    public void waiters(@Nullable TailWaiters newWaiters) {
        waiters = newWaiters;
    }

    // ---- offsets ----

    /** The offset of a position of this stream, inherited or its own. */
    public Offset offsetAt(long position) {
        Lineage inherited = lineage;
        return inherited != null && position <= ownStart()
                ? new Offset(inherited.before(position).generation(), position)
                : new Offset(generation(), position);
    }

    /** What format version 1 named a position, if it may have: clients may hold such offsets of a stream that was converted. */
    @Nullable
    public Offset formerOffsetAt(long position) {
        Lineage inherited = lineage;
        long former = inherited != null && position <= ownStart()
                ? inherited.before(position).formerGeneration()
                : formerGeneration;
        return former == 0 ? null : new Offset(former, position);
    }

    /** Whether an offset names the staged tail, by its present name or by its former one. */
    public boolean isTail(Offset named) {
        return offsetAt(tail()).isNamedBy(named) || named.equals(formerOffsetAt(tail()));
    }

    /** An offset of an ancestor by its present name, which the origin of a fork has. */
    public Offset present(Offset offset) {
        Lineage inherited = lineage == null ? null : lineage.of(offset.generation());
        return inherited == null ? offset : new Offset(inherited.generation(), offset.position());
    }

    /**
     * The position that an offset names; after the tail if the offset is of this stream and after its tail.
     *
     * @throws RefusedException with {@link ErrorCode#OFFSET_GONE} if it is of another incarnation of the path, and with
     *     {@link ErrorCode#INVALID_OFFSET} if it is before what this stream wrote, or after what it inherits of an ancestor:
     *     a fork never has bytes there
     */
    public long positionOf(Offset offset) {
        if (offset.equals(Offset.ZERO)) {
            return 0;
        }
        boolean own = offset.generation() == generation()
                || (offset.generation() == formerGeneration && formerGeneration != 0);
        Lineage inherited = lineage == null || own ? null : lineage.of(offset.generation());
        if (inherited == null && !own) {
            throw new RefusedException(
                    ErrorCode.OFFSET_GONE,
                    "offset " + offset + " is of an earlier stream at this path, which is gone; start again at -1");
        }
        long first = inherited == null ? ownStart() : inherited.start();
        long last = inherited == null ? Offset.POSITION_MAX : inherited.end();
        if (offset.position() < first || offset.position() > last) {
            throw notIssued(offset);
        }
        return offset.position();
    }

    /** The same for an offset that must not be after the tail, whatever its generation. */
    public long positionUpToTail(Offset offset) {
        boolean comparable = offset.generation() <= Offset.GENERATION_MAX;
        if (comparable && offset.compareTo(offsetAt(durableTail)) > 0) {
            throw notIssued(offset);
        }
        long position = positionOf(offset);
        if (position > durableTail) {
            throw notIssued(offset);
        }
        return position;
    }

    private RefusedException notIssued(Offset offset) {
        return new RefusedException(
                ErrorCode.INVALID_OFFSET,
                "offset " + offset + " was not issued for this stream, whose tail is " + offsetAt(durableTail));
    }
}
