package io.streamkeeper.server.http;

import io.streamkeeper.server.http.respond.Response;
import io.streamkeeper.server.limit.RequestUse;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The unanswered requests of one connection, in the order of their arrival, which is that of the responses (RFC 9112
 * section 9.3.2). An {@link Exchange} waits in line until the responses before its own are written. Owned by the
 * connection's loop.
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

    /** Whether exactly one request is in line, so that it is its turn. */
    boolean isAlone() {
        return line.size() == 1;
    }

    /**
     * Whether the last request follows a live event stream. No request may follow it, but the channel is still read, to
     * notice that the client closes its side.
     */
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

    /** Takes a response and writes it if its turn has come; until then, its memory is counted. */
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

    /** Writes the responses at the front of the line. */
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
                connection.writes(first);
                connection.output().write(response);
                first.logAccess(true);
                moved = true;
                if (response.close()) {
                    connection.end();
                }
            } else if (session != null && session.isOver()) {
                line.remove();
                dropped(first);
                first.logAccess(true);
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
     * Starts a long response or a poll whose turn has come, if the client has received everything before it. So a
     * connection holds only one answer that is not small. Returns false if it was started before, if it does not wait
     * for its turn, or if the client has not received the bytes before it.
     */
    private boolean start(Exchange first) {
        if (!connection.output().takesMore()) {
            return false;
        }
        LongResponse session = first.session();
        if (session != null) {
            connection.writes(first);
            return session.start();
        }
        if (!first.isPollToBegin()) {
            return false;
        }
        connection.execution().poll(first);
        return true;
    }

    /** Whether the first response does not begin, or does not continue, until the client can receive more bytes. */
    boolean awaitsClient() {
        Exchange first = line.peek();
        if (first == null) {
            return false;
        }
        LongResponse session = first.session();
        return session == null ? first.isPollToBegin() : !session.isStarted() || session.awaitsRoom();
    }

    /** Returns the memory of an exchange that has left the line. */
    private void dropped(Exchange exchange) {
        RequestUse use = exchange.use();
        if (use != null) {
            use.end();
        }
        connection.headRoom().giveBack(exchange.headMemoryBytes());
        connection.output().waitsNoMore(exchange.waitingBytes());
    }

    /** The exchanges in line, as they are now. */
    List<Exchange> all() {
        return List.copyOf(line);
    }

    /** Ends the waits for future data; the other exchanges in line are still answered. */
    void endWaits() {
        List.copyOf(line).forEach(Exchange::stopWaiting);
    }

    /** The connection ends: nothing that is still in line is written. */
    void release() {
        for (Exchange exchange : line) {
            dropped(exchange);
            exchange.release();
            exchange.logAccess(false);
        }
        line.clear();
    }
}
