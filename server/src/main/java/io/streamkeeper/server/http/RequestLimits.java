package io.streamkeeper.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.util.concurrent.Future;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.server.http.parse.RequestParser;
import io.streamkeeper.server.http.request.HeaderName;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.request.Method;
import io.streamkeeper.server.http.route.Routes;
import io.streamkeeper.server.limit.ConnectionLimits;
import io.streamkeeper.server.limit.LimitRefusal;
import io.streamkeeper.server.limit.Limits;
import io.streamkeeper.server.limit.RequestUse;
import io.streamkeeper.server.security.Principal;
import io.streamkeeper.server.shard.LoopTasks;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Limits the requests of one connection, and the bytes of their responses: long ones pause while their client has been
 * sent more than its limit. Owned by the connection's loop.
 *
 * <p>As the last handler of the pipeline it counts what is written.
 */
final class RequestLimits extends ChannelOutboundHandlerAdapter {
    private static final long PAUSE_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

    private final ConnectionHandler connection;
    private final Limits limits;
    private @Nullable ConnectionLimits counts;
    private @Nullable Future<?> wake;

    RequestLimits(ConnectionHandler connection, Limits limits) {
        this.connection = connection;
        this.limits = limits;
    }

    /** The address is known only when the channel is connected. */
    private ConnectionLimits counts() {
        ConnectionLimits known = counts;
        if (known == null) {
            known = limits.connection(connection.channel().remoteAddress());
            counts = known;
        }
        return known;
    }

    // ---- requests ----

    /** Counts a request that may be executed; returns the refusal if a limit is exceeded, or else null. */
    @Nullable
    LimitRefusal begin(Exchange exchange, HttpRequest request) {
        return begin(exchange, request, streamPath(request));
    }

    /** Counts a request that is refused for another reason: for its client, and for no tenant. */
    @Nullable
    LimitRefusal beginRefused(Exchange exchange, HttpRequest request) {
        return begin(exchange, request, null);
    }

    private @Nullable LimitRefusal begin(Exchange exchange, HttpRequest request, @Nullable String path) {
        return counts().begin(
                        name(exchange.principal()),
                        request.header(HeaderName.X_FORWARDED_FOR),
                        path,
                        request.body().readableBytes(),
                        exchange::uses);
    }

    /**
     * The refusal of a request whose body has not arrived, as far as its head determines who sends it; null if it may
     * arrive. A tenant's limits are not considered where a right to its paths is required, because the right is checked
     * later.
     */
    @Nullable
    LimitRefusal beforeBody(HttpRequest request, @Nullable Principal principal, boolean authenticates) {
        return counts().beforeBody(
                        name(principal),
                        request.header(HeaderName.X_FORWARDED_FOR),
                        authenticates ? null : streamPath(request),
                        stores(request),
                        RequestParser.beginsStreams(
                                request, connection.listener().routes()));
    }

    /**
     * Whether the body of a request is stored unless the request is refused. A producer may repeat an append that is
     * stored already, and a PUT the creation of a stream that exists; only the shard knows. A POST that closes a stream
     * may have an empty body, if its head does not state the length.
     */
    private static boolean stores(HttpRequest request) {
        return request.method() == Method.POST
                && request.header(HeaderName.PRODUCER_ID) == null
                && (request.has(HeaderName.CONTENT_LENGTH) || !request.has(HeaderName.STREAM_CLOSED));
    }

    private static @Nullable String name(@Nullable Principal principal) {
        return principal != null && principal.hasName() ? principal.name() : null;
    }

    private @Nullable String streamPath(HttpRequest request) {
        Routes routes = connection.listener().routes();
        String root = routes.root();
        if (root == null || !limits.hasTenants() || !routes.isOfStreams(request.path())) {
            return null;
        }
        try {
            return request.streamPath(root).value();
        } catch (RefusedException e) {
            return null;
        }
    }

    // ---- responses ----

    /** What is written from now on belongs to the response of {@code exchange}. */
    void writes(Exchange exchange) {
        RequestUse use = exchange.use();
        if (counts != null) {
            counts.writes(use);
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (counts != null && message instanceof ByteBuf bytes) {
            counts.sent(bytes.readableBytes());
        }
        context.write(message, promise);
    }

    /** Whether a long response pauses; when it may continue, {@link ConnectionHandler#takesMoreNow} is called. */
    boolean pauses() {
        long nanos = counts == null ? 0 : counts.pauseNanos();
        if (nanos == 0) {
            return false;
        }
        if (wake == null) {
            wake = connection
                    .channel()
                    .eventLoop()
                    .schedule(
                            () -> LoopTasks.run(connection.channel().eventLoop(), this::goOn),
                            Math.min(nanos, PAUSE_NANOS_MAX),
                            TimeUnit.NANOSECONDS);
        }
        return true;
    }

    private void goOn() {
        wake = null;
        // A response that pauses moves to no other loop, so a connection that moves has none.
        if (connection.hasEnded()
                || !connection.channel().isActive()
                || connection.move().isUnderWay()) {
            return;
        }
        try {
            connection.takesMoreNow();
        } catch (RuntimeException | Error e) {
            connection.failed(e);
        }
    }

    // ---- the end ----

    /** The connection has ended. */
    void close() {
        if (counts != null) {
            counts.close();
        }
        if (wake != null) {
            wake.cancel(false);
            wake = null;
        }
    }
}
