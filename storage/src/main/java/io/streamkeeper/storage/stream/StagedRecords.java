package io.streamkeeper.storage.stream;

import io.streamkeeper.storage.record.StreamConfig;

/**
 * The appends and changes of properties of a stream that are staged and not durable: their number, and what readers see
 * meanwhile (I2). The number, not a comparison with the staged state, says whether any is left, because one change may
 * revert another. Part of {@link StreamState}; owned by the shard's loop.
 */
final class StagedRecords {
    private StreamConfig config;
    private int appendedSeconds;
    private int count;

    /** No record yet; with what readers see. */
    StagedRecords(StreamConfig config, int appendedSeconds) {
        this.config = config;
        this.appendedSeconds = appendedSeconds;
    }

    StreamConfig config() {
        return config;
    }

    /** See {@link StreamState#stagedAppendSeconds}. */
    int appendedSeconds() {
        return appendedSeconds;
    }

    void added() {
        count++;
    }

    /** A change of the properties is durable. */
    void durable(StreamConfig changed) {
        config = changed;
    }

    /** An append is durable. */
    void durable(int seconds) {
        appendedSeconds = seconds;
    }

    /** One of the records is durable or reverted; returns whether none is left. */
    boolean ended() {
        count--;
        return count == 0;
    }
}
