package io.streamkeeper.client.listen;

import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.TimeUnit;

/**
 * The threads that complete futures and call listeners if an application provides no executor. They are created when
 * needed and end when idle; there are enough of them that one listener that blocks does not delay the others.
 * Submitting a task takes no lock, so an event loop may do it.
 */
public final class CallbackThreads {
    private static final int THREADS = 64;

    /** The pool exceeds THREADS only while a thread waits for a future, which another thread may have to complete. */
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

    /** {@return the threads that all sources without a custom executor share} */
    public static Executor shared() {
        return SHARED;
    }
}
