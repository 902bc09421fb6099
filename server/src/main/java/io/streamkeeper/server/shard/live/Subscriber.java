package io.streamkeeper.server.shard.live;

import io.netty.channel.EventLoop;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.server.shard.TurnQueue;

/** Who receives what a {@link Subscription} brings; called on its own loop. */
public interface Subscriber {
    /** The connection's loop. */
    EventLoop loop();

    /** The work of that loop that may be long. */
    TurnQueue turns();

    /**
     * The answer to a pull.
     *
     * @param outcome a refusal, after which nothing more comes, or a chunk, which is handed over
     * @param attached whether the subscriber has everything and receives each step from now on; if not, it pulls again
     */
    void pulled(Outcome outcome, boolean attached);

    /** The stream moved while the subscriber was at its tail. The event is lent for the time of the call. */
    void moved(TailEvent event);

    /** Nothing more follows: the stream is deleted or the server stops. */
    void ended();
}
