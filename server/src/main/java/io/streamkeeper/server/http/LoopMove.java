package io.streamkeeper.server.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import org.jspecify.annotations.Nullable;

/**
 * Moves one connection to the loop that suits its requests. A connection begins on a loop with shards, where appends are
 * executed without a change of threads, and many of them share a write to the journal. A client that reads long answers
 * would delay all of them, because to send a megabyte takes as long as a hundred appends. So its connection continues on
 * a loop for readers, and returns when it appends again. Owned by the connection's loop.
 *
 * <p>A connection moves only when nothing of it is under way on its loop: everything is sent, no request is partly
 * received, and no task is queued for it. While it moves, it receives nothing and begins no request.
 *
 * <pre>
 *   HOME ──a long answer──▶ HOME, due ──quiet──▶ LEAVES ──▶ AWAY
 *    ▲                                                       │ appends
 *    └──────────────── LEAVES ◀──quiet── AWAY, due ◀─────────┘
 * </pre>
 */
final class LoopMove {
    /** Answers of at least this length take long to send. */
    static final int LONG_BYTES = 16 << 10;

    /** A connection returns after so many appends without a long answer between them. */
    static final int APPENDS_TO_RETURN = 8;

    private final ConnectionHandler connection;
    private final @Nullable EventLoopGroup readers;
    private @Nullable EventLoop home;
    private boolean isDue;
    private boolean isUnderWay;
    private int appends;

    /** A connection on a loop with shards, which moves to one of {@code readers}; null if it cannot move. */
    LoopMove(ConnectionHandler connection, @Nullable EventLoopGroup readers) {
        this.connection = connection;
        this.readers = readers;
    }

    /** Whether the connection has left its loop, and has not arrived on another. */
    boolean isUnderWay() {
        return isUnderWay;
    }

    /** The connection answers with {@code bytes}. */
    void answers(long bytes) {
        if (readers != null && bytes >= LONG_BYTES) {
            appends = 0;
            isDue = home == null;
        }
    }

    /** The connection executes an append. */
    void appends() {
        if (home != null) {
            appends++;
            isDue = appends >= APPENDS_TO_RETURN;
        }
    }

    /** Moves the connection if that is due, and everything is answered and sent. */
    void flushed() {
        if (isDue && connection.line().isEmpty() && connection.isQuiet()) {
            move(() -> {});
        }
    }

    /** Does the next step of the long response that is the only one in line; if a move is due, after that. */
    void before(Runnable step) {
        if (isDue && connection.line().isAlone() && connection.isQuiet()) {
            move(step);
        } else {
            step.run();
        }
    }

    private void move(Runnable then) {
        EventLoopGroup away = readers;
        EventLoop back = home;
        if (away == null || isUnderWay) {
            throw new IllegalStateException("a connection moves that cannot, or moves already");
        }
        Channel channel = connection.channel();
        EventLoop from = channel.eventLoop();
        EventLoop to = back == null ? away.next() : back;
        isDue = false;
        appends = 0;
        isUnderWay = true;
        connection.leaves();
        // The listener is added first, so that it runs on the new loop before any event of the channel.
        ChannelPromise arrival = channel.newPromise().addListener(arrived -> {
            isUnderWay = false;
            if (arrived.isSuccess()) {
                home = back == null ? from : null;
                connection.arrived();
                then.run();
            } else {
                channel.close();
            }
        });
        channel.deregister().addListener(left -> to.register(arrival));
    }
}
