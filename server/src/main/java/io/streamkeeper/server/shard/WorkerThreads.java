package io.streamkeeper.server.shard;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads to which event loops submit work. A loop never waits for a lock there: the queue has no lock, and all threads
 * are started in advance and never end, because an executor takes a lock to start or to end a thread.
 *
 * <p>The queue itself is not bounded. Memory for the work is reserved before it is submitted, and these reservations
 * bound the queue.
 */
public final class WorkerThreads {
    private WorkerThreads() {}

    /** Starts {@code threads} threads; {@code name} is the beginning of their names. */
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
