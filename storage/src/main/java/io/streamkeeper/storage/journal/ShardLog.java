package io.streamkeeper.storage.journal;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.storage.memory.MemoryBudget;
import java.io.IOException;

/**
 * The log that a shard has kept, as a start finds it: its records are replayed, then it is opened as the
 * {@link Journal} that continues it. Used by one thread, which may block; the journal belongs to the shard's loop.
 */
public interface ShardLog {
    /** Takes what is replayed. */
    interface Visitor {
        /** Memory for records: at least {@code bytes} long, owned by the visitor. */
        ByteBuf buffer(int bytes);

        /**
         * Records that follow each other in the log and in {@code buffer}.
         *
         * @param buffer what {@link #buffer} returned last
         * @param index where they begin
         * @param length how many bytes they have together
         * @param firstLsn the first one's lsn; each further one has the next
         * @param count how many there are
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
     * Opens the journal, after {@link #replay}: makes durable what was replayed, and removes what no start needs.
     *
     * @param memory bounds what is staged and not yet in extents
     * @param lastLsn the last lsn that anything refers to; the next record has the next
     * @param threads that the journal may use; its listener is called on their loop
     */
    Journal open(MemoryBudget memory, long lastLsn, ShardThreads threads) throws IOException;

    /** What messages call the log. */
    @Override
    String toString();
}
