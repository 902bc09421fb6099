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

    private boolean closed;
    private boolean deleted;
    private boolean dropped;
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
        closed = created.closed();
        beginning = Beginning.of(created.earliest(), created.earliest());
    }

    /** The state of a stream in a description. */
    LoggedState(StreamMeta meta) {
        closed = meta.closed();
        deleted = meta.deleted();
        dropped = meta.dropped();
        writers = WriterState.of(meta);
        beginning = Beginning.of(meta.earliest(), meta.kept());
        lastLsn = meta.lastLsn();
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
                deleted = true;
                dropped = ((LogRecord.Deleted) record).dropped();
            }
            case RELEASED -> {
                dropped = deleted;
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
        closed |= record.close();
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
        closed = mark.closed();
        if (mark.writers() != null) {
            writersToChange().undo(mark.writers());
        }
        lastLsn = mark.lastLsn();
    }

    /** The state that {@link #undo(Bounds)} restores to revert a deletion, a trim, a release or a change. */
    public record Bounds(boolean deleted, boolean dropped, long earliest, long kept, long lastLsn) {}

    /** The part of the stream that is kept before the next record is applied. */
    public final Bounds bounds() {
        return new Bounds(deleted, dropped, earliest(), kept(), lastLsn);
    }

    /** Reverts the last staged deletion, trim, release or change. */
    public final void undo(Bounds before) {
        deleted = before.deleted();
        dropped = before.dropped();
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
        return closed;
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
        return deleted;
    }

    /** Whether the stream is deleted, and no fork inherits from it: its path is free. */
    public final boolean isDropped() {
        return dropped;
    }

    /**
     * Whether the stream keeps bytes that only forks need: all bytes of a deleted stream, or those before the earliest
     * position.
     */
    public final boolean isKeptForForks() {
        return deleted ? !dropped : kept() < earliest();
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
