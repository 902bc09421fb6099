package io.streamkeeper.client.listen;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one at a time, in their order, on the threads of another executor; tasks that it refuses, on the shared
 * threads. Safe for use by any thread.
 */
final class SerialExecutor implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(SerialExecutor.class);

    private final Executor executor;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();

    SerialExecutor(Executor executor) {
        this.executor = executor;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (waiting.getAndIncrement() == 0) {
            hand(this::runNext);
        }
    }

    /** One task for each turn, so that a busy stream leaves room for others on the same threads. */
    private void runNext() {
        Turn next;
        do {
            try {
                tasks.remove().run();
            } catch (Throwable e) {
                LOG.error("a task failed; those after it are run", e);
            }
            next = waiting.decrementAndGet() == 0 ? null : new Turn();
            if (next != null) {
                hand(next);
            }
        } while (next != null && next.isMine());
    }

    private void hand(Runnable turn) {
        try {
            executor.execute(turn);
        } catch (RejectedExecutionException e) {
            CallbackThreads.shared().execute(turn);
        }
    }

    /**
     * The next turn, while it is handed over. Where an executor runs a task at once, in the same thread, the thread
     * that hands it over takes the turn itself: the stack would grow with the number of tasks otherwise.
     */
    private final class Turn implements Runnable {
        private final Thread giver = Thread.currentThread();
        private boolean handed;
        private boolean mine;

        @Override
        public void run() {
            if (Thread.currentThread() == giver && !handed) {
                mine = true;
            } else {
                runNext();
            }
        }

        /** Whether the giver takes the turn itself; called by the giver, once, when the executor has returned. */
        boolean isMine() {
            handed = true;
            return mine;
        }
    }
}
