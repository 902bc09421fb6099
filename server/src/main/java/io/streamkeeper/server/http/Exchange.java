package io.streamkeeper.server.http;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.LiveMode;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.http.decode.Authority;
import io.streamkeeper.server.http.decode.HeadRoom;
import io.streamkeeper.server.http.parse.Conditions;
import io.streamkeeper.server.http.request.HeaderName;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.request.Method;
import io.streamkeeper.server.http.respond.AcceptEncoding;
import io.streamkeeper.server.http.respond.Response;
import io.streamkeeper.server.http.respond.ResponseContext;
import io.streamkeeper.server.http.route.Answer;
import io.streamkeeper.server.http.route.Answering;
import io.streamkeeper.server.http.route.Route;
import io.streamkeeper.server.limit.RequestUse;
import io.streamkeeper.server.log.AccessLog;
import io.streamkeeper.server.metrics.Operation;
import io.streamkeeper.server.metrics.SlowRequests;
import io.streamkeeper.server.metrics.Wait;
import io.streamkeeper.server.security.Action;
import io.streamkeeper.server.security.AuditLog;
import io.streamkeeper.server.security.Principal;
import io.streamkeeper.server.shard.LoopTasks;
import io.streamkeeper.server.shard.Shard;
import io.streamkeeper.server.shard.live.LongPoll;
import io.streamkeeper.storage.shard.Reply;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request's place in the order of its connection: the part of the request that the response needs, then the response
 * until its turn comes. Owned by the connection's loop; {@link #complete} and {@link #accept} may be called by any
 * thread and continue on that loop.
 */
final class Exchange implements Reply, Answering, ResponseContext {
    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

    private final ConnectionHandler connection;
    private final @Nullable HttpRequest request;
    private final long beganNanos = System.nanoTime();
    private final @Nullable AccessEntry access;
    private @Nullable RequestWaits waits;
    private boolean awaitsTurn;
    private boolean closes;
    private boolean readsStoredOnly;
    private Operation operation = Operation.OTHER;
    private Command.@Nullable Read read;
    private @Nullable LongPoll poll;
    private @Nullable LongResponse session;
    private @Nullable Response response;
    private @Nullable Principal principal;
    private long policyChanges;
    private int waitingBytes;
    private @Nullable RequestUse use;
    private volatile boolean completed;

    /**
     * The place of a request.
     *
     * @param request null if the received bytes are not a request
     * @param closes whether the connection ends after the response
     */
    Exchange(ConnectionHandler connection, @Nullable HttpRequest request, boolean closes) {
        this.connection = connection;
        this.request = request;
        this.closes = closes;
        this.access = connection.server().accessLog() == null ? null : AccessEntry.of(request);
    }

    // ---- the request ----

    /** Bytes of its connection's {@link HeadRoom} that the request holds. */
    int headMemoryBytes() {
        return request == null ? 0 : request.headMemoryBytes();
    }

    @Override
    public boolean closes() {
        return closes;
    }

    /** Makes the response the last one of its connection. */
    void closeAfter() {
        closes = true;
    }

    @Override
    public boolean isHttp10() {
        return request != null && request.isHttp10();
    }

    /** Whether a body whose length is not known in advance gets chunked coding. */
    @Override
    public boolean isFramed() {
        return !isHttp10() && (request == null || !request.isHttp2());
    }

    /** Whether the response ends after its head, even if the head describes a body. */
    @Override
    public boolean isBodyless() {
        return request != null && request.method() == Method.HEAD;
    }

    @Override
    public boolean isCrossOrigin() {
        return request != null
                && !connection.listener().isAdministrative()
                && (request.method() == Method.GET
                        || request.method() == Method.HEAD
                        || request.has(HeaderName.ORIGIN));
    }

    @Override
    public @Nullable String origin() {
        return request == null ? null : request.header(HeaderName.ORIGIN);
    }

    @Override
    public Readers readers() {
        Principal reader = principal;
        if (reader == null) {
            return Readers.ALL;
        }
        return reader.isAnonymous() ? Readers.ANONYMOUS : Readers.ONE;
    }

    /** Who has sent the request; null if the server does not authenticate, or refuses the request. */
    @Override
    public @Nullable Principal principal() {
        return principal;
    }

    /** The number of changes of the policy before it decided about the request. */
    long policyChanges() {
        return policyChanges;
    }

    /** The policy allows the request to a principal, as decided after that number of changes. */
    void authorized(Principal newPrincipal, long changes) {
        Principal before = principal;
        principal = newPrincipal;
        policyChanges = changes;
        if (before == null || before.expiresAtMillis() == newPrincipal.expiresAtMillis()) {
            return;
        }
        if (session instanceof EventSession events) {
            events.expiryChanged();
        } else if (poll != null && newPrincipal.expiresAtMillis() < before.expiresAtMillis()) {
            poll.timeOutIn(authorizedMillis(), shard());
        }
    }

    /** What the request uses of the limits of its client; null if nothing limits it. */
    @Nullable
    RequestUse use() {
        return use;
    }

    /** The request is counted. */
    void uses(RequestUse newUse) {
        use = newUse;
    }

    /** The request; null if the received bytes are not one. */
    @Nullable
    HttpRequest request() {
        return request;
    }

    /** How long the credentials of the request are valid from now on; the longest time if they do not expire. */
    long authorizedMillis() {
        Principal reader = principal;
        if (reader == null || reader.expiresAtMillis() == Long.MAX_VALUE) {
            return Long.MAX_VALUE;
        }
        return Math.max(
                0, reader.expiresAtMillis() - connection.server().clock().nowMillis());
    }

    /** The request of a live read that is not complete; null for any other exchange. */
    @Nullable
    HttpRequest liveRequest() {
        return poll != null || (session != null && session.isLive()) ? request : null;
    }

    /** The reader may continue, but perhaps not read every stream. */
    void rightsChanged() {
        if (session instanceof StreamsSession events && events.isStarted()) {
            events.rightsChanged();
        }
    }

    /** Ends the live read, because its reader may not read any more. */
    void endAuthorization() {
        if (session instanceof EventSession events) {
            events.endAuthorization();
        } else if (poll != null) {
            poll.timeOut(shard());
        }
    }

    /** The conditions of a read: which answer the client accepts. */
    @Override
    public Preconditions conditions() {
        return request == null ? Preconditions.NONE : Conditions.ofRead(request);
    }

    boolean acceptsGzip() {
        String accepted = request == null ? null : request.header(HeaderName.ACCEPT_ENCODING);
        return accepted != null && AcceptEncoding.allowsGzip(accepted);
    }

    @Override
    public Operation operation() {
        return operation;
    }

    void operation(Operation newOperation) {
        operation = newOperation;
    }

    /** The stream's absolute URL: with the host that the client names, or else with the connection's local address. */
    @Override
    public String url() {
        String named = request == null ? null : request.authority();
        String authority = named == null ? Authority.of(connection.channel().localAddress()) : named;
        String scheme = connection.listener().scheme(connection.channel());
        return scheme + "://" + authority + (request == null ? "/" : request.path());
    }

    @Override
    public long elapsedNanos() {
        return System.nanoTime() - beganNanos;
    }

    @Override
    public @Nullable String requestId() {
        return access == null ? null : access.id();
    }

    @Override
    public void answered(int status, @Nullable ErrorCode code, long nanos) {
        if (access != null) {
            access.answered(status, code, nanos);
        }
        if (request != null && SlowRequests.isSlow(operation, nanos + request.bodyMemoryNanos())) {
            addSlow(request, status, nanos);
        }
        AuditLog audit = connection.server().audit();
        if (audit != null && request != null) {
            Principal who = principal;
            boolean isAdded = audit.record(
                    connection.server().clock().nowMillis(),
                    who == null ? "" : who.name(),
                    actionText(request),
                    request.path(),
                    status,
                    connection.channel().remoteAddress());
            if (!isAdded) {
                connection.loop().counters().auditLineDropped();
            }
        }
    }

    private void addSlow(HttpRequest slow, int status, long nanos) {
        RequestWaits all = waits();
        all.add(Wait.BODY, slow.bodyNanos());
        all.add(Wait.BODY_MEMORY, slow.bodyMemoryNanos());
        connection
                .loop()
                .counters()
                .slowRequests()
                .add(
                        connection.server().clock().nowMillis(),
                        operation,
                        slow.path(),
                        status,
                        nanos,
                        all.all(operation, beganNanos, beganNanos + nanos));
    }

    // ---- what it waits for ----

    private RequestWaits waits() {
        RequestWaits known = waits;
        if (known == null) {
            known = new RequestWaits();
            waits = known;
        }
        return known;
    }

    /** The request has waited since it had taken {@code sinceNanos}. */
    void waited(Wait wait, long sinceNanos) {
        waits().add(wait, elapsedNanos() - sinceNanos);
    }

    /** The read begins when the responses before it are written. */
    void awaitsTurn() {
        awaitsTurn = true;
    }

    /** Those responses are written. */
    void turnHasCome() {
        if (awaitsTurn) {
            awaitsTurn = false;
            waited(Wait.TURN, 0);
        }
    }

    @Override
    public void begins(long parkedNanos) {
        waits().begins(System.nanoTime(), parkedNanos);
    }

    /** The name that the route or the rules have for what the request does; that of metrics for any other request. */
    private String actionText(HttpRequest received) {
        if (operation == Operation.SSE) {
            // A POST may begin one that follows many streams.
            return Action.READ.text();
        }
        Route route = connection.listener().routes().find(received.path());
        String ofRoute = route == null ? null : route.use().actions().get(received.method());
        if (ofRoute != null) {
            return ofRoute;
        }
        List<Action> actions = operation.isOfStream() ? RequestAccess.actions(received.method()) : List.of();
        return actions.size() == 1 ? actions.get(0).text() : operation.label();
    }

    /** The read that this exchange answers. */
    @Override
    public Command.Read read() {
        if (read == null) {
            throw new IllegalStateException("the exchange does not answer a read");
        }
        return read;
    }

    void read(Command.Read newRead) {
        read = newRead;
    }

    /** The read returns stored bytes only: where the stream ends now is not known. */
    void readsStoredOnly() {
        readsStoredOnly = true;
    }

    /**
     * The outcome of the read: without what is said about the end of the stream, if only stored bytes are returned. Owns
     * the buffer of {@code outcome}.
     */
    Outcome ofRead(Outcome outcome) {
        if (!readsStoredOnly) {
            return outcome;
        }
        if (outcome instanceof Outcome.Chunk chunk) {
            if (chunk.length() > 0) {
                return chunk.withoutEnd();
            }
            chunk.bytes().release();
        }
        return ClusterRequests.noLeader();
    }

    /** Whether this is a long-poll whose turn has not come. */
    boolean isPollToBegin() {
        return read != null && read.live() == LiveMode.LONG_POLL && poll == null && response == null;
    }

    void poll(LongPoll newPoll) {
        poll = newPoll;
    }

    /** The long response that begins when the turn of this exchange comes. */
    @Nullable
    LongResponse session() {
        return session;
    }

    void session(@Nullable LongResponse newSession) {
        session = newSession;
    }

    // ---- the response ----

    /**
     * Takes the first outcome. A second one is a fault, and the buffers that it owns are released. May be called by any
     * thread, but not by two at once.
     */
    @Override
    public void complete(Outcome outcome) {
        if (completed) {
            LOG.error("a request was answered twice, the second time with {}", outcome.getClass(), new Throwable());
            if (outcome instanceof Outcome.Chunk chunk) {
                chunk.bytes().release();
            }
            return;
        }
        completed = true;
        if (waits != null) {
            waits.completed(System.nanoTime());
        }
        LoopTasks.run(connection.channel().eventLoop(), () -> {
            try {
                respond(outcome);
            } catch (RuntimeException | Error e) {
                connection.failed(e);
            }
        });
    }

    private void respond(Outcome outcome) {
        if (connection.channel().isActive()) {
            ready(connection.writer().outcome(this, outcome));
        } else if (outcome instanceof Outcome.Chunk chunk) {
            chunk.bytes().release();
        }
    }

    /**
     * Takes the answer of a {@link io.streamkeeper.server.http.route.RouteHandler}, and owns it from then on. May be
     * called by any thread, but not by two at once.
     */
    @Override
    public void accept(Answer answer) {
        if (completed) {
            LOG.error("a request was answered twice, the second time with status {}", answer.status(), new Throwable());
            answer.release();
            return;
        }
        completed = true;
        LoopTasks.run(connection.channel().eventLoop(), () -> {
            try {
                respond(answer);
            } catch (RuntimeException | Error e) {
                connection.failed(e);
            }
        });
    }

    @Override
    public void refuse(Refusal refusal) {
        complete(refusal);
    }

    private void respond(Answer answer) {
        Answer.Pieces pieces = answer.pieces();
        if (connection.hasEnded() || !connection.channel().isActive()) {
            answer.release();
        } else if (pieces != null) {
            session = new PiecesResponse(connection, this, answer, pieces);
            connection.line().advance();
        } else {
            ready(connection.writer().answer(this, answer));
        }
    }

    /** Takes the response, which is written when its turn comes. On the connection's loop. */
    void ready(Response newResponse) {
        if (connection.hasEnded() || !connection.channel().isActive()) {
            newResponse.release();
        } else {
            connection.line().ready(this, newResponse);
        }
    }

    @Override
    public boolean isAbandoned() {
        return !connection.channel().isActive();
    }

    @Nullable
    Response response() {
        return response;
    }

    void response(Response newResponse) {
        response = newResponse;
    }

    /** Bytes that the response occupies while it waits for its turn. */
    int waitingBytes() {
        return waitingBytes;
    }

    // ---- the end ----

    /** Ends the wait for future data, because no request may wait any more; the request is answered. */
    void stopWaiting() {
        if (poll != null) {
            poll.timeOut(shard());
        }
        if (session != null) {
            session.stopWaiting();
        }
    }

    /**
     * The request has left its connection, which has its line in the access log.
     *
     * @param isWhole whether its response was written to its end
     */
    void logAccess(boolean isWhole) {
        AccessLog log = connection.server().accessLog();
        if (access != null && log != null) {
            access.end(this, connection, log, connection.takeWrittenBytes(), isWhole);
        }
    }

    /** Releases the buffers of the exchange and cancels its poll, because the connection has ended. */
    void release() {
        if (response != null) {
            response.release();
        }
        if (poll != null) {
            poll.cancel(shard());
        }
        if (session != null) {
            session.end();
        }
    }

    private Shard shard() {
        return connection.server().shards().of(read().path());
    }

    void waitingBytes(int bytes) {
        waitingBytes = bytes;
    }
}
