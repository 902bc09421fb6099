package io.streamkeeper.cluster.store;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.cluster.FrameSource;
import io.streamkeeper.cluster.LogPosition;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.journal.ShardLog;
import io.streamkeeper.storage.journal.ShardThreads;
import io.streamkeeper.storage.memory.MemoryBudget;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The records of one shard in the replicated log, up to the place from which the member continues. */
final class ShardReplay implements ShardLog {
    private static final int BUFFER_BYTES = 1 << 20;

    private final int shard;
    private final FrameSource log;
    private final LogPosition end;
    private final Opening opening;
    private Journal.ReplayStart begin = new Journal.ReplayStart(0, 0);
    private long lastLsn;
    private AppliedFrames frames = new AppliedFrames(0, 0);

    /** Opens the journal that continues the records. */
    interface Opening {
        /**
         * The journal of the shard.
         *
         * @param begin where the replay began
         * @param frames where the records after that are
         */
        Journal open(
                MemoryBudget memory,
                long lastLsn,
                Journal.ReplayStart begin,
                AppliedFrames frames,
                ShardThreads threads);
    }

    /**
     * The records of a shard.
     *
     * @param end the place up to which all shards replay, where {@code log} ends
     */
    ShardReplay(int shard, FrameSource log, LogPosition end, Opening opening) {
        this.shard = shard;
        this.log = log;
        this.end = end;
        this.opening = opening;
    }

    @Override
    public long replay(Journal.ReplayStart start, Visitor visitor) throws IOException {
        long first = start.applied().index() < 0 ? 0 : start.location();
        begin = start;
        lastLsn = start.lsn();
        frames = new AppliedFrames(lastLsn, first);
        Pass pass = new Pass(visitor);
        log.replay(first, pass::frame);
        return lastLsn;
    }

    /** Copies the records of one pass into the memory of the visitor. */
    private final class Pass {
        private final Visitor visitor;
        private ByteBuf buffer = Unpooled.EMPTY_BUFFER;

        Pass(Visitor visitor) {
            this.visitor = visitor;
        }

        void frame(long from, LogPosition at, ByteBuffer frame) throws IOException {
            try {
                RecordFrame.check(frame);
                if (!RecordFrame.isLeader(frame)) {
                    for (RecordFrame.Section section : RecordFrame.sections(frame)) {
                        if (section.shard() == shard && section.lastLsn() > lastLsn) {
                            records(from, at, section);
                        }
                    }
                }
            } catch (IllegalArgumentException e) {
                throw new IOException("the frame at " + at + " of the log cannot be read: " + e.getMessage(), e);
            }
        }

        private void records(long from, LogPosition at, RecordFrame.Section section) throws IOException {
            if (section.firstLsn() > lastLsn + 1) {
                throw new IOException("the log has record " + section.firstLsn() + " of shard " + shard + " at " + at
                        + ", where record " + (lastLsn + 1) + " is expected: records are missing");
            }
            int length = section.records().remaining();
            if (buffer.writableBytes() < length) {
                buffer = visitor.buffer(Math.max(length, BUFFER_BYTES));
            }
            int index = buffer.writerIndex();
            buffer.writeBytes(section.records());
            visitor.records(buffer, index, length, section.firstLsn(), section.count());
            lastLsn = section.lastLsn();
            frames.add(section.firstLsn(), lastLsn, from, at.index());
        }
    }

    @Override
    public Journal open(MemoryBudget memory, long neededLsn, ShardThreads threads) throws IOException {
        if (neededLsn > lastLsn) {
            throw new IOException(
                    "the extents of shard " + shard + " have record " + neededLsn + ", and the log of this"
                            + " member up to " + end + " ends with record " + lastLsn
                            + " of that shard; the log and the data directory are not of the same member or time");
        }
        return opening.open(memory, lastLsn, begin, frames, threads);
    }

    @Override
    public String toString() {
        return "the replicated log up to " + end;
    }
}
