package io.streamkeeper.server.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.ListQuery;
import io.streamkeeper.protocol.LiveMode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.config.LiveConfig;
import io.streamkeeper.server.http.parse.Intent;
import io.streamkeeper.server.http.parse.RequestParser;
import io.streamkeeper.server.http.request.BodyCheck;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.request.Method;
import io.streamkeeper.server.http.request.RequestHead;
import io.streamkeeper.server.http.route.Answering;
import io.streamkeeper.server.http.route.Route;
import io.streamkeeper.server.http.route.Routes;
import io.streamkeeper.server.limit.LimitRefusal;
import io.streamkeeper.server.limit.RequestUse;
import io.streamkeeper.server.metrics.Operation;
import io.streamkeeper.server.metrics.Wait;
import io.streamkeeper.server.registry.Registry;
import io.streamkeeper.server.security.Authentication;
import io.streamkeeper.server.security.Principal;
import io.streamkeeper.server.shard.BodySplitting;
import io.streamkeeper.server.shard.LoopTasks;
import io.streamkeeper.server.shard.Shard;
import io.streamkeeper.server.shard.StreamListing;
import io.streamkeeper.server.shard.live.LongPoll;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Executes the requests of one connection in their order: through the shard of their stream, or through the handler of
 * their path. The meaning of a request does not depend on the version of HTTP. Owned by the connection's loop.
 */
final class RequestExecution implements BodyCheck {
    private static final Logger LOG = LoggerFactory.getLogger(RequestExecution.class);

    private final ConnectionHandler connection;
    private final HttpServer server;
    private final Channel channel;
    private final StreamsRequests streams;
    private final @Nullable RequestAccess access;
    private final @Nullable ClusterRequests cluster;
    private @Nullable LiveReadChecks liveReads;
    private boolean splits;
    private boolean authenticates;

    /** The last request that was checked before its body. */
    private @Nullable HeadCheck headCheck;

    /** Who has sent a request whose body has not arrived, as determined after that number of changes of the policy. */
    private record HeadCheck(RequestHead head, CompletableFuture<Authentication> result, long changes) {}

    /** Executes the requests of {@code connection}; {@code access} is null if everybody may do everything. */
    RequestExecution(ConnectionHandler connection, @Nullable RequestAccess access) {
        this.connection = connection;
        this.server = connection.server();
        this.channel = connection.channel();
        this.streams = new StreamsRequests(connection);
        this.access = access;
        this.cluster = server.forwarding() == null || connection.listener().isAdministrative()
                ? null
                : new ClusterRequests(connection, server.forwarding());
    }

    /**
     * Whether a request is being authenticated, its body is being split or parsed, or it waits for the other members of the
     * cluster: no other request begins meanwhile, so that they execute in order.
     */
    boolean isUnderWay() {
        return splits || authenticates || streams.isParsing() || (cluster != null && cluster.isWaiting());
    }

    /** Executes the request, and owns it from now on. */
    void begin(Exchange exchange, HttpRequest request) {
        Refusal refusal = server.siteGuard(connection.listener().kind()).refusal(request, connection.listener());
        if (refusal != null) {
            refuse(exchange, request, refusal);
        } else if (access != null
                && access.concerns(request, connection.listener().routes())) {
            authenticate(exchange, request, access);
        } else {
            admit(exchange, request);
        }
    }

    /** Executes a request that is allowed, unless its client or its tenant has used up what its limits allow. */
    private void admit(Exchange exchange, HttpRequest request) {
        RequestLimits limits = connection.limits();
        LimitRefusal limited = limits == null ? null : limits.begin(exchange, request);
        if (limited != null) {
            refuse(exchange, request, limited);
        } else if (cluster == null || !cluster.passesOn(exchange, request)) {
            executeHere(exchange, request);
        }
    }

    // ---- before the body ----

    @Override
    public Verdict check(RequestHead head, Runnable decided) {
        HttpRequest request = new HttpRequest(head, Unpooled.EMPTY_BUFFER);
        Refusal refusal = server.siteGuard(connection.listener().kind()).refusal(request, connection.listener());
        if (refusal != null) {
            headCheck = null;
            return Verdict.refused(refusal);
        }
        if (access == null || !access.concerns(request, connection.listener().routes())) {
            headCheck = null;
            return limited(request, null, access != null);
        }
        try {
            return check(head, request, access, decided);
        } catch (RefusedException e) {
            return Verdict.refused(e.refusal());
        }
    }

    /** Decides whether the client may do what it requests; the decision is repeated when the body has arrived. */
    private Verdict check(RequestHead head, HttpRequest request, RequestAccess asked, Runnable decided) {
        HeadCheck known = headCheck;
        if (known == null || known.head() != head || known.changes() != server.policyChanges()) {
            headCheck = null;
            long changes = server.policyChanges();
            known = new HeadCheck(head, asked.authenticate(request), changes);
            headCheck = known;
        }
        if (!known.result().isDone()) {
            CompletableFuture<Authentication> result = known.result();
            result.whenComplete((authentication, fault) -> decidedLater(() -> {
                asked.completed(result);
                decided.run();
            }));
            return Verdict.LATER;
        }
        Principal principal = RequestAccess.principal(known.result());
        asked.check(principal, request, connection.listener().routes());
        Verdict verdict = limited(request, principal, true);
        if (!verdict.isRefusal()) {
            headCheck = null;
        }
        return verdict;
    }

    /** In a task of its own: the authentication may be complete before the decoder knows that it has to wait. */
    private void decidedLater(Runnable decided) {
        try {
            channel.eventLoop().execute(() -> {
                try {
                    decided.run();
                } catch (RuntimeException | Error e) {
                    connection.failed(e);
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("connection from {} has no loop", channel.remoteAddress(), e);
        }
    }

    @Override
    public int bodyBytesMax(RequestHead head) {
        HttpRequest request = new HttpRequest(head, Unpooled.EMPTY_BUFFER);
        Routes routes = connection.listener().routes();
        Route route = routes.find(request.path());
        if (route != null) {
            return route.use().bodyBytesMax();
        }
        return RequestParser.isForStreams(request, routes)
                ? server.streamsSessions().bodyBytesMax()
                : Integer.MAX_VALUE;
    }

    private Verdict limited(HttpRequest request, @Nullable Principal principal, boolean authenticates) {
        RequestLimits limits = connection.limits();
        return Verdict.of(limits == null ? null : limits.beforeBody(request, principal, authenticates));
    }

    /** Refuses a request before its body. */
    void refuseHead(Exchange exchange, HttpRequest request, Verdict verdict) {
        HeadCheck known = headCheck;
        headCheck = null;
        if (known != null && known.result().isDone() && !known.result().isCompletedExceptionally()) {
            Principal principal = known.result().join().principal();
            if (principal != null) {
                exchange.authorized(principal, known.changes());
            }
        }
        if (verdict.limited() != null) {
            refuse(exchange, request, verdict.limited());
        } else if (verdict.refusal() != null) {
            refuse(exchange, request, verdict.refusal());
        }
    }

    // ---- the whole request ----

    private void authenticate(Exchange exchange, HttpRequest request, RequestAccess asked) {
        long changes = server.policyChanges();
        CompletableFuture<Authentication> result;
        try {
            result = asked.authenticate(request);
        } catch (RefusedException e) {
            refuse(exchange, request, e.refusal());
            return;
        }
        if (result.isDone()) {
            authorize(exchange, request, asked, result, changes);
            return;
        }
        authenticates = true;
        long sinceNanos = exchange.elapsedNanos();
        result.whenComplete((authentication, fault) -> LoopTasks.run(channel.eventLoop(), () -> {
            authenticates = false;
            exchange.waited(Wait.AUTHENTICATION, sinceNanos);
            asked.completed(result);
            try {
                authenticated(exchange, request, asked, result, changes);
            } catch (RuntimeException | Error e) {
                connection.failed(e);
            }
        }));
    }

    /** Continues after an authentication that has taken a while; one that began before a change is repeated. */
    private void authenticated(
            Exchange exchange,
            HttpRequest request,
            RequestAccess asked,
            CompletableFuture<Authentication> result,
            long changes) {
        if (connection.hasEnded() || !channel.isActive()) {
            request.release();
            return;
        }
        if (changes == server.policyChanges()) {
            authorize(exchange, request, asked, result, changes);
        } else {
            authenticate(exchange, request, asked);
        }
        connection.readOn();
    }

    private void authorize(
            Exchange exchange,
            HttpRequest request,
            RequestAccess asked,
            CompletableFuture<Authentication> result,
            long changes) {
        try {
            asked.decide(exchange, request, connection.listener().routes(), result, changes);
        } catch (RefusedException e) {
            refuse(exchange, request, e.refusal());
            return;
        }
        admit(exchange, request);
    }

    /**
     * The refusal of a read whose turn has come, if the client may not read any more: the credentials have expired
     * while the request was in line, or the policy has changed and decides otherwise. Null if the read may begin.
     */
    @Nullable
    Refusal lapsed(Exchange exchange) {
        HttpRequest request = exchange.request();
        if (access == null || request == null || exchange.principal() == null) {
            return null;
        }
        if (exchange.authorizedMillis() == 0) {
            return Refusal.of(ErrorCode.UNAUTHENTICATED, "the credentials have expired before the response");
        }
        long changes = server.policyChanges();
        if (exchange.policyChanges() == changes) {
            return null;
        }
        try {
            CompletableFuture<Authentication> result = access.authenticate(request);
            if (!result.isDone()) {
                return Refusal.of(ErrorCode.OVERLOADED, "the rules have changed before the response; try again later");
            }
            access.decide(exchange, request, connection.listener().routes(), result, changes);
            return null;
        } catch (RefusedException e) {
            return e.refusal();
        }
    }

    /** Decides again whether the live reads of the connection may continue, because the policy has changed. */
    void checkLiveReads() {
        if (liveReads == null && access != null && !connection.line().isEmpty()) {
            liveReads = new LiveReadChecks(connection, access);
        }
        if (liveReads != null) {
            liveReads.policyChanged();
        }
    }

    /** Refuses a request beyond a limit. */
    void refuse(Exchange exchange, HttpRequest request, LimitRefusal limited) {
        request.release();
        exchange.operation(operation(request, connection.listener().routes()));
        exchange.ready(connection.writer().limited(exchange, limited));
    }

    /** Refuses a request before anything of it is executed. It counts for its client. */
    private void refuse(Exchange exchange, HttpRequest request, Refusal refusal) {
        RequestLimits limits = connection.limits();
        LimitRefusal limited = limits == null ? null : limits.beginRefused(exchange, request);
        if (limited != null) {
            refuse(exchange, request, limited);
            return;
        }
        request.release();
        exchange.operation(operation(request, connection.listener().routes()));
        exchange.ready(connection.writer().refused(exchange, refusal, null));
    }

    /** Executes a request that is allowed, and owns it. */
    void executeHere(Exchange exchange, HttpRequest request) {
        Routes routes = connection.listener().routes();
        if (routes.find(request.path()) != null) {
            execute(exchange, request);
            return;
        }
        if (RequestParser.isForStreams(request, routes)) {
            follow(exchange, request, routes);
            return;
        }
        BodySplitting splitting = connection.loop().parser().begin(request);
        if (splitting == null) {
            execute(exchange, request);
        } else {
            splits = true;
            splitLater(exchange, request, splitting, exchange.elapsedNanos());
        }
    }

    private void follow(Exchange exchange, HttpRequest request, Routes routes) {
        if (cluster == null) {
            streams.execute(exchange, request, routes);
        } else {
            cluster.gateOwned(exchange, request, () -> streams.execute(exchange, request, routes));
        }
    }

    private void splitLater(Exchange exchange, HttpRequest request, BodySplitting splitting, long sinceNanos) {
        connection.turns().add(() -> {
            if (connection.hasEnded() || !channel.isActive()) {
                splitting.release();
            } else {
                split(exchange, request, splitting, sinceNanos);
            }
        });
    }

    private void split(Exchange exchange, HttpRequest request, BodySplitting splitting, long sinceNanos) {
        boolean isSplit;
        try {
            isSplit = splitting.step();
        } catch (RuntimeException | Error e) {
            splitting.release();
            connection.failed(e);
            return;
        }
        if (!isSplit) {
            splitLater(exchange, request, splitting, sinceNanos);
            return;
        }
        splits = false;
        exchange.waited(Wait.SPLITTING, sinceNanos);
        execute(exchange, request.withBody(splitting.body()));
        connection.readOn();
    }

    private void execute(Exchange exchange, HttpRequest request) {
        Routes routes = connection.listener().routes();
        Intent intent = connection.loop().parser().parse(request, routes);
        Operation operation = operation(intent, request, routes);
        exchange.operation(operation);
        if (operation == Operation.APPEND) {
            connection.move().appends();
        }
        Refusal denied = access == null ? null : access.deniedSource(intent, exchange.principal());
        Refusal ofRegistry = ofRegistry(intent);
        if (denied != null) {
            RequestAccess.release(intent);
            exchange.ready(connection.writer().refused(exchange, denied, null));
        } else if (ofRegistry != null) {
            RequestAccess.release(intent);
            String allow = ofRegistry.code() == ErrorCode.METHOD_NOT_ALLOWED ? routes.methods(request.path()) : null;
            exchange.ready(connection.writer().refused(exchange, ofRegistry, allow));
        } else if (intent instanceof Intent.OnStream onStream) {
            begin(exchange, onStream.command());
        } else if (intent instanceof Intent.OnListing onListing) {
            atGate(exchange, () -> list(exchange, onListing.query()));
        } else if (intent instanceof Intent.OnChanges onChanges) {
            atGate(exchange, () -> streams.follow(exchange, onChanges));
        } else if (intent instanceof Intent.Refused refused) {
            exchange.ready(connection.writer().refused(exchange, refused.refusal(), refused.allow()));
        } else if (intent instanceof Intent.Options options) {
            exchange.ready(connection.writer().options(exchange, options.methods()));
        } else if (intent instanceof Intent.Routed routed) {
            handle(exchange, routed);
        } else {
            throw new IllegalArgumentException("an intent of the unknown type " + intent.getClass());
        }
    }

    /** Executes a read when this process has everything that other members of the cluster had acknowledged before. */
    private void atGate(Exchange exchange, Runnable read) {
        if (cluster == null) {
            read.run();
        } else {
            cluster.gate(exchange, read);
        }
    }

    /** The refusal of a request that would change or fork the stream that only the server writes; null for any other. */
    private @Nullable Refusal ofRegistry(Intent intent) {
        return server.config().data().registry() && intent instanceof Intent.OnStream onStream
                ? Registry.refusalOf(onStream.command())
                : null;
    }

    static Operation operation(Intent intent, HttpRequest request, Routes routes) {
        if (intent instanceof Intent.OnStream onStream) {
            return onStream.command() instanceof Command.Read read ? ofRead(read) : ofMethod(request.method());
        }
        if (intent instanceof Intent.OnListing || intent instanceof Intent.OnChanges) {
            return Operation.LIST;
        }
        if (intent instanceof Intent.Routed routed) {
            return routed.route().use().operation();
        }
        return operation(request, routes);
    }

    static Operation operation(HttpRequest request, Routes routes) {
        if (request.method() == Method.OPTIONS) {
            return Operation.OPTIONS;
        }
        Route route = routes.find(request.path());
        if (route != null) {
            return route.use().operation();
        }
        if (RequestParser.isForListing(request, routes)) {
            return Operation.LIST;
        }
        if (RequestParser.isForStreams(request, routes)) {
            return RequestParser.isForSession(request) ? Operation.ROUTE : Operation.SSE;
        }
        return routes.isOfStreams(request.path()) ? ofMethod(request.method()) : Operation.OTHER;
    }

    private static Operation ofRead(Command.Read read) {
        return switch (read.live()) {
            case NONE -> Operation.READ;
            case LONG_POLL -> Operation.LONG_POLL;
            case SSE -> Operation.SSE;
        };
    }

    private static Operation ofMethod(Method method) {
        return switch (method) {
            case PUT -> Operation.CREATE;
            case POST -> Operation.APPEND;
            case GET -> Operation.READ;
            case HEAD -> Operation.DESCRIBE;
            case DELETE -> Operation.DELETE;
            case PATCH -> Operation.CHANGE;
            case OPTIONS, OTHER -> Operation.OTHER;
        };
    }

    /** Calls the handler of a path. If it fails, the request is refused; an answer that it gave before stands. */
    private void handle(Exchange exchange, Intent.Routed routed) {
        boolean isForLeader = routed.route().use().operation() == Operation.SUBSCRIPTION;
        Answering answering =
                cluster != null && isForLeader ? cluster.answeringOf(exchange, routed.request()) : exchange;
        try {
            routed.route().handler().handle(routed.request(), answering);
        } catch (RefusedException e) {
            answering.refuse(e.refusal());
        } catch (RuntimeException | Error e) {
            LOG.error("the handler of {} has failed", routed.route().path(), e);
            exchange.complete(Refusal.of(ErrorCode.INTERNAL_ERROR, "the server failed to carry the request out"));
        } finally {
            routed.request().release();
        }
    }

    /** Whether the reader of a response may read one of its streams. */
    boolean mayRead(Exchange exchange, StreamPath path) {
        Principal principal = exchange.principal();
        return access == null || (principal != null && access.mayRead(principal, path));
    }

    /** Whether the reader of a response may list a stream; false if the policy fails. */
    boolean mayList(Exchange exchange, String path) {
        Principal principal = exchange.principal();
        return access == null || (principal != null && access.mayList(principal, path));
    }

    /** Lists the streams that the client may list. */
    private void list(Exchange exchange, ListQuery query) {
        Principal principal = exchange.principal();
        Predicate<String> allowed =
                access == null || principal == null ? path -> true : path -> access.allowsListing(principal, path);
        StreamListing.start(server.shards(), query, allowed, server.memory().listings(), channel.eventLoop(), exchange);
    }

    private void begin(Exchange exchange, Command command) {
        Shard shard = server.shards().of(command.path());
        int readBytesMax = server.config().read().windowBytes();
        if (command instanceof Command.Read read) {
            if (cluster == null) {
                read(exchange, shard, read);
            } else {
                cluster.read(exchange, read, () -> read(exchange, shard, read));
            }
        } else if (command instanceof Command.Describe) {
            Runnable local = () -> shard.execute(command, readBytesMax, exchange);
            if (cluster == null) {
                local.run();
            } else {
                cluster.describe(exchange, command.path(), local);
            }
        } else {
            shard.execute(command, readBytesMax, cluster == null ? exchange : cluster.replyOf(exchange));
        }
    }

    private void read(Exchange exchange, Shard shard, Command.Read read) {
        RequestUse use = exchange.use();
        LimitRefusal limited = use == null || read.live() == LiveMode.NONE ? null : use.holdLive();
        if (limited != null) {
            exchange.ready(connection.writer().limited(exchange, limited));
            return;
        }
        exchange.read(read);
        boolean isFirst = connection.line().isAlone();
        if (!isFirst) {
            exchange.awaitsTurn();
        }
        switch (read.live()) {
            case NONE -> {
                CatchUpResponse answer = new CatchUpResponse(connection, exchange, shard);
                exchange.session(answer);
                answer.open(isFirst);
                connection.line().advance();
            }
            case LONG_POLL -> {
                if (isFirst) {
                    poll(exchange);
                }
            }
            case SSE -> {
                exchange.session(new SseSession(connection, exchange, shard));
                connection.line().advance();
            }
        }
    }

    /**
     * Begins a poll when its turn has come, because a connection holds only one answer at a time that is not small; or
     * refuses it if the client may not read any more.
     */
    void poll(Exchange exchange) {
        exchange.turnHasCome();
        Refusal lapsed = lapsed(exchange);
        if (lapsed != null) {
            exchange.ready(connection.writer().refused(exchange, lapsed, null));
            return;
        }
        Command.Read read = exchange.read();
        int readBytesMax = server.config().read().windowBytes();
        LongPoll poll = new LongPoll(
                read, readBytesMax, timeoutMillis(read, exchange.authorizedMillis()), channel.eventLoop(), exchange);
        exchange.poll(poll);
        poll.start(server.shards().of(read.path()));
    }

    private long timeoutMillis(Command.Read read, long authorizedMillis) {
        if (connection.endsWaiting()) {
            return 0;
        }
        LiveConfig live = server.config().live();
        long millis = read.timeoutMillis() < 0
                ? live.longPollTimeoutMillis()
                : Math.min(read.timeoutMillis(), live.longPollTimeoutMillisMax());
        return Math.min(millis, authorizedMillis);
    }
}
