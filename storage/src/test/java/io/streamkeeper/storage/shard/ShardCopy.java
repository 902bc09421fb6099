package io.streamkeeper.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.extent.MemoryExtentStore;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.journal.MemoryJournal;
import io.streamkeeper.storage.memory.Block;
import io.streamkeeper.storage.memory.MemoryBudget;
import io.streamkeeper.storage.record.Interned;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.RecordCodec;
import io.streamkeeper.storage.record.StreamMeta;
import io.streamkeeper.storage.stream.Generations;
import io.streamkeeper.storage.stream.ProducerLimits;
import io.streamkeeper.storage.stream.StreamState;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A second store of a shard's streams: the same state, which is given the durable records of the log in order, and
 * decides nothing. It has no clock, no limits and no counts of forks, and logs nothing. Belongs to the thread of its
 * test.
 */
public final class ShardCopy {
    /** A clock that nothing may look at: what time it is, is in the records. */
    private static final class NoClock implements Clock {
        private boolean started;

        @Override
        public long nowMillis() {
            assertThat(started).as("a copy looks at the clock").isFalse();
            return 0;
        }

        @Override
        public long monotonicNanos() {
            assertThat(started).as("a copy looks at the clock").isFalse();
            return 0;
        }
    }

    private final ShardState state;
    private final Interned interned = new Interned();
    private final Map<Long, StreamState> streams = new TreeMap<>();
    private long lastLsn;

    /** The copy of a shard that has nothing. */
    public ShardCopy() {
        NoClock clock = new NoClock();
        MemoryBudget nothing = new MemoryBudget(0);
        Journal journal = new MemoryJournal(nothing);
        this.state = new ShardState(
                journal,
                new MemoryExtentStore(nothing),
                new CommitQueue(journal),
                new ShardClock(clock),
                new Generations(0, 1),
                ProducerLimits.DEFAULT,
                (source, generation, done) -> done.run());
        clock.started = true;
    }

    /**
     * A copy of what a start has found, whose log up to {@code lsn} is not to be had any more. It has none of its
     * bytes.
     */
    public ShardCopy(Collection<StreamMeta> found, long lsn) {
        this();
        lastLsn = lsn;
        for (StreamMeta meta : found) {
            StreamState stream = new StreamState(meta, meta.tail(), meta.messages());
            stream.publishRecovered();
            state.put(stream);
            state.settle(stream);
            streams.put(stream.generation(), stream);
        }
    }

    /** The last record that was applied. */
    public long lastLsn() {
        return lastLsn;
    }

    /**
     * Applies an encoded record, which is durable; returns the stream that it is about, or null if that is dropped by
     * it.
     */
    public @Nullable StreamState apply(long lsn, byte[] record) {
        assertThat(lsn).as("records come in order").isGreaterThan(lastLsn);
        lastLsn = lsn;
        ByteBuf memory = Unpooled.wrappedBuffer(record);
        RecordCodec.Read read = RecordCodec.read(memory, interned);
        LogRecord about = read.record();
        StreamState stream =
                about instanceof LogRecord.Created created ? new StreamState(created) : streams.get(about.generation());
        assertThat(stream).as("the stream of record %d, %s", lsn, about).isNotNull();
        streams.put(stream.generation(), stream);
        Block block = new Block(memory);
        state.apply(about, stream, new Journal.Staged(0, lsn, block, read.payload()), read.runs())
                .publish();
        block.finish();
        if (stream.isDurablyDropped()) {
            streams.remove(stream.generation());
            return null;
        }
        return stream;
    }

    /** All streams by their generations. */
    public Map<Long, StreamState> streams() {
        return streams;
    }

    /** Everything about a stream but its bytes. */
    public static StreamMeta stateOf(StreamState stream) {
        StreamMeta meta = stream.meta();
        return new StreamMeta(
                meta.created(),
                meta.formerGeneration(),
                meta.lastLsn(),
                meta.tail(),
                meta.messages(),
                meta.earliest(),
                meta.kept(),
                meta.closed(),
                meta.deleted(),
                meta.dropped(),
                meta.closedBy(),
                meta.streamSeq(),
                List.copyOf(meta.producers()),
                meta.usedMillis(),
                meta.coveredMillis(),
                meta.appendedSeconds());
    }

    /** What readers see of a stream that is wholly durable. */
    public static List<Object> seenOf(StreamState stream) {
        return List.of(
                stream.durableTail(),
                stream.durableEarliest(),
                stream.isDurablyClosed(),
                stream.isVisible(),
                stream.isDurablyDeleted(),
                stream.expiry(),
                stream.retention(),
                stream.info().appendedSeconds());
    }
}
