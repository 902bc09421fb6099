package io.streamkeeper.storage.stream;

import io.streamkeeper.protocol.Producer;
import io.streamkeeper.storage.record.KnownProducer;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.StreamMeta;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of one stream that its records determine, without its bytes and its uses: closure, producers, {@code
 * Stream-Seq}, and the part of the stream that is kept (I13). Only {@link #apply} changes it, and the {@code undo}
 * methods revert the last change. Owned by the shard's loop.
 */
final class LoggedState {
    private boolean closed;
    private @Nullable Producer closedBy;
    private @Nullable String streamSeq;
    private @Nullable ProducerTable producers;
    private boolean deleted;
    private boolean dropped;
    private long earliest;
    private long kept;
    private long lastLsn;

    /** The state of a stream after its creation. */
    LoggedState(LogRecord.Created created) {
        closed = created.closed();
        earliest = created.earliest();
        kept = created.earliest();
    }

    /** The state of a stream in a description. */
    LoggedState(StreamMeta meta) {
        closed = meta.closed();
        closedBy = meta.closedBy();
        streamSeq = meta.streamSeq();
        for (KnownProducer producer : meta.producers()) {
            table().accept(producer.last(), 0, producer.usedMillis());
        }
        deleted = meta.deleted();
        dropped = meta.dropped();
        earliest = meta.earliest();
        kept = meta.kept();
        lastLsn = meta.lastLsn();
    }

    // ---- records ----

    /** Applies a record; a record of use changes nothing here. */
    void apply(LogRecord record, long lsn) {
        switch (record.kind()) {
            case APPENDED -> apply((LogRecord.Appended) record);
            case CREATED -> {
                // The constructor has already applied the creation.
            }
            case TRIMMED -> {
                LogRecord.Trimmed trimmed = (LogRecord.Trimmed) record;
                earliest = trimmed.position();
                kept = trimmed.dropped() ? earliest : kept;
            }
            case DELETED -> {
                deleted = true;
                dropped = ((LogRecord.Deleted) record).dropped();
            }
            case RELEASED -> {
                dropped = deleted;
                kept = earliest;
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
        Producer producer = record.producer();
        if (producer != null) {
            table().accept(producer, record.evictions(), record.atMillis());
        }
        if (record.streamSeq() != null) {
            streamSeq = record.streamSeq();
        }
        if (record.close()) {
            closed = true;
            closedBy = producer;
        }
    }

    private ProducerTable table() {
        ProducerTable table = producers;
        if (table == null) {
            table = new ProducerTable();
            producers = table;
        }
        return table;
    }

    // ---- undo ----

    /**
     * The state before {@code next} is applied to a stream whose content has this tail and {@code messages} messages.
     */
    StreamState.Mark mark(LogRecord.Appended next, long tail, long messages, Lifetime.RecordedUse use) {
        Producer producer = next.producer();
        return new StreamState.Mark(
                tail,
                messages,
                closed,
                closedBy,
                streamSeq,
                producer == null ? null : table().mark(producer, next.evictions()),
                lastLsn,
                use);
    }

    void undo(StreamState.Mark mark) {
        closed = mark.closed();
        closedBy = mark.closedBy();
        streamSeq = mark.streamSeq();
        if (mark.producers() != null) {
            table().undo(mark.producers());
        }
        lastLsn = mark.lastLsn();
    }

    /** The part of the stream that is kept before the next record is applied. */
    StreamState.Bounds bounds() {
        return new StreamState.Bounds(deleted, dropped, earliest, kept, lastLsn);
    }

    void undo(StreamState.Bounds before) {
        deleted = before.deleted();
        dropped = before.dropped();
        earliest = before.earliest();
        kept = before.kept();
        lastLsn = before.lastLsn();
    }

    void undoCreated() {
        lastLsn = 0;
    }

    // ---- queries ----

    boolean isClosed() {
        return closed;
    }

    @Nullable
    Producer closedBy() {
        return closedBy;
    }

    @Nullable
    String streamSeq() {
        return streamSeq;
    }

    @Nullable
    Producer lastOf(String producerId) {
        return producers == null ? null : producers.last(producerId);
    }

    int evictionsFor(@Nullable Producer producer, ProducerLimits limits, long nowMillis) {
        boolean another = producer != null && producers != null && producers.last(producer.id()) == null;
        return another && producers != null ? producers.evictionsFor(limits, nowMillis) : 0;
    }

    /** All producers, the one unused for longest first. */
    List<KnownProducer> producers() {
        return producers == null ? List.of() : producers.all();
    }

    boolean isDeleted() {
        return deleted;
    }

    boolean isDropped() {
        return dropped;
    }

    long earliest() {
        return earliest;
    }

    long kept() {
        return kept;
    }

    long lastLsn() {
        return lastLsn;
    }

    /** The heap that the producers take. */
    long heapBytes() {
        return producers == null ? 0 : producers.heapBytes();
    }
}
