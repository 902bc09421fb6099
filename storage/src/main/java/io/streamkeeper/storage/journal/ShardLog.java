package io.streamkeeper.storage.journal;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.storage.memory.MemoryBudget;
import java.io.IOException;

/**
 * The stored log of a shard, as a start finds it. Its records are replayed; then it is opened as the {@link Journal}
 * that continues it. Used by one thread, which may block; the journal belongs to the shard's loop.
 */
public interface ShardLog {
    /** Receives the replayed records. */
    interface Visitor {
        /** Memory for records: at least {@code bytes} long, owned by the visitor. */
        ByteBuf buffer(int bytes);

        /**
         * Records that follow each other in the log and in {@code buffer}.
         *
         * @param buffer the latest result of {@link #buffer}
         * @param index where they begin
         * @param length their total number of bytes
         * @param firstLsn the lsn of the first record; each further record has the next
         * @param count the number of records
         */
        void records(ByteBuf buffer, int index, int length, long firstLsn, int count) throws IOException;
    }

    /**
     * Replays the durable records after {@code start}, in order, and perhaps some before it. Changes nothing.
     *
     * @return the last lsn that the log has used
     * @throws IOException if a durable record is missing or damaged (I10)
     */
    long replay(Journal.ReplayStart start, Visitor visitor) throws IOException;

    /**
     * Opens the journal, after {@link #replay}: makes the replayed records durable, and removes the files that no start
     * needs.
     *
     * @param memory bounds the records that are staged and not in extents yet
     * @param lastLsn the last lsn that anything refers to; the next record gets the next lsn
     * @param threads that the journal may use; its listener is called on their loop
     */
    Journal open(MemoryBudget memory, long lastLsn, ShardThreads threads) throws IOException;

    /** The name of the log in messages. */
    @Override
    String toString();
}
