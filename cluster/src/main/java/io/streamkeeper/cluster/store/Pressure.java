package io.streamkeeper.cluster.store;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the thread of the log waits for the shards, so that a member that catches up needs no more memory than one that
 * has caught up: for their loops, when many bytes are passed to them and not applied; and for their checkpoints, when
 * the memory of a shard is short.
 */
final class Pressure {
    private static final Logger LOG = LoggerFactory.getLogger(Pressure.class);

    /** Bytes that are passed to loops and not applied, of all shards; one section may be longer. */
    static final long POSTED_BYTES_MAX = 8 << 20;

    /** A longer section does not wait for memory of its whole length, which may be more than ever is free. */
    private static final int ROOM_BYTES_MAX = 4 << 20;

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long REPORT_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long COUNT_SECONDS_MAX = 60;

    /** Bytes that are passed to loops and not applied. */
    private final AtomicLong posted = new AtomicLong();

    private volatile @Nullable Thread waiter;
    private volatile boolean ended;

    /** A shard has failed: nothing waits any more. Any thread may call this. */
    void end() {
        ended = true;
        wake();
    }

    private void wake() {
        Thread waiting = waiter;
        if (waiting != null) {
            LockSupport.unpark(waiting);
        }
    }

    // ---- the thread of the log ----

    /** Waits until a shard has memory for records of that length. */
    void waitForMemory(ShardJournal journal, int bytes) {
        int room = Math.min(bytes, ROOM_BYTES_MAX);
        long beganNanos = System.nanoTime();
        long reportedNanos = beganNanos;
        while (journal.isShort(room)) {
            journal.onLoop(journal::press);
            pause();
            if (System.nanoTime() - reportedNanos > REPORT_NANOS) {
                reportedNanos = System.nanoTime();
                LOG.warn(
                        "{} has no memory for records of other members for {} s, because no checkpoint has released"
                                + " any; this member falls behind",
                        journal,
                        TimeUnit.NANOSECONDS.toSeconds(reportedNanos - beganNanos));
            }
        }
    }

    /** Has a task run on the loop of a shard, which applies that many bytes. */
    void post(ShardJournal journal, int bytes, Runnable task) {
        while (posted.get() > 0 && posted.get() + bytes > POSTED_BYTES_MAX) {
            pause();
        }
        posted.addAndGet(bytes);
        journal.onLoop(task, () -> {
            posted.addAndGet(-bytes);
            wake();
        });
    }

    private void pause() {
        if (ended) {
            throw new IllegalStateException("a shard has failed");
        }
        waiter = Thread.currentThread();
        LockSupport.parkNanos(LOOK_NANOS);
        waiter = null;
    }

    /** Waits for what a loop answers. */
    <T> T await(CompletableFuture<T> answer) {
        try {
            return answer.get(COUNT_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the thread of the log was interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a fork could not be counted: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("a loop has not counted a fork within " + COUNT_SECONDS_MAX + " s", e);
        }
    }
}
