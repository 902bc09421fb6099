package io.streamkeeper.storage.journal;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.storage.memory.Block;
import io.streamkeeper.storage.record.Interned;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.RecordCodec;
import java.util.ArrayList;
import java.util.List;

/**
 * Durable records, encoded, that follow each other in the log and in memory: those that a start replays, and those that
 * another process has decided.
 *
 * @param block the memory that contains them
 * @param index where they begin in {@code block}
 * @param length their total number of bytes
 * @param firstLsn the lsn of the first record; each further record has the next
 * @param count the number of records
 */
public record LoggedRecords(Block block, int index, int length, long firstLsn, int count) {
    /** The epoch of durable records: no end of an epoch undoes them. */
    private static final long DURABLE = 0;

    /** Takes the records one after the other. */
    public interface Visitor {
        void record(RecordCodec.Read read, Journal.Staged place);
    }

    public long lastLsn() {
        return firstLsn + count - 1;
    }

    /**
     * Passes each record to {@code visitor}.
     *
     * @throws IllegalArgumentException if one of them is not a record, or {@code visitor} cannot apply it and throws
     *     this exception; the message names the record
     */
    public void forEach(Interned interned, Visitor visitor) {
        ByteBuf records = block.memory().slice(index, length);
        long lsn = firstLsn;
        try {
            for (; lsn <= lastLsn(); lsn++) {
                RecordCodec.Read read = RecordCodec.read(records, interned);
                visitor.record(read, new Journal.Staged(DURABLE, lsn, block, index + read.payload()));
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("record " + lsn + " cannot be applied: " + e.getMessage(), e);
        }
    }

    /** The forks that the records create, in order. */
    public List<LogRecord.Fork> forks() {
        List<LogRecord.Fork> forks = new ArrayList<>();
        forEach(new Interned(), (read, place) -> {
            if (read.record() instanceof LogRecord.Created created && created.fork() != null) {
                forks.add(created.fork());
            }
        });
        return forks;
    }
}
