package io.streamkeeper.cluster;

import org.jspecify.annotations.Nullable;

/**
 * What a member reports of its cluster, at about one moment.
 *
 * @param cluster the name of the cluster
 * @param leaderUrl the URL at which the leader serves; null if that is not known
 * @param notReady why this member should not receive requests; null if it should
 * @param logBytes length of the files of its log; -1 if they cannot be read
 * @param figures what it has done
 * @param log its log, and what it knows of the others; null before it takes part
 */
public record ClusterStatus(
        String cluster,
        @Nullable String leaderUrl,
        @Nullable String notReady,
        long logBytes,
        ClusterFigures figures,
        @Nullable LogStatus log) {}
