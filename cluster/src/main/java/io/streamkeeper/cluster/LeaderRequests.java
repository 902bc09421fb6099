package io.streamkeeper.cluster;

import io.streamkeeper.cluster.ChangeStatus.State;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes changes of the members on to the leader, or to the next one if it leads no more. Safe for use by any thread. */
final class LeaderRequests {
    private static final Logger LOG = LoggerFactory.getLogger(LeaderRequests.class);
    private static final long WAIT_NANOS_MAX = TimeUnit.SECONDS.toNanos(8);
    private static final long RETRY_MILLIS = 200;
    private static final long ANSWER_MILLIS_MAX = 8_000;

    private final ClusterConfig config;
    private final Supplier<@Nullable String> leader;
    private final Supplier<List<Member>> members;
    private final PeerRequests own;
    private final Executor thread;

    /** Requests on {@code thread}, which may block; {@code own} answers where this member leads. */
    LeaderRequests(
            ClusterConfig config,
            Supplier<@Nullable String> leader,
            Supplier<List<Member>> members,
            PeerRequests own,
            Executor thread) {
        this.config = config;
        this.leader = leader;
        this.members = members;
        this.own = own;
        this.thread = thread;
    }

    /**
     * Begins a change at the leader, or returns the state of the last one.
     *
     * @param change null for the state
     */
    CompletableFuture<ChangeStatus> change(@Nullable MemberChange change) {
        return change(MemberRequests.change(change), System.nanoTime() + WAIT_NANOS_MAX);
    }

    private CompletableFuture<ChangeStatus> change(byte[] request, long deadlineNanos) {
        return CompletableFuture.supplyAsync(() -> ask(request), thread).thenCompose(status -> {
            if (status.state() != State.NOT_LEADING || System.nanoTime() - deadlineNanos > 0) {
                return CompletableFuture.completedFuture(status);
            }
            Executor later = CompletableFuture.delayedExecutor(RETRY_MILLIS, TimeUnit.MILLISECONDS);
            return CompletableFuture.supplyAsync(() -> change(request, deadlineNanos), later)
                    .thenCompose(next -> next);
        });
    }

    private ChangeStatus ask(byte[] request) {
        String name = leader.get();
        try {
            if (config.self().equals(name)) {
                return ChangeStatus.parse(own.answer(request));
            }
            for (Member member : members.get()) {
                if (member.name().equals(name)) {
                    return ask(member, request);
                }
            }
        } catch (IOException e) {
            LOG.debug("the leader {} does not answer", name, e);
            return ChangeStatus.because(State.NOT_LEADING, null, String.valueOf(e.getMessage()));
        }
        return ChangeStatus.because(State.NOT_LEADING, null, "no leader is known");
    }

    private ChangeStatus ask(Member member, byte[] request) throws IOException {
        try (PeerClient client = new PeerClient(member, config.tls())) {
            return ChangeStatus.parse(client.ask(request, ANSWER_MILLIS_MAX));
        }
    }
}
