package io.streamkeeper.server.http;

import io.streamkeeper.server.http.respond.Response;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one connection that are not answered, in their order, which is that of the responses (RFC 9112
 * section 9.3.2). An {@link Exchange} waits in line until those before it are written. Owned by the connection's loop.
 */
final class ExchangeLine {
    private final ConnectionHandler connection;
    private final Deque<Exchange> line = new ArrayDeque<>();
    private boolean writing;

    ExchangeLine(ConnectionHandler connection) {
        this.connection = connection;
    }

    void add(Exchange exchange) {
        line.add(exchange);
    }

    int size() {
        return line.size();
    }

    boolean isEmpty() {
        return line.isEmpty();
    }

    /** Whether there is one request, whose turn it is. */
    boolean isAlone() {
        return line.size() == 1;
    }

    /** Whether the last request is for events: no other follows it, but that the client closes its side is noticed. */
    boolean followsLive() {
        Exchange last = line.peekLast();
        LongResponse session = last == null ? null : last.session();
        return session != null && session.isLive();
    }

    /** The long response whose turn it is, or null. */
    @Nullable
    LongResponse currentSession() {
        Exchange first = line.peek();
        return first == null ? null : first.session();
    }

    /** Takes a response, and writes it if its turn has come; else its memory is counted until then. */
    void ready(Exchange exchange, Response response) {
        exchange.response(response);
        if (line.peek() != exchange) {
            exchange.waitingBytes(response.memoryBytes());
            if (!connection.output().waits(exchange.waitingBytes())) {
                return;
            }
        }
        advance();
    }

    /** Writes what has come to the front of the line. */
    void advance() {
        if (writing) {
            return;
        }
        writing = true;
        boolean moved = false;
        while (!connection.hasEnded() && !line.isEmpty()) {
            Exchange first = line.element();
            Response response = first.response();
            LongResponse session = first.session();
            if (response != null) {
                line.remove();
                dropped(first);
                connection.output().write(response);
                moved = true;
                if (response.close()) {
                    connection.end();
                }
            } else if (session != null && session.isOver()) {
                line.remove();
                dropped(first);
                moved = true;
                if (first.closes()) {
                    connection.end();
                }
            } else if (!start(first)) {
                break;
            }
        }
        writing = false;
        if (moved) {
            connection.wrote();
        }
    }

    /**
     * Begins what begins in its turn, when the client has taken what came before: so a connection holds one answer that
     * is not small. Returns false if it has begun before, began at once, or has to wait.
     */
    private boolean start(Exchange first) {
        if (!connection.output().takesMore()) {
            return false;
        }
        LongResponse session = first.session();
        if (session != null) {
            return session.start();
        }
        if (!first.isPollToBegin()) {
            return false;
        }
        connection.execution().poll(first);
        return true;
    }

    /** Gives back what an exchange took that has left the line. */
    private void dropped(Exchange exchange) {
        connection.headRoom().giveBack(exchange.headMemoryBytes());
        connection.output().waitsNoMore(exchange.waitingBytes());
    }

    /** What waits for data to come is answered; what else is owed is too. */
    void endWaits() {
        List.copyOf(line).forEach(Exchange::stopWaiting);
    }

    /** The connection ends: nothing of the line is written any more. */
    void release() {
        for (Exchange exchange : line) {
            dropped(exchange);
            exchange.release();
        }
        line.clear();
    }
}
