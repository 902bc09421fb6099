package io.streamkeeper.server.http;

import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.http.parse.Intent;
import io.streamkeeper.server.http.parse.StreamsParser;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.route.Answer;
import io.streamkeeper.server.http.route.Routes;
import io.streamkeeper.server.limit.LimitRefusal;
import io.streamkeeper.server.limit.RequestUse;
import io.streamkeeper.server.shard.change.ChangeFeed;
import io.streamkeeper.storage.memory.Reservation;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Executes the requests of one connection that follow many streams with one response, change which ones a response
 * follows, or follow the changes of streams. Owned by the connection's loop.
 */
final class StreamsRequests {
    private final ConnectionHandler connection;
    private final StreamsSessions sessions;
    private boolean parses;

    StreamsRequests(ConnectionHandler connection) {
        this.connection = connection;
        this.sessions = connection.server().streamsSessions();
    }

    /** Whether the body of a request is being parsed: no other request begins meanwhile. */
    boolean isParsing() {
        return parses;
    }

    /** Executes a request, and owns it. The heap to parse it is reserved before, and until it is executed. */
    void execute(Exchange exchange, HttpRequest request, Routes routes) {
        exchange.operation(RequestExecution.operation(request, routes));
        Reservation heap = sessions.reserveParsing(request);
        if (heap == null) {
            request.release();
            refuse(exchange, StreamsSessions.noRoomToParse(), null);
            return;
        }
        parse(exchange, connection.loop().parser().beginStreams(request), heap);
    }

    private void parse(Exchange exchange, StreamsParser parser, Reservation heap) {
        boolean isLast;
        try {
            isLast = parser.step();
        } catch (RuntimeException | Error e) {
            parser.close();
            heap.close();
            throw e;
        }
        if (!isLast) {
            parses = true;
            connection.turns().add(() -> parseOn(exchange, parser, heap));
            return;
        }
        parses = false;
        execute(exchange, parser.intent(), heap);
    }

    private void parseOn(Exchange exchange, StreamsParser parser, Reservation heap) {
        if (connection.hasEnded() || !connection.channel().isActive()) {
            parser.close();
            heap.close();
            return;
        }
        try {
            parse(exchange, parser, heap);
        } catch (RuntimeException | Error e) {
            connection.failed(e);
        }
        if (!parses) {
            connection.readOn();
        }
    }

    private void execute(Exchange exchange, Intent intent, Reservation heap) {
        boolean holds = false;
        try {
            if (intent instanceof Intent.OnStreams onStreams) {
                follow(exchange, onStreams);
            } else if (intent instanceof Intent.OnSession onSession) {
                holds = true;
                change(exchange, onSession, heap);
            } else if (intent instanceof Intent.Refused refused) {
                refuse(exchange, refused.refusal(), refused.allow());
            }
        } finally {
            if (!holds) {
                heap.close();
            }
        }
    }

    private void refuse(Exchange exchange, Refusal refusal, @Nullable String allow) {
        exchange.ready(connection.writer().refused(exchange, refusal, allow));
    }

    private void follow(Exchange exchange, Intent.OnStreams streams) {
        begin(
                exchange,
                StreamsSessions.heapBytes(streams.reads()),
                memory -> new StreamsSession(connection, exchange, sessions, streams, memory));
    }

    /** Executes a request that follows the changes of streams. */
    void follow(Exchange exchange, Intent.OnChanges changes) {
        begin(
                exchange,
                ChangeFeed.heapBytes(connection.server().shards(), changes.prefix()),
                memory -> new ChangesSession(connection, exchange, changes, memory));
    }

    /** Begins a response, if its client may have one more live read and there is {@code bytes} of heap for it. */
    private void begin(Exchange exchange, long bytes, Function<SessionMemory, LongResponse> response) {
        RequestUse use = exchange.use();
        LimitRefusal limited = use == null ? null : use.holdLive();
        if (limited != null) {
            exchange.ready(connection.writer().limited(exchange, limited));
            return;
        }
        SessionMemory memory =
                sessions.reserve(exchange.principal(), connection.channel().remoteAddress(), bytes);
        if (memory == null) {
            refuse(exchange, StreamsSessions.noRoom(), null);
            return;
        }
        try {
            exchange.session(response.apply(memory));
        } catch (RuntimeException | Error e) {
            memory.close();
            throw e;
        }
        connection.line().advance();
    }

    private void change(Exchange exchange, Intent.OnSession change, Reservation heap) {
        sessions.change(
                change.session(),
                exchange.principal(),
                change.added(),
                change.removed(),
                connection.channel().eventLoop(),
                refusal -> {
                    heap.close();
                    changed(exchange, refusal);
                });
    }

    private static void changed(Exchange exchange, @Nullable Refusal refusal) {
        if (refusal != null) {
            exchange.complete(refusal);
        } else {
            exchange.accept(Answer.text(200, "application/json", "{}"));
        }
    }
}
