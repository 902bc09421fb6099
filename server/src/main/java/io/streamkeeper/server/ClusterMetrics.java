package io.streamkeeper.server;

import io.streamkeeper.cluster.ClockSkew;
import io.streamkeeper.cluster.ClusterFigures;
import io.streamkeeper.cluster.ClusterStatus;
import io.streamkeeper.cluster.LogStatus;
import io.streamkeeper.cluster.LogStatus.Role;
import io.streamkeeper.cluster.MemberProgress;
import io.streamkeeper.server.forward.Forwarding;
import io.streamkeeper.server.metrics.Metric;
import io.streamkeeper.server.metrics.MetricsSnapshot;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** The metrics of a member of a cluster; only one loads this class. */
final class ClusterMetrics {
    /** A member that was heard of within this time counts as reached. */
    private static final long REACHED_MILLIS_MAX = 10_000;

    private ClusterMetrics() {}

    static void add(MetricsSnapshot.Builder snapshot, ClusterStatus status, Forwarding forwarding) {
        ClusterFigures figures = status.figures();
        snapshot.add(Metric.CLUSTER_FRAMES, figures.frames())
                .add(Metric.CLUSTER_RECORDS, figures.records())
                .add(Metric.CLUSTER_BARRIERS, figures.barriers())
                .addNanos(Metric.CLUSTER_BARRIER_SECONDS, figures.barrierNanos());
        if (status.logBytes() >= 0) {
            snapshot.add(Metric.CLUSTER_LOG_BYTES, status.logBytes());
        }
        for (Forwarding.Result result : Forwarding.Result.values()) {
            snapshot.add(
                    Metric.CLUSTER_FORWARDED,
                    forwarding.count(result),
                    result.name().toLowerCase(Locale.ROOT));
        }
        LogStatus log = status.log();
        if (log != null) {
            addLog(snapshot, log);
        }
    }

    private static void addLog(MetricsSnapshot.Builder snapshot, LogStatus log) {
        for (Role role : Role.values()) {
            snapshot.add(
                    Metric.CLUSTER_ROLE, log.role() == role ? 1 : 0, role.name().toLowerCase(Locale.ROOT));
        }
        snapshot.add(Metric.CLUSTER_LEADER_KNOWN, log.leader() == null ? 0 : 1)
                .add(Metric.CLUSTER_TERM, log.term())
                .add(Metric.CLUSTER_LEADER_CHANGES, log.leaderChanges())
                .add(Metric.CLUSTER_COMMITTED_INDEX, log.committed())
                .add(Metric.CLUSTER_DELIVERED_INDEX, log.delivered().index())
                .add(Metric.CLUSTER_IN_FLIGHT_BYTES, log.bytesInFlight())
                .add(Metric.CLUSTER_MEMBERS, log.members().size());
        for (MemberProgress known : log.members()) {
            ClockSkew skew = known.clockSkew();
            if (skew != null) {
                snapshot.addNanos(
                        Metric.CLUSTER_MEMBER_CLOCK_SKEW_SECONDS,
                        TimeUnit.MILLISECONDS.toNanos(skew.millis()),
                        known.member().name());
            }
        }
        if (log.role() == Role.LEADER) {
            addMembers(snapshot, log);
        }
    }

    private static void addMembers(MetricsSnapshot.Builder snapshot, LogStatus log) {
        int reached = 0;
        for (MemberProgress known : log.members()) {
            String name = known.member().name();
            reached += known.contactMillis() >= 0 && known.contactMillis() <= REACHED_MILLIS_MAX ? 1 : 0;
            if (!name.equals(log.member())) {
                snapshot.add(Metric.CLUSTER_MEMBER_LAG, log.lagOf(known), name);
                if (known.contactMillis() >= 0) {
                    snapshot.addNanos(
                            Metric.CLUSTER_MEMBER_CONTACT_SECONDS,
                            TimeUnit.MILLISECONDS.toNanos(known.contactMillis()),
                            name);
                }
            }
        }
        snapshot.add(Metric.CLUSTER_MEMBERS_REACHED, reached);
    }
}
