package io.streamkeeper.client.listen;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one at a time, in the order of submission, on the threads of another executor; tasks that this executor
 * rejects run on the shared threads. Safe for use by any thread.
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

    /** Runs one task per turn, so that a busy stream leaves the threads to other streams between its tasks. */
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
     * The next turn, while it is submitted to the executor. If the executor runs it at once in the submitting thread,
     * that thread runs the turn itself after the executor has returned: otherwise, the stack would grow with the number
     * of tasks.
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

        /**
         * Whether the submitting thread runs the turn itself; called once by that thread, when the executor has
         * returned.
         */
        boolean isMine() {
            handed = true;
            return mine;
        }
    }
}
