package io.streamkeeper.storage.journal;

/**
 * Receives the measurements that a shard takes of its own work, for operators. Called on the shard's loop; other
 * threads pass their measurements to the loop together with their results.
 */
public interface ShardFigures {
    /** Ignores all measurements. */
    ShardFigures NONE = new ShardFigures() {
        @Override
        public void committed(int records, long bytes, long syncNanos) {}

        @Override
        public void refused() {}

        @Override
        public void failed() {}

        @Override
        public void checkpointed(long bytes, long nanos) {}

        @Override
        public void compacted(long bytes, long nanos) {}

        @Override
        public void abandoned(boolean isCheckpoint) {}

        @Override
        public void duplicate() {}
    };

    /**
     * A group commit has made records durable; called before they are acknowledged.
     *
     * @param bytes the number of bytes written
     * @param syncNanos the duration of the sync, or -1 if there was none
     */
    void committed(int records, long bytes, long syncNanos);

    /** The disk has refused a group commit, which is undone. */
    void refused();

    /** The shard acknowledges nothing more. */
    void failed();

    /** A checkpoint has written a file. */
    void checkpointed(long bytes, long nanos);

    /** A compaction has written a file, or found nothing to keep. */
    void compacted(long bytes, long nanos);

    /** A checkpoint or a compaction was abandoned. */
    void abandoned(boolean isCheckpoint);

    /** An append was recognised as a duplicate of an earlier one of its producer. */
    void duplicate();
}
