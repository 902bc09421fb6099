package io.streamkeeper.client.subscription;

import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.StreamException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker of a pull-wake subscription (section 7.2): follows the wake stream, claims the work, reads what is not
 * acknowledged of each stream, passes it to a {@link WorkHandler}, acknowledges it, and extends the lease meanwhile. Any
 * number of workers, in any number of processes, share the work of a subscription: one at a time has it. When that one
 * crashes, another one continues after the last acknowledged data.
 *
 * <p>It has a thread, which calls the handler, and another one that extends the lease; both end when it is closed. A
 * failure of the handler gives the work back; the worker pauses 1 s, then 2 s, and so on up to 60 s, until something
 * succeeds. A handler that does not return keeps the work: bound the time of what it calls. Safe for use by any thread.
 */
public final class PullWakeWorker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PullWakeWorker.class);

    private static final Duration PAUSE_MIN = Duration.ofSeconds(1);
    private static final Duration PAUSE_MAX = Duration.ofSeconds(60);

    private final WorkerStreams streams;
    private final String subscription;
    private final String name;
    private final WorkHandler handler;
    private final Semaphore wakes = new Semaphore(0);
    private final CountDownLatch closing = new CountDownLatch(1);
    private final ScheduledExecutorService timer;
    private final Thread thread;

    /** After which time without a wake it asks for work; used by the thread. */
    private Duration patience = PAUSE_MAX;

    private PullWakeWorker(WorkerStreams streams, String subscription, String name, WorkHandler handler) {
        this.streams = streams;
        this.subscription = subscription;
        this.name = name;
        this.handler = handler;
        this.timer = Executors.newSingleThreadScheduledExecutor(task -> newThread(task, "lease"));
        this.thread = newThread(this::run, "worker");
    }

    private Thread newThread(Runnable task, String kind) {
        Thread created = new Thread(task, "streamkeeper-" + kind + "-" + subscription);
        created.setDaemon(true);
        return created;
    }

    /**
     * Starts a worker.
     *
     * @param streams of a server, such as {@code RemoteStreams.forWorkers()}, or of this process
     * @param subscription the id of the subscription
     * @param name of the worker, for other workers and for people, such as the name of the machine and a number
     * @param handler called by one thread
     * @return the worker, which claims and waits for wakes until it is closed
     */
    public static PullWakeWorker start(WorkerStreams streams, String subscription, String name, WorkHandler handler) {
        PullWakeWorker worker = new PullWakeWorker(streams, subscription, name, handler);
        worker.thread.start();
        return worker;
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    // ---- the thread ----

    private void run() {
        try (WakeListener listener = new WakeListener(streams.source(), subscription, wakes::release)) {
            Duration pause = PAUSE_MIN;
            while (!isClosing()) {
                Throwable failure = work(listener);
                if (failure == null) {
                    pause = PAUSE_MIN;
                } else {
                    handler.onFailure(failure);
                    boolean ended = closing.await(pause.toMillis(), TimeUnit.MILLISECONDS);
                    pause = ended || pause.compareTo(PAUSE_MAX) >= 0 ? PAUSE_MAX : pause.multipliedBy(2);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("a worker was interrupted", e);
        } catch (RuntimeException | Error e) {
            handler.onEnd(e);
        } finally {
            timer.shutdownNow();
        }
    }

    /** Takes the work if there is some, else waits for it. Returns what has failed and is tried again; null if nothing. */
    private @Nullable Throwable work(WakeListener listener) throws InterruptedException {
        Claim claim;
        try {
            follow(listener);
            wakes.drainPermits();
            claim = streams.subscriptions().claim(subscription, name);
        } catch (StreamException.NoPendingWork | StreamException.AlreadyClaimed e) {
            boolean isWoken = wakes.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS);
            LOG.debug("a worker asks for work, because {}", isWoken ? "it was woken" : "no wake has come for long");
            return null;
        } catch (StreamException.Unavailable e) {
            return e;
        }
        try (Lease lease = new Lease(streams.subscriptions(), claim, timer)) {
            return process(lease);
        }
    }

    /** Follows the wake stream, before the claim after which it has the wakes that matter. */
    private void follow(WakeListener listener) throws InterruptedException {
        if (listener.isActive()) {
            return;
        }
        Subscription known = streams.subscriptions().get(subscription);
        patience = known.lease();
        if (known.wakeStream() != null) {
            listener.begin(known.wakeStream());
        }
    }

    private @Nullable Throwable process(Lease lease) throws InterruptedException {
        try {
            for (LinkedStream stream : lease.claim().streams()) {
                process(new Work(lease, stream), lease);
            }
            if (isClosing()) {
                lease.release();
            } else {
                lease.done();
            }
            return null;
        } catch (StreamException.Fenced e) {
            LOG.info("{} has ended before it was processed: {}", lease.claim(), e.getMessage());
            return null;
        } catch (InterruptedException e) {
            release(lease);
            throw e;
        } catch (Exception e) {
            release(lease);
            return e;
        }
    }

    /** Gives the work back after a failure, if that is possible; else the lease ends by itself. */
    private static void release(Lease lease) throws InterruptedException {
        try {
            lease.release();
        } catch (StreamException e) {
            LOG.debug("a lease could not be released", e);
        }
    }

    /** Passes the data of a stream to the handler. */
    private void process(Work work, Lease lease) throws Exception {
        String path = work.stream().path();
        String offset = work.stream().ackedOffset();
        while (!isClosing() && lease.isHeld()) {
            Batch batch;
            try {
                batch = streams.reader().read(path, From.offset(offset));
            } catch (StreamException.OffsetGone e) {
                if (e.earliestOffset() == null || e.earliestOffset().equals(offset)) {
                    LOG.info("stream {} was replaced by another one while it was processed", path);
                    return;
                }
                LOG.warn("data of stream {} that was not processed was dropped: {}", path, e.getMessage());
                offset = e.earliestOffset();
                continue;
            } catch (StreamException.NotFound | StreamException.Deleted e) {
                LOG.info("stream {} was deleted while it was processed", path);
                return;
            }
            if (batch.isEmpty()) {
                return;
            }
            handler.onData(work, batch);
            offset = batch.nextOffset();
            lease.processed(path, offset);
            if (batch.upToDate()) {
                return;
            }
        }
    }

    // ---- end ----

    /**
     * Ends the worker: waits until the handler has returned, acknowledges what it has processed, and gives the rest back to
     * other workers. Within the handler it does not wait.
     */
    @Override
    public void close() {
        closing.countDown();
        wakes.release();
        if (Thread.currentThread() == thread) {
            return;
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
