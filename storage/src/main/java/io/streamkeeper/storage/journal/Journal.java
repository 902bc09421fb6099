package io.streamkeeper.storage.journal;

import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.storage.disk.StorageBusyException;
import io.streamkeeper.storage.disk.StorageFailedException;
import io.streamkeeper.storage.disk.StorageFullException;
import io.streamkeeper.storage.memory.Block;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.Payload;

/**
 * The log of one shard: takes records in order and tells when they are durable. Owned by the shard's loop, on which its
 * {@link Listener} is called too, whatever threads the journal has inside.
 *
 * <p>A payload is copied once, from the request's buffer into the journal's open block, or, if it is long, taken over with the
 * memory that it arrived in; the stream's content refers to the block of either from then on.
 */
public interface Journal extends AutoCloseable {
    /** A journal that takes nothing. */
    Journal NONE = new Journal() {
        @Override
        public void listen(Listener listener) {}

        @Override
        public Staged stage(LogRecord record, Payload payload) {
            throw new IllegalStateException("there is no journal");
        }

        @Override
        public long lastLsn() {
            return 0;
        }

        @Override
        public void fail(StorageFailedException reason) {}

        @Override
        public long durableLsn() {
            return 0;
        }

        @Override
        public void whenSynced(long lsn, Synced then) {
            then.synced();
        }

        @Override
        public void close() {}
    };

    /** Told what becomes of staged records, on the shard's loop. */
    interface Listener {
        /** One that nothing comes of. */
        Listener NONE = new Listener() {
            @Override
            public void durable(long lsn) {}

            @Override
            public void refused(long firstLsn, Refusal refusal) {}

            @Override
            public void failed(StorageFailedException reason) {}
        };

        /** Everything up to {@code lsn} is durable. */
        void durable(long lsn);

        /**
         * Nothing from {@code firstLsn} on was kept, and none of it will be: it must be undone, last first. The journal
         * goes on behind it.
         */
        void refused(long firstLsn, Refusal refusal);

        /** What is not durable by now never will be, nor anything else (I9). */
        void failed(StorageFailedException reason);
    }

    /** Names who is told of records that were not durable at once; called before the first one is staged. */
    void listen(Listener listener);

    /**
     * Takes a record into the open batch.
     *
     * @return where its payload lies
     * @throws StorageFullException if there is no room; nothing was taken then
     * @throws StorageBusyException if too much waits to be written; nothing was taken then
     * @throws StorageFailedException if nothing can become durable any more
     */
    Staged stage(LogRecord record, Payload payload);

    /** Ends the open batch: what is staged from now on is refused or kept apart from it, where the journal has batches. */
    default void endBatch() {}

    /** Whether the backlog is past its first bound if {@code bytes} come: writers that can wait should. */
    default boolean isPressed(int bytes) {
        return false;
    }

    /** The place of the record that was staged last. */
    long lastLsn();

    /** Nothing more is staged, nor acknowledged (I9); the listener is told, the first time. */
    void fail(StorageFailedException reason);

    /** Every record up to this place is durable. */
    long durableLsn();

    /** Waits for a sync, see {@link #whenSynced}; called on the shard's loop. */
    interface Synced {
        /** What was waited for is synced. */
        void synced();

        /** It never will be: the journal has failed. */
        default void failed(StorageFailedException reason) {}
    }

    /**
     * Calls {@code then} once every record up to {@code lsn}, which is durable, survives a power cut too: at once where
     * durable means that, else after a sync that many may share. For what another shard is to rely on, whose own log is
     * synced without this one.
     */
    void whenSynced(long lsn, Synced then);

    /** Lets go of what the journal holds; the streams' own references stay valid. */
    @Override
    void close();

    /**
     * A record that was taken.
     *
     * @param lsn its place in the log
     * @param block where the payload was copied to
     * @param position the payload's first byte in {@code block}
     */
    record Staged(long lsn, Block block, int position) {}
}
