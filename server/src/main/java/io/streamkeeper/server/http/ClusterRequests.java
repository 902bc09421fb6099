package io.streamkeeper.server.http;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.LiveMode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.forward.Forwarding;
import io.streamkeeper.server.http.parse.RequestParser;
import io.streamkeeper.server.http.request.HeaderName;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.request.Method;
import io.streamkeeper.server.http.route.Answering;
import io.streamkeeper.server.http.route.Route;
import io.streamkeeper.server.http.route.Routes;
import io.streamkeeper.server.metrics.Operation;
import io.streamkeeper.server.shard.LoopTasks;
import io.streamkeeper.server.shard.Shard;
import io.streamkeeper.storage.shard.Reply;
import io.streamkeeper.storage.shard.ShardStore;
import java.util.function.Consumer;

/**
 * The requests of one connection to a member of a cluster. What changes a stream, or concerns subscriptions, is passed on
 * to the leader. A read waits at the gate of its loop, because its response depends on the end of the stream, or on
 * whether there is one; then the copy of this member answers it, unless the life of the stream restarts with
 * each use: then only the leader knows whether there is still one. Owned by the connection's loop.
 *
 * <p>While one of them waits at the gate, no other request of the connection begins.
 */
final class ClusterRequests {
    private final ConnectionHandler connection;
    private final Forwarding forwarding;
    private boolean waits;

    /** How many requests that are passed on have no response yet. */
    private int passedOn;

    ClusterRequests(ConnectionHandler connection, Forwarding forwarding) {
        this.connection = connection;
        this.forwarding = forwarding;
    }

    static Refusal noLeader() {
        return Refusal.of(ErrorCode.NO_LEADER, "no leader of the cluster can be reached; try again later");
    }

    static Refusal tooManyWait() {
        return Refusal.of(
                ErrorCode.OVERLOADED, "too many requests wait for the leader of the cluster; try again later");
    }

    /** A request that depends on what the leader knows was decided by this member, which does not lead any more. */
    static Refusal leadsNoMore() {
        return Refusal.of(
                ErrorCode.NO_LEADER,
                "this member does not lead the cluster any more, and has not executed the request; try again later");
    }

    /** Whether a request waits at the gate. */
    boolean isWaiting() {
        return waits;
    }

    // ---- writes ----

    /**
     * Passes a request on to the leader if it has to be, and owns it then; returns false for any other. A request that
     * follows one that is passed on waits for its turn too, even if this member leads by now: they execute in order.
     */
    boolean passesOn(Exchange exchange, HttpRequest request) {
        if ((forwarding.replica().leads() && passedOn == 0) || !isForLeader(request)) {
            return false;
        }
        if (request.has(HeaderName.X_STREAM_FORWARDED)) {
            request.release();
            exchange.operation(
                    RequestExecution.operation(request, connection.listener().routes()));
            exchange.ready(connection.writer().refused(exchange, notLeading(), null));
        } else {
            passOn(exchange, request, false, false);
        }
        return true;
    }

    private static Refusal notLeading() {
        return Refusal.of(
                ErrorCode.NO_LEADER,
                "another member has passed the request on, but this one does not lead either; try again later");
    }

    private boolean isForLeader(HttpRequest request) {
        Routes routes = connection.listener().routes();
        Route route = routes.find(request.path());
        return route == null ? isChange(request, routes) : route.use().operation() == Operation.SUBSCRIPTION;
    }

    private static boolean isChange(HttpRequest request, Routes routes) {
        Method method = request.method();
        return routes.isOfStreams(request.path())
                && !RequestParser.isForStreams(request, routes)
                && (method == Method.PUT || method == Method.POST || method == Method.DELETE || method == Method.PATCH);
    }

    private void passOn(Exchange exchange, HttpRequest request, boolean isEvents, boolean isLive) {
        Routes routes = connection.listener().routes();
        exchange.operation(RequestExecution.operation(request, routes));
        passedOn++;
        exchange.session(
                new ForwardedResponse(connection, exchange, forwarding, request, isEvents, isLive, () -> passedOn--));
        connection.line().advance();
    }

    /** Where the outcome of a change goes that this member decides. */
    Reply replyOf(Exchange exchange) {
        return new ConfirmedReply(connection, exchange, forwarding.replica());
    }

    /** Where the answer to a request about subscriptions goes that this member decides. */
    Answering answeringOf(Exchange exchange, HttpRequest request) {
        return new ConfirmedAnswering(connection, exchange, request.method(), forwarding.replica());
    }

    // ---- reads ----

    /** Executes {@code read} when this member has everything that was acknowledged before; else refuses the request. */
    void gate(Exchange exchange, Runnable read) {
        gate(exchange, read, () -> refuse(exchange, noLeader()), () -> {});
    }

    /** The same for a request that {@code read} owns; it is released if it is not executed. */
    void gateOwned(Exchange exchange, HttpRequest request, Runnable read) {
        exchange.operation(
                RequestExecution.operation(request, connection.listener().routes()));
        Runnable otherwise = () -> {
            request.release();
            refuse(exchange, noLeader());
        };
        gate(exchange, read, otherwise, request::release);
    }

    /** Runs {@code otherwise} without a leader, and {@code dropped} if neither is run. */
    private void gate(Exchange exchange, Runnable read, Runnable otherwise, Runnable dropped) {
        waits = connection.loop().leader().gate().await(hasPassed -> passed(hasPassed ? read : otherwise, dropped));
        if (!waits) {
            dropped.run();
            refuse(exchange, tooManyWait());
        }
    }

    private void passed(Runnable next, Runnable dropped) {
        waits = false;
        if (connection.hasEnded() || !connection.channel().isActive()) {
            dropped.run();
            return;
        }
        try {
            next.run();
        } catch (RuntimeException | Error e) {
            connection.failed(e);
        }
        connection.readOn();
    }

    private void refuse(Exchange exchange, Refusal refusal) {
        exchange.ready(connection.writer().refused(exchange, refusal, null));
    }

    /**
     * Executes a read of a stream at the gate, and {@code local} if this member answers it. Without a leader, stored
     * bytes before the end that this member knows are returned all the same, if the request names a place in the stream.
     */
    void read(Exchange exchange, Command.Read read, Runnable local) {
        Runnable otherwise = () -> {
            if (read.live() == LiveMode.NONE && !read.isRanged()) {
                exchange.readsStoredOnly();
                local.run();
            } else {
                refuse(exchange, noLeader());
            }
        };
        gate(exchange, () -> readHere(exchange, read.path(), read.live(), local), otherwise, () -> {});
    }

    /** The same for a request about a stream that is no use of it. */
    void describe(Exchange exchange, StreamPath path, Runnable local) {
        gate(exchange, () -> readHere(exchange, path, LiveMode.NONE, local));
    }

    /** Passes a read on whose answer only the leader knows, see {@link ShardStore#hasSlidingLife}; it may be a use. */
    private void readHere(Exchange exchange, StreamPath path, LiveMode live, Runnable local) {
        if (forwarding.replica().leads()) {
            local.run();
            return;
        }
        waits = true;
        Shard shard = connection.server().shards().of(path);
        Consumer<Boolean> known = slides -> LoopTasks.run(
                connection.channel().eventLoop(),
                () -> passed(() -> readOrPassOn(exchange, slides, live, local), () -> {}));
        shard.step(
                refusal -> known.accept(false), () -> known.accept(shard.store().hasSlidingLife(path)));
    }

    private void readOrPassOn(Exchange exchange, boolean slides, LiveMode live, Runnable local) {
        HttpRequest request = exchange.request();
        if (!slides || request == null || forwarding.replica().leads()) {
            local.run();
        } else if (request.has(HeaderName.X_STREAM_FORWARDED)) {
            refuse(exchange, notLeading());
        } else {
            passOn(exchange, request, live == LiveMode.SSE, live != LiveMode.NONE);
        }
    }
}
