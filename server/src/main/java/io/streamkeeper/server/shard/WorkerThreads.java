package io.streamkeeper.server.shard;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads that event loops hand work to. A loop never waits for a lock there: the queue has none, and all threads are
 * started at once and stay, because an executor takes a lock to start or to end one.
 *
 * <p>The queue has no bound of its own. Work is reserved for before it is handed over, and the reservations bound the
 * queue.
 */
public final class WorkerThreads {
    private WorkerThreads() {}

    /** So many threads, started; {@code name} is the beginning of their names. */
    public static ExecutorService start(String name, int threads) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads,
                threads,
                0,
                TimeUnit.SECONDS,
                new LinkedTransferQueue<>(),
                new DefaultThreadFactory(name, true));
        pool.prestartAllCoreThreads();
        return pool;
    }
}
