package io.streamkeeper.server.listen;

import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.TimeUnit;

/**
 * The threads on which futures are completed and listeners told where a program names no executor of its own: made as they
 * are needed, gone when they are idle, and enough of them that one listener that blocks does not hold up the others. Handing
 * them a task takes no lock, so an event loop may.
 */
public final class CallbackThreads {
    private static final int THREADS = 64;

    /** More than those only where a thread waits for a future, which may need another thread to be completed. */
    private static final int THREADS_MAX = 256;

    private static final long IDLE_SECONDS = 30;

    private static final Executor SHARED = new ForkJoinPool(
            THREADS,
            CallbackThreads::newThread,
            null,
            true,
            THREADS,
            THREADS_MAX,
            1,
            pool -> true,
            IDLE_SECONDS,
            TimeUnit.SECONDS);

    private CallbackThreads() {}

    private static ForkJoinWorkerThread newThread(ForkJoinPool pool) {
        ForkJoinWorkerThread thread = ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
        thread.setName("streamkeeper-callback-" + thread.getPoolIndex());
        return thread;
    }

    /** {@return the threads that all share who name none} */
    public static Executor shared() {
        return SHARED;
    }
}
