package io.streamkeeper.server.shard;

import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs what concerns a connection on the loop of the connection. Safe for use by any thread. */
public final class LoopTasks {
    private static final Logger LOG = LoggerFactory.getLogger(LoopTasks.class);

    private LoopTasks() {}

    /**
     * Runs {@code task} on the loop: at once if that is where the caller is. A loop of another server may have ended,
     * and its connections with it. Then the task runs here and only releases what it holds; its failure does not
     * concern the caller.
     */
    public static void run(EventLoop loop, Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
            return;
        }
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            runWithoutLoop(task);
        }
    }

    private static void runWithoutLoop(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.debug("a connection cannot be reached: its loop has ended", e);
        }
    }
}
