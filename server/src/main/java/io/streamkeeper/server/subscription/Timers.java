package io.streamkeeper.server.subscription;

import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;

/** Runs tasks later: an interface, so that tests control the time. */
interface Timers {
    /** The timers of the loops. */
    Timers OF_LOOPS = (loop, delayNanos, task) -> {
        var scheduled = loop.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
        return () -> scheduled.cancel(false);
    };

    /**
     * Runs {@code task} on {@code loop} after a delay.
     *
     * @return cancels it; on the loop
     */
    Runnable schedule(EventLoop loop, long delayNanos, Runnable task);
}
