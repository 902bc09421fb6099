package io.streamkeeper.cluster;

import io.streamkeeper.cluster.ChangeStatus.State;
import io.streamkeeper.cluster.LogStatus.Role;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The changes of the members that this member makes while it leads, one at a time. A change is one entry of the log for
 * the old and the new members together, committed by a majority of both, and one for the new members alone; before that
 * a new member has nearly all of the log, so that it helps at once. Safe for use by any thread that may block.
 *
 * <pre>
 *   refused ◀── begin ──▶ RUNNING ──▶ DONE
 *                            └──────▶ FAILED
 * </pre>
 */
final class MemberChanges {
    private static final Logger LOG = LoggerFactory.getLogger(MemberChanges.class);

    /** What a change needs of the log and of the other members. */
    interface Cluster {
        LogStatus status();

        /** Whether the members are between two configurations. */
        boolean isChanging();

        /** The index that a member has synced which the leader sends the log to, or -1. */
        long match(String name);

        /** Asks a process who it is. */
        PeerGreeting greet(Member member) throws IOException;

        /** Identifies the log of the cluster. */
        UUID group();

        /** Completes when the members are these, with nothing, or with the reason why they are not. */
        CompletableFuture<Optional<String>> setMembers(List<Member> members);

        CompletableFuture<Boolean> transferLeadership();
    }

    private record Begun(MemberChange change, CompletableFuture<Optional<String>> end) {}

    private final ClusterConfig config;
    private final Cluster cluster;
    private volatile @Nullable Begun last;

    MemberChanges(ClusterConfig config, Cluster cluster) {
        this.config = config;
        this.cluster = cluster;
    }

    /** Begins a change, unless that must not be, or it runs; does not wait for its end. */
    synchronized ChangeStatus begin(MemberChange change) {
        LogStatus log = cluster.status();
        if (log.role() != Role.LEADER || log.epoch() == 0) {
            return ChangeStatus.of(State.NOT_LEADING, change);
        }
        Begun running = last;
        if (running != null && !running.end.isDone()) {
            return running.change.equals(change)
                    ? state()
                    : ChangeStatus.because(
                            State.REFUSED,
                            change,
                            "another change runs: " + running.change.text() + "; wait for its end");
        }
        List<Member> members =
                log.members().stream().map(MemberProgress::member).toList();
        if (change.isDone(members)) {
            return ChangeStatus.of(State.DONE, change);
        }
        try {
            List<Member> changed = change.appliedTo(members);
            requireMajority(log, change, changed);
            if (config.self().equals(change.removed())) {
                return handOver(change);
            }
            requireNewMember(change.added());
            return begin(change, changed);
        } catch (IllegalArgumentException e) {
            return ChangeStatus.because(State.REFUSED, change, String.valueOf(e.getMessage()));
        }
    }

    private ChangeStatus begin(MemberChange change, List<Member> changed) {
        LOG.info("the members of the cluster {} change: {}", config.cluster(), change.text());
        CompletableFuture<Optional<String>> end = cluster.setMembers(changed);
        last = new Begun(change, end);
        end.thenAccept(reason -> {
            if (reason.isEmpty()) {
                LOG.info(
                        "the members of the cluster {} are {} from now on",
                        config.cluster(),
                        changed.stream().map(Member::name).toList());
            } else {
                LOG.warn("the members of the cluster {} have not changed: {}", config.cluster(), reason.get());
            }
        });
        return state();
    }

    /** The change that runs, or the last one that this member has begun. */
    ChangeStatus state() {
        Begun begun = last;
        if (begun == null) {
            return ChangeStatus.of(State.NONE, null);
        }
        Optional<String> reason = begun.end.getNow(null);
        if (reason != null) {
            return reason.isEmpty()
                    ? ChangeStatus.of(State.DONE, begun.change)
                    : ChangeStatus.because(State.FAILED, begun.change, reason.get());
        }
        Member added = begun.change.added();
        return new ChangeStatus(
                State.RUNNING,
                begun.change,
                null,
                added == null ? -1 : cluster.match(added.name()),
                cluster.status().committed());
    }

    /** What the change leaves must be able to decide: else it would never end, and nothing would be written. */
    private void requireMajority(LogStatus log, MemberChange change, List<Member> changed) {
        long silentMillisMax = 3L * config.limits().electionTimeoutMillis();
        List<String> reached = log.members().stream()
                .filter(known -> changed.contains(known.member()))
                .filter(known -> known.contactMillis() >= 0 && known.contactMillis() <= silentMillisMax)
                .map(known -> known.member().name())
                .toList();
        int count = reached.size() + (change.added() == null ? 0 : 1);
        int majority = changed.size() / 2 + 1;
        if (count < majority) {
            throw new IllegalArgumentException("only " + String.join(", ", reached) + " of the members "
                    + String.join(", ", changed.stream().map(Member::name).toList())
                    + " would be reached, and a majority is " + majority + "; start the others first");
        }
    }

    private void requireNewMember(@Nullable Member added) {
        if (added == null) {
            return;
        }
        PeerGreeting greeting;
        try {
            greeting = cluster.greet(added);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "the member " + added.name() + " does not answer at " + added.address()
                            + "; start it before it is added, and wait until it has received the state of the cluster",
                    e);
        }
        if (!greeting.member().equals(added.name()) || !greeting.cluster().equals(config.cluster())) {
            throw new IllegalArgumentException("the member at " + added.address() + " is " + greeting.member()
                    + " of the cluster " + greeting.cluster() + ", and not " + added.name() + " of "
                    + config.cluster());
        }
        if (!greeting.group().equals(cluster.group())) {
            throw new IllegalArgumentException("the member " + added.name() + " at " + added.address()
                    + " is in another cluster with the name " + config.cluster()
                    + "; start it with an empty directory and without --cluster-create");
        }
    }

    /** Another member shall lead, and remove this one. */
    private ChangeStatus handOver(MemberChange change) {
        try {
            boolean hasLeader = cluster.transferLeadership()
                    .get(3L * config.limits().electionTimeoutMillis(), TimeUnit.MILLISECONDS);
            if (hasLeader) {
                return ChangeStatus.of(State.NOT_LEADING, change);
            }
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("the leadership was not handed over for the change {}", change, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return ChangeStatus.because(
                State.REFUSED, change, "this member leads, and no other one has taken the lead; try again");
    }
}
