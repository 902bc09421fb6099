package io.streamkeeper.server.http;

import io.netty.channel.Channel;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.server.config.LiveConfig;
import io.streamkeeper.server.http.parse.Intent;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.request.Method;
import io.streamkeeper.server.http.route.Routes;
import io.streamkeeper.server.metrics.Operation;
import io.streamkeeper.server.shard.BodySplitting;
import io.streamkeeper.server.shard.Shard;
import io.streamkeeper.server.shard.live.LongPoll;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Executes the requests of one connection in their order: through the shard of their stream, or through the handler of
 * their path. The meaning of a request does not depend on the version of HTTP. Owned by the connection's loop.
 */
final class RequestExecution {
    private static final Logger LOG = LoggerFactory.getLogger(RequestExecution.class);

    private final ConnectionHandler connection;
    private final HttpServer server;
    private final Channel channel;
    private boolean splits;

    RequestExecution(ConnectionHandler connection) {
        this.connection = connection;
        this.server = connection.server();
        this.channel = connection.channel();
    }

    /**
     * Whether the body of a request is being split: no other request begins meanwhile, so that they execute in order.
     */
    boolean isSplitting() {
        return splits;
    }

    /** Executes the request, and owns it from now on. */
    void begin(Exchange exchange, HttpRequest request) {
        Refusal refusal =
                server.siteGuard().refusal(request, connection.listener().hosts());
        if (refusal == null) {
            split(exchange, request);
        } else {
            refuse(exchange, request, refusal);
        }
    }

    /** Refuses a request before anything of it is executed. */
    private void refuse(Exchange exchange, HttpRequest request, Refusal refusal) {
        request.release();
        exchange.operation(operation(request, connection.listener().routes()));
        exchange.ready(connection.writer().refused(exchange, refusal, null));
    }

    private void split(Exchange exchange, HttpRequest request) {
        BodySplitting splitting = connection.loop().parser().begin(request);
        if (splitting == null) {
            execute(exchange, request);
        } else {
            splits = true;
            splitLater(exchange, request, splitting);
        }
    }

    private void splitLater(Exchange exchange, HttpRequest request, BodySplitting splitting) {
        connection.turns().add(() -> {
            if (connection.hasEnded() || !channel.isActive()) {
                splitting.release();
            } else {
                split(exchange, request, splitting);
            }
        });
    }

    private void split(Exchange exchange, HttpRequest request, BodySplitting splitting) {
        boolean isSplit;
        try {
            isSplit = splitting.step();
        } catch (RuntimeException | Error e) {
            splitting.release();
            connection.failed(e);
            return;
        }
        if (!isSplit) {
            splitLater(exchange, request, splitting);
            return;
        }
        splits = false;
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
        if (intent instanceof Intent.OnStream onStream) {
            begin(exchange, onStream.command());
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

    private static Operation operation(Intent intent, HttpRequest request, Routes routes) {
        if (intent instanceof Intent.OnStream onStream) {
            return onStream.command() instanceof Command.Read read ? ofRead(read) : ofMethod(request.method());
        }
        if (intent instanceof Intent.Routed) {
            return Operation.ROUTE;
        }
        return operation(request, routes);
    }

    private static Operation operation(HttpRequest request, Routes routes) {
        if (request.method() == Method.OPTIONS) {
            return Operation.OPTIONS;
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
            case OPTIONS, OTHER -> Operation.OTHER;
        };
    }

    /** Calls the handler of a path. If it fails, the request is refused; an answer that it gave before stands. */
    private void handle(Exchange exchange, Intent.Routed routed) {
        try {
            routed.route().handler().handle(routed.request(), exchange::answer);
        } catch (RefusedException e) {
            exchange.complete(e.refusal());
        } catch (RuntimeException | Error e) {
            LOG.error("the handler of {} has failed", routed.route().path(), e);
            exchange.complete(Refusal.of(ErrorCode.INTERNAL_ERROR, "the server failed to carry the request out"));
        } finally {
            routed.request().release();
        }
    }

    private void begin(Exchange exchange, Command command) {
        Shard shard = server.shards().of(command.path());
        int readBytesMax = server.config().read().windowBytes();
        if (!(command instanceof Command.Read read)) {
            shard.execute(command, readBytesMax, exchange);
            return;
        }
        exchange.read(read);
        boolean isFirst = connection.line().isAlone();
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

    /** Begins a poll when its turn has come, because a connection holds only one answer at a time that is not small. */
    void poll(Exchange exchange) {
        Command.Read read = exchange.read();
        int readBytesMax = server.config().read().windowBytes();
        LongPoll poll = new LongPoll(read, readBytesMax, timeoutMillis(read), channel.eventLoop(), exchange);
        exchange.poll(poll);
        poll.start(server.shards().of(read.path()));
    }

    private long timeoutMillis(Command.Read read) {
        if (connection.endsWaiting()) {
            return 0;
        }
        LiveConfig live = server.config().live();
        return read.timeoutMillis() < 0
                ? live.longPollTimeoutMillis()
                : Math.min(read.timeoutMillis(), live.longPollTimeoutMillisMax());
    }
}
