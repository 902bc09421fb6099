package io.streamkeeper.cluster;

import io.streamkeeper.storage.disk.Clock;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread that asks each other member for its time, again and again. */
final class PeerWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PeerWatch.class);
    private static final long INTERVAL_MILLIS = 2_000;
    private static final long TIMEOUT_MILLIS = 1_000;

    private final String self;
    private final String cluster;
    private final UUID group;
    private final @Nullable PeerTls tls;
    private final Clock clock;
    private final Supplier<List<Member>> members;
    private final ClockSkews skews = new ClockSkews();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    /** The members that are in another cluster. Owned by the thread. */
    private final Set<Member> strangers = new HashSet<>();

    /** Owned by the thread. */
    private final Map<Member, PeerClient> clients = new HashMap<>();

    /** A thread that has not started; {@code members} returns those of the present configuration. */
    PeerWatch(ClusterConfig config, UUID group, Clock clock, Supplier<List<Member>> members) {
        this.self = config.self();
        this.cluster = config.cluster();
        this.group = group;
        this.tls = config.tls();
        this.clock = clock;
        this.members = members;
        this.thread = new Thread(this::run, "cluster-watch-" + self);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    ClockSkews skews() {
        return skews;
    }

    private void run() {
        try {
            do {
                askAll();
            } while (!closed.await(INTERVAL_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            clients.values().forEach(PeerClient::close);
        }
    }

    private void askAll() {
        List<Member> others = members.get().stream()
                .filter(member -> !member.name().equals(self))
                .toList();
        clients.entrySet().removeIf(each -> {
            boolean isGone = !others.contains(each.getKey());
            if (isGone) {
                skews.lost(each.getKey().name());
                each.getValue().close();
            }
            return isGone;
        });
        for (Member member : others) {
            if (closed.getCount() > 0) {
                ask(member);
            }
        }
    }

    private void ask(Member member) {
        long sentMillis = clock.nowMillis();
        long beganNanos = clock.monotonicNanos();
        try {
            byte[] answer = clients.computeIfAbsent(member, to -> new PeerClient(to, tls))
                    .ask(new byte[] {MemberRequests.GREETING}, TIMEOUT_MILLIS);
            long roundTripNanos = clock.monotonicNanos() - beganNanos;
            PeerGreeting greeting = PeerGreeting.parse(answer);
            skews.measured(member.name(), sentMillis, roundTripNanos, greeting.timeMillis());
            note(member, greeting);
        } catch (IOException | RuntimeException e) {
            LOG.debug("member {} does not answer with its time", member.name(), e);
            skews.lost(member.name());
        }
    }

    /** Logs once that a member is in another cluster. */
    private void note(Member member, PeerGreeting greeting) {
        if (greeting.group().equals(group)) {
            strangers.remove(member);
        } else if (strangers.add(member)) {
            LOG.error(
                    "member {} at {} is in another cluster with the name {}: neither receives what the other one"
                            + " acknowledges; end one of the two",
                    member.name(),
                    member.address(),
                    cluster);
        }
    }

    /** Ends the thread, and waits for the request that is under way. */
    @Override
    public void close() {
        closed.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
