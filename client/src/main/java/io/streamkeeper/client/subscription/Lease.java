package io.streamkeeper.client.subscription;

import io.streamkeeper.client.api.StreamException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lease of a claim. While it is open, a thread extends it. Offsets are collected and acknowledged together, so that a
 * wake with many streams needs few requests. All methods but {@link #isHeld} are called by the thread of the worker.
 */
final class Lease implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lease.class);

    /** Work of at most this time is done again after a crash. */
    private static final Duration ACK_PAUSE = Duration.ofSeconds(1);

    /** The requests that extend a lease within its time: some of them may fail. */
    private static final int EXTENSIONS = 3;

    private final SubscriptionCalls calls;
    private final Claim claim;
    private final ScheduledFuture<?> extending;
    private final Map<String, String> processed = new HashMap<>();
    private long ackedNanos = System.nanoTime();
    private volatile boolean isHeld = true;

    Lease(SubscriptionCalls calls, Claim claim, ScheduledExecutorService timer) {
        this.calls = calls;
        this.claim = claim;
        long millis = Math.max(1, claim.lease().toMillis() / EXTENSIONS);
        this.extending = timer.scheduleWithFixedDelay(this::extend, millis, millis, TimeUnit.MILLISECONDS);
    }

    Claim claim() {
        return claim;
    }

    boolean isHeld() {
        return isHeld;
    }

    /** An exception ends the extensions. */
    private void extend() {
        try {
            calls.ack(claim, Map.of());
        } catch (StreamException.Unavailable e) {
            LOG.debug("a lease could not be extended; it is tried again", e);
        } catch (StreamException e) {
            isHeld = false;
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A stream is processed up to an offset. */
    void processed(String path, String offset) throws InterruptedException {
        processed.put(path, offset);
        if (System.nanoTime() - ackedNanos >= ACK_PAUSE.toNanos()) {
            ack();
        }
    }

    private void ack() throws InterruptedException {
        calls.ack(claim, Map.copyOf(processed));
        processed.clear();
        ackedNanos = System.nanoTime();
    }

    /** Acknowledges what is processed, and ends the lease. */
    void done() throws InterruptedException {
        close();
        calls.done(claim, Map.copyOf(processed));
    }

    /** Acknowledges what is processed, and gives the rest back. */
    void release() throws InterruptedException {
        close();
        if (!processed.isEmpty()) {
            ack();
        }
        calls.release(claim);
    }

    /** Does not extend it any more. */
    @Override
    public void close() {
        extending.cancel(false);
    }
}
