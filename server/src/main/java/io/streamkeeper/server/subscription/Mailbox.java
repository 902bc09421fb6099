package io.streamkeeper.server.subscription;

import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes tasks to the loop that owns a subscription, in order: what one thread tells first runs first, and nothing runs
 * within the call. Safe for use by any thread.
 */
final class Mailbox {
    private static final Logger LOG = LoggerFactory.getLogger(Mailbox.class);

    private final EventLoop loop;
    private final Consumer<Throwable> fault;

    /**
     * A mailbox of {@code loop}.
     *
     * @param fault receives what a task throws, on the loop
     */
    Mailbox(EventLoop loop, Consumer<Throwable> fault) {
        this.loop = loop;
        this.fault = fault;
    }

    EventLoop loop() {
        return loop;
    }

    /** Has a task run in a later turn of the loop; not at all if the loop has ended. */
    void tell(Runnable task) {
        try {
            loop.execute(() -> run(task));
        } catch (RejectedExecutionException e) {
            LOG.debug("the server has stopped: its subscriptions continue after the next start", e);
        }
    }

    /** Runs a task on the loop, now. */
    void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            fault.accept(e);
        }
    }
}
