package io.streamkeeper.storage.tier;

/**
 * When snapshots of the data directory are made, and how many are kept.
 *
 * @param intervalMillis the time from one snapshot to the next; 0 for none
 * @param keptMax how many are kept
 */
public record SnapshotConfig(long intervalMillis, int keptMax) {}
