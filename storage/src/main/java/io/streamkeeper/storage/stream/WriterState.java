package io.streamkeeper.storage.stream;

import io.streamkeeper.protocol.Producer;
import io.streamkeeper.storage.record.HeapSize;
import io.streamkeeper.storage.record.KnownProducer;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.StreamMeta;
import org.jspecify.annotations.Nullable;

/**
 * What a stream remembers of its writers: their producers, the last {@code Stream-Seq}, and the producer's request that
 * closed it. Part of {@link LoggedState}; a stream has one from the first request that has such a header. Owned by the
 * shard's loop.
 */
final class WriterState {
    private static final int HEAP_BYTES = 56;

    private final ProducerTable producers = new ProducerTable();
    private @Nullable String streamSeq;
    private @Nullable Producer closedBy;

    /** Whether a record has something to remember. */
    static boolean isIn(LogRecord.Appended record) {
        return record.producer() != null || record.streamSeq() != null;
    }

    /** The writers in a description, or null if it has none. */
    static @Nullable WriterState of(StreamMeta meta) {
        if (meta.producers().isEmpty() && meta.streamSeq() == null && meta.closedBy() == null) {
            return null;
        }
        WriterState writers = new WriterState();
        for (KnownProducer producer : meta.producers()) {
            writers.producers.accept(producer.last(), 0, producer.usedMillis());
        }
        writers.streamSeq = meta.streamSeq();
        writers.closedBy = writers.known(meta.closedBy());
        return writers;
    }

    /** The producer's request as the table has it, if it is the last one of that producer, so that it takes no heap. */
    private @Nullable Producer known(@Nullable Producer producer) {
        Producer last = producer == null ? null : producers.last(producer.id());
        return producer != null && producer.equals(last) ? last : producer;
    }

    void apply(LogRecord.Appended record) {
        Producer producer = record.producer();
        if (producer != null) {
            producers.accept(producer, record.evictions(), record.atMillis());
        }
        if (record.streamSeq() != null) {
            streamSeq = record.streamSeq();
        }
        if (record.close()) {
            closedBy = producer;
        }
    }

    /** The state that {@link #undo} restores. */
    record Mark(@Nullable Producer closedBy, @Nullable String streamSeq, ProducerTable.@Nullable Mark producers) {}

    /** The state before {@code next} is applied. */
    Mark mark(LogRecord.Appended next) {
        Producer producer = next.producer();
        return new Mark(closedBy, streamSeq, producer == null ? null : producers.mark(producer, next.evictions()));
    }

    /** Reverts the last applied record. */
    void undo(Mark mark) {
        closedBy = mark.closedBy();
        streamSeq = mark.streamSeq();
        if (mark.producers() != null) {
            producers.undo(mark.producers());
        }
    }

    ProducerTable producers() {
        return producers;
    }

    @Nullable
    String streamSeq() {
        return streamSeq;
    }

    @Nullable
    Producer closedBy() {
        return closedBy;
    }

    /** The heap that all of this takes. */
    long heapBytes() {
        String seq = streamSeq;
        return HEAP_BYTES + producers.heapBytes() + (seq == null ? 0 : HeapSize.of(seq));
    }
}
