package io.streamkeeper.storage.stream;

import io.streamkeeper.protocol.Producer;
import io.streamkeeper.storage.record.KnownProducer;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.StreamMeta;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of one stream that its records determine, without its bytes and its uses: closure, writers, and the part of
 * the stream that is kept (I13). Only {@link #applyLogged} changes it, and the {@code undo} methods revert the last
 * change. Owned by the shard's loop.
 *
 * <p>It is the superclass of {@link StreamState}, not an object of its own, because a server has millions of them. So
 * the parts that few streams have are objects that are created when they are needed.
 */
abstract class LoggedState {
    /** The heap that {@link #beginning} takes, unless it is {@link Beginning#ZERO}. */
    static final int BEGINNING_HEAP_BYTES = 32;

    private static final int CLOSED = 1;
    private static final int DELETED = 2;
    private static final int DROPPED = 4;

    /** The first bit of the properties of the subclass. */
    static final int FIRST_OF_SUBCLASS = 8;

    /** Properties of one bit each, together because a server has millions of streams. */
    private short flags;

    private @Nullable WriterState writers;
    private Beginning beginning;
    private long lastLsn;

    /**
     * The beginning of the part of a stream that is kept.
     *
     * @param earliest the first position that can be read
     * @param kept the first position whose bytes are kept; forks may need bytes before the earliest position
     */
    record Beginning(long earliest, long kept) {
        /** The beginning of a stream that was never trimmed, and of most forks. */
        static final Beginning ZERO = new Beginning(0, 0);

        static Beginning of(long earliest, long kept) {
            return earliest == 0 && kept == 0 ? ZERO : new Beginning(earliest, kept);
        }
    }

    /** The state of a stream after its creation. */
    LoggedState(LogRecord.Created created) {
        flag(CLOSED, created.closed());
        beginning = Beginning.of(created.earliest(), created.earliest());
    }

    /** The state of a stream in a description. */
    LoggedState(StreamMeta meta) {
        flag(CLOSED, meta.closed());
        flag(DELETED, meta.deleted());
        flag(DROPPED, meta.dropped());
        writers = WriterState.of(meta);
        beginning = Beginning.of(meta.earliest(), meta.kept());
        lastLsn = meta.lastLsn();
    }

    final boolean flag(int flag) {
        return (flags & flag) != 0;
    }

    final void flag(int flag, boolean on) {
        flags = (short) (on ? flags | flag : flags & ~flag);
    }

    // ---- records ----

    /** Applies a record; a record of use changes nothing here. */
    final void applyLogged(LogRecord record, long lsn) {
        switch (record.kind()) {
            case APPENDED -> apply((LogRecord.Appended) record);
            case CREATED -> {
                // The constructor has already applied the creation.
            }
            case CHANGED -> {
                // The properties are part of the subclass.
            }
            case TRIMMED -> {
                LogRecord.Trimmed trimmed = (LogRecord.Trimmed) record;
                beginning = Beginning.of(trimmed.position(), trimmed.dropped() ? trimmed.position() : kept());
            }
            case DELETED -> {
                flag(DELETED, true);
                flag(DROPPED, ((LogRecord.Deleted) record).dropped());
            }
            case RELEASED -> {
                flag(DROPPED, isDeleted());
                beginning = Beginning.of(earliest(), earliest());
            }
            case USED -> {
                // No reply waits for this record.
                return;
            }
            default -> throw new IllegalArgumentException("it is of the unknown kind " + record.kind());
        }
        lastLsn = lsn;
    }

    private void apply(LogRecord.Appended record) {
        if (WriterState.isIn(record)) {
            writersToChange().apply(record);
        }
        flag(CLOSED, isClosed() || record.close());
    }

    private WriterState writersToChange() {
        WriterState known = writers;
        if (known == null) {
            known = new WriterState();
            writers = known;
        }
        return known;
    }

    // ---- undo ----

    /** The writers before {@code next} is applied, or null if it does not change them. */
    final WriterState.@Nullable Mark markWriters(LogRecord.Appended next) {
        return WriterState.isIn(next) ? writersToChange().mark(next) : null;
    }

    final void undoLogged(StreamState.Mark mark) {
        flag(CLOSED, mark.closed());
        if (mark.writers() != null) {
            writersToChange().undo(mark.writers());
        }
        lastLsn = mark.lastLsn();
    }

    /** The state that {@link #undo(Bounds)} restores to revert a deletion, a trim, a release or a change. */
    public record Bounds(boolean deleted, boolean dropped, long earliest, long kept, long lastLsn) {}

    /** The part of the stream that is kept before the next record is applied. */
    public final Bounds bounds() {
        return new Bounds(isDeleted(), isDropped(), earliest(), kept(), lastLsn);
    }

    /** Reverts the last staged deletion, trim, release or change. */
    public final void undo(Bounds before) {
        flag(DELETED, before.deleted());
        flag(DROPPED, before.dropped());
        beginning = Beginning.of(before.earliest(), before.kept());
        lastLsn = before.lastLsn();
    }

    final void forgetRecords() {
        lastLsn = 0;
    }

    /** Nothing is written to the stream any more. */
    final void forgetWriters() {
        writers = null;
    }

    // ---- queries ----

    public final boolean isClosed() {
        return flag(CLOSED);
    }

    /** The producer's request that closed the stream, or null. */
    @Nullable
    public final Producer closedBy() {
        return writers == null ? null : writers.closedBy();
    }

    @Nullable
    public final String streamSeq() {
        return writers == null ? null : writers.streamSeq();
    }

    @Nullable
    public final Producer lastOf(String producerId) {
        return writers == null ? null : writers.producers().last(producerId);
    }

    /**
     * How many producers must be evicted for an append of {@code producer}: 0 if it is known, -1 if there is no room
     * for another one.
     */
    public final int evictionsFor(@Nullable Producer producer, ProducerLimits limits, long nowMillis) {
        WriterState known = writers;
        return producer == null || known == null || known.producers().last(producer.id()) != null
                ? 0
                : known.producers().evictionsFor(limits, nowMillis);
    }

    /** All producers, the one unused for longest first. */
    final List<KnownProducer> producers() {
        return writers == null ? List.of() : writers.producers().all();
    }

    public final boolean isDeleted() {
        return flag(DELETED);
    }

    /** Whether the stream is deleted, and no fork inherits from it: its path is free. */
    public final boolean isDropped() {
        return flag(DROPPED);
    }

    /**
     * Whether the stream keeps bytes that only forks need: all bytes of a deleted stream, or those before the earliest
     * position.
     */
    public final boolean isKeptForForks() {
        return isDeleted() ? !isDropped() : kept() < earliest();
    }

    final Beginning beginning() {
        return beginning;
    }

    /** The first position that can be read once everything staged is durable. */
    public final long earliest() {
        return beginning.earliest();
    }

    /**
     * The first position whose bytes are kept once everything staged is durable; forks may need bytes before the
     * earliest position.
     */
    public final long kept() {
        return beginning.kept();
    }

    /** The lsn of the last record about this stream; a reply that depends on its staged state waits for this record. */
    public final long lastLsn() {
        return lastLsn;
    }

    /** The heap that the parts take that few streams have. */
    final long partsHeapBytes() {
        return (earliest() == 0 ? 0 : BEGINNING_HEAP_BYTES) + (writers == null ? 0 : writers.heapBytes());
    }
}
