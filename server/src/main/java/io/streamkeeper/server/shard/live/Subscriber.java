package io.streamkeeper.server.shard.live;

import io.netty.channel.EventLoop;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.server.shard.TurnQueue;

/** Receives what a {@link Subscription} delivers; called on its own loop. */
public interface Subscriber {
    /** The connection's loop. */
    EventLoop loop();

    /** The queue of that loop for work that may take long. */
    TurnQueue turns();

    /**
     * The answer to a pull.
     *
     * @param outcome a refusal, after which nothing more follows, or a chunk, which the subscriber owns
     * @param attached whether the subscriber has everything and receives each step from now on; if not, it pulls again
     */
    void pulled(Outcome outcome, boolean attached);

    /**
     * The stream moved while the subscriber was at its tail. The event belongs to the caller, and may be used during
     * the call.
     */
    void moved(TailEvent event);

    /** Nothing more follows: the stream is deleted or the server stops. */
    void ended();
}
