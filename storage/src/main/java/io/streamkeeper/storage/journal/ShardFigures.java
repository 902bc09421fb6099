package io.streamkeeper.storage.journal;

/**
 * Receives what a shard measures of its own work, for those who run it. Called on the shard's loop; what other threads
 * measure is handed over together with what they report.
 */
public interface ShardFigures {
    /** Keeps nothing. */
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
     * @param bytes that were written
     * @param syncNanos how long the sync took, or -1 where there was none
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

    /** An append was recognised as a duplicate of one that its producer has made before. */
    void duplicate();
}
