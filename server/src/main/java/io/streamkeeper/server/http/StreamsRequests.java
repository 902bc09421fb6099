package io.streamkeeper.server.http;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.http.parse.Intent;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.route.Answer;
import io.streamkeeper.server.http.route.Routes;
import io.streamkeeper.server.limit.LimitRefusal;
import io.streamkeeper.server.limit.RequestUse;
import io.streamkeeper.storage.memory.Reservation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Executes the requests of one connection that follow many streams with one response, or change which ones a response
 * follows. Owned by the connection's loop.
 */
final class StreamsRequests {
    private final ConnectionHandler connection;
    private final StreamsSessions sessions;

    StreamsRequests(ConnectionHandler connection) {
        this.connection = connection;
        this.sessions = connection.server().streamsSessions();
    }

    /** Executes a request, and owns it. The heap to parse it is reserved before, and until it is executed. */
    void execute(Exchange exchange, HttpRequest request, Routes routes) {
        Reservation parsing = sessions.reserveParsing(request);
        if (parsing == null) {
            request.release();
            exchange.operation(RequestExecution.operation(request, routes));
            refuse(exchange, StreamsSessions.noRoomToParse(), null);
            return;
        }
        boolean holds = false;
        try {
            Intent intent = connection.loop().parser().parse(request, routes);
            exchange.operation(RequestExecution.operation(intent, request, routes));
            if (intent instanceof Intent.OnStreams onStreams) {
                follow(exchange, onStreams.reads());
            } else if (intent instanceof Intent.OnSession onSession) {
                holds = true;
                change(exchange, onSession, parsing);
            } else if (intent instanceof Intent.Refused refused) {
                refuse(exchange, refused.refusal(), refused.allow());
            }
        } finally {
            if (!holds) {
                parsing.close();
            }
        }
    }

    private void refuse(Exchange exchange, Refusal refusal, @Nullable String allow) {
        exchange.ready(connection.writer().refused(exchange, refusal, allow));
    }

    /** Begins a response that follows many streams, if its client may have one more live read. */
    private void follow(Exchange exchange, List<Command.Read> reads) {
        RequestUse use = exchange.use();
        LimitRefusal limited = use == null ? null : use.holdLive();
        if (limited != null) {
            exchange.ready(connection.writer().limited(exchange, limited));
            return;
        }
        SessionMemory memory =
                sessions.reserve(exchange.principal(), connection.channel().remoteAddress(), reads);
        if (memory == null) {
            refuse(exchange, StreamsSessions.noRoom(), null);
            return;
        }
        exchange.session(session(exchange, reads, memory));
        connection.line().advance();
    }

    private StreamsSession session(Exchange exchange, List<Command.Read> reads, SessionMemory memory) {
        try {
            return new StreamsSession(connection, exchange, sessions, reads, memory);
        } catch (RuntimeException | Error e) {
            memory.close();
            throw e;
        }
    }

    private void change(Exchange exchange, Intent.OnSession change, Reservation parsing) {
        sessions.change(
                change.session(),
                exchange.principal(),
                change.added(),
                change.removed(),
                connection.channel().eventLoop(),
                refusal -> {
                    parsing.close();
                    changed(exchange, refusal);
                });
    }

    private static void changed(Exchange exchange, @Nullable Refusal refusal) {
        if (refusal != null) {
            exchange.complete(refusal);
        } else {
            exchange.answer(Answer.text(200, "application/json", "{}"));
        }
    }
}
