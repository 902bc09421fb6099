package io.streamkeeper.server.listen;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs tasks one after the other, in their order, on the threads of another executor. Safe for use by any thread. */
final class SerialExecutor implements Executor {
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
            executor.execute(this::runNext);
        }
    }

    /** One task for each turn, so that a busy stream leaves room for others on the same threads. */
    private void runNext() {
        Runnable task = tasks.remove();
        try {
            task.run();
        } finally {
            if (waiting.decrementAndGet() > 0) {
                executor.execute(this::runNext);
            }
        }
    }
}
