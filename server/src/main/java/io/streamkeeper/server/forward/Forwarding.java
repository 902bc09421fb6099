package io.streamkeeper.server.forward;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.streamkeeper.server.config.ClusterSettings.Routing;
import io.streamkeeper.server.outbound.ClientTls;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** How the requests of a member reach the leader; shared by its loops. Safe for use by any thread. */
public final class Forwarding {
    /** How many requests wait for a leader; a further one is refused. */
    static final int WAITING_MAX = 1_000;

    private final Replica replica;
    private final Routing routing;
    private final Class<? extends Channel> channel;
    private final ClientTls tls;
    private final Executor workers;
    private final AtomicInteger waiting = new AtomicInteger();
    private final Map<Result, LongAdder> counts = new EnumMap<>(Result.class);

    /** What became of a request that only the leader can execute. */
    public enum Result {
        /** The leader has sent the whole response. */
        PASSED,
        /** The client was redirected. */
        REDIRECTED,
        /** This member became the leader, and has executed it. */
        EXECUTED,
        /** It was refused, because there was no leader, or no room. */
        REFUSED,
        /** The leader was lost after it may have received it. */
        UNKNOWN,
        /** The leader was lost during its response. */
        CUT_OFF
    }

    /**
     * The part of one loop.
     *
     * @param gate at which its reads wait
     * @param client sends its requests
     */
    public record OfLoop(ReadGate gate, LeaderClient client) {}

    /**
     * Passes requests on as {@code routing} says.
     *
     * @param channel the class of sockets of the server's loops
     * @param tls for leaders that advertise a URL of https
     * @param workers resolve names and compute handshakes
     */
    public Forwarding(
            Replica replica, Routing routing, Class<? extends Channel> channel, ClientTls tls, Executor workers) {
        this.replica = replica;
        this.routing = routing;
        this.channel = channel;
        this.tls = tls;
        this.workers = workers;
        for (Result result : Result.values()) {
            counts.put(result, new LongAdder());
        }
    }

    /** A request has ended. */
    public void ended(Result result) {
        adder(result).increment();
    }

    /** How many requests have ended in that way. */
    public long count(Result result) {
        return adder(result).sum();
    }

    private LongAdder adder(Result result) {
        LongAdder adder = counts.get(result);
        if (adder == null) {
            throw new IllegalStateException(result + " is not counted");
        }
        return adder;
    }

    /** What the process is in the cluster. */
    public Replica replica() {
        return replica;
    }

    /** Whether clients are redirected to the leader. */
    public boolean redirects() {
        return routing == Routing.REDIRECT;
    }

    /** The part of {@code loop}. */
    public OfLoop on(EventLoop loop) {
        return new OfLoop(new ReadGate(loop, replica), new LeaderClient(loop, channel, tls, workers));
    }

    /** A request begins to wait for a leader; returns false if too many do. */
    public boolean beginWaiting() {
        if (waiting.incrementAndGet() <= WAITING_MAX) {
            return true;
        }
        waiting.decrementAndGet();
        return false;
    }

    /** Such a request does not wait any more. */
    public void endWaiting() {
        waiting.decrementAndGet();
    }
}
