package io.streamkeeper.server.shard.live;

import io.netty.channel.EventLoop;
import io.streamkeeper.server.shard.LoopTasks;
import io.streamkeeper.server.shard.TurnQueue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls each of many subscribers of one loop, {@value #PIECE_SUBSCRIBERS} of them in a piece of the loop's {@link
 * TurnQueue}. Owned by that loop once it has started. If that loop has ended, the thread that starts the round calls
 * all subscribers.
 */
final class Round {
    private static final Logger LOG = LoggerFactory.getLogger(Round.class);

    /** Subscribers that are called in one piece. */
    static final int PIECE_SUBSCRIBERS = 16;

    private final EventLoop loop;
    private final Subscriber[] subscribers;
    private final Consumer<Subscriber> call;
    private final Runnable end;
    private int next;

    /**
     * A round of subscribers, at least one, all of the same loop.
     *
     * @param end runs on their loop after all calls
     */
    Round(Subscriber[] subscribers, Consumer<Subscriber> call, Runnable end) {
        this.loop = subscribers[0].loop();
        this.subscribers = subscribers;
        this.call = call;
        this.end = end;
    }

    /** Begins the round; may be called by any thread. */
    void start() {
        LoopTasks.run(loop, this::addPiece);
    }

    private void addPiece() {
        if (loop.inEventLoop()) {
            subscribers[0].turns().add(this::piece);
        } else {
            callUpTo(subscribers.length);
            end.run();
        }
    }

    private void piece() {
        callUpTo(Math.min(next + PIECE_SUBSCRIBERS, subscribers.length));
        if (next < subscribers.length) {
            addPiece();
        } else {
            end.run();
        }
    }

    private void callUpTo(int last) {
        while (next < last) {
            Subscriber subscriber = subscribers[next++];
            try {
                call.accept(subscriber);
            } catch (RuntimeException | Error e) {
                LOG.error("a subscriber cannot be called; the others are", e);
            }
        }
    }
}
