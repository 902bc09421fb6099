package io.streamkeeper.client.listen;

import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.TimeUnit;

/**
 * The threads on which futures are completed and listeners called where a program gives no executor: created when
 * needed, ended when idle, and enough of them that one listener that blocks does not delay the others. Submitting a
 * task takes no lock, so an event loop may do it.
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

    /** {@return the threads that all programs without an executor of their own share} */
    public static Executor shared() {
        return SHARED;
    }
}
