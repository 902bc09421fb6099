package io.streamkeeper.cluster;

/**
 * What a member has done since its start.
 *
 * @param frames frames of records that it has proposed
 * @param records records in these frames
 * @param barriers barriers of reads that have ended, also without a leader
 * @param barrierNanos the sum of the times for which these were awaited
 */
public record ClusterFigures(long frames, long records, long barriers, long barrierNanos) {}
