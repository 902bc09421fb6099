package io.streamkeeper.server.shard;

import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs tasks that concern a connection on the loop of the connection. Safe for use by any thread. */
public final class LoopTasks {
    private static final Logger LOG = LoggerFactory.getLogger(LoopTasks.class);

    private LoopTasks() {}

    /**
     * Runs {@code task} on the loop: at once if the caller is on it. If it is the loop of another server, it may have
     * ended, together with its connections. Then the task runs on the calling thread and only releases what it holds;
     * its failure does not concern the caller.
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
