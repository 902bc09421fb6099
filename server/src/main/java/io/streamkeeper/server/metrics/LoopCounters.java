package io.streamkeeper.server.metrics;

import io.netty.util.concurrent.EventExecutor;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.storage.journal.ShardFigures;
import org.jspecify.annotations.Nullable;

/**
 * The counters of one event loop: for its connections, its shards, and the measurements of the threads of its shards'
 * journals, which those threads pass to the loop together with their reports. Owned by the loop: every method is called
 * on it, which an assertion checks in every test. To count is one addition to a plain array, or three for a histogram,
 * without a lock, a fence or an allocation.
 *
 * <p>A reader sees consistent numbers, including all that was counted before its request, because only the loop reads
 * the array. A snapshot is a task that the loop executes, see {@link Counters#total}; it adds the array to sums, and a
 * future publishes these safely to the next loop and to the reader. The alternative, a copy that the loop publishes
 * periodically, would cost every loop time even without readers, and readers would see old values. The price of a task
 * is that a delayed loop answers late; a reader bounds this with a timeout.
 */
public final class LoopCounters implements ShardFigures {
    /** The kind of a waiting reader. */
    public enum Waiter {
        /** A long-poll. */
        LONG_POLL,
        /** A subscription to events. */
        SSE,
        /** A response that follows a listing. */
        LISTING;

        @SuppressWarnings("EnumOrdinal")
        private int slot() {
            return ordinal();
        }
    }

    /** What became of a webhook. */
    public enum WebhookResult {
        /** The answer said that the work is done. */
        DONE,
        /** The receiver works later. */
        ACCEPTED,
        /** It was not accepted. */
        FAILED;

        @SuppressWarnings("EnumOrdinal")
        private int slot() {
            return ordinal();
        }
    }

    /** Why a wake is tried again. */
    public enum RetryReason {
        /** A webhook failed. */
        WEBHOOK,
        /** The lease of a webhook ended before the worker was done. */
        LEASE,
        /** A wake stream did not accept the message. */
        WAKE_STREAM;

        @SuppressWarnings("EnumOrdinal")
        private int slot() {
            return ordinal();
        }
    }

    private static final int OUTCOMES = Outcomes.labels().size();
    private static final int REQUESTS = Metric.HTTP_REQUESTS.place();
    private static final int DURATIONS = Metric.HTTP_REQUEST_SECONDS.place();
    private static final int DURATION_PLACES = Metric.HTTP_REQUEST_SECONDS.width();
    private static final int RECEIVED = Metric.HTTP_RECEIVED_BYTES.place();
    private static final int SENT = Metric.HTTP_SENT_BYTES.place();

    private final EventExecutor loop;
    private final long[] values = new long[Metric.arrayLength()];
    private final SlowRequests slow = new SlowRequests();

    /** Creates counters of {@code loop}, all zero. */
    public LoopCounters(EventExecutor loop) {
        this.loop = loop;
    }

    /**
     * Whether the current thread may use the counters. After a loop has ended, other threads release its resources, and
     * their counts do not matter.
     */
    private boolean isOwner() {
        return loop.inEventLoop() || loop.isShuttingDown();
    }

    private void add(int place, long amount) {
        assert isOwner() : "counters of " + loop + " were used by " + Thread.currentThread();
        values[place] += amount;
    }

    private void record(Metric metric, long value) {
        record(metric, metric.place(), value);
    }

    private void record(Metric metric, int place, long value) {
        Buckets buckets = metric.buckets();
        int sum = place + buckets.count();
        add(place + buckets.of(value), 1);
        add(sum, value);
        add(sum + 1 + buckets.exponential().of(value), 1);
    }

    // ---- connections ----

    /**
     * Counts a request that was answered {@code nanos} after its arrival; {@code code} is null if it was not refused.
     */
    public void answered(Operation operation, int status, @Nullable ErrorCode code, long nanos) {
        record(Metric.HTTP_REQUEST_SECONDS, DURATIONS + operation.slot() * DURATION_PLACES, nanos);
        add(REQUESTS + operation.slot() * OUTCOMES + Outcomes.slot(status, code), 1);
    }

    /** The requests of the loop that took long. */
    public SlowRequests slowRequests() {
        assert isOwner() : "slow requests of " + loop + " were used by " + Thread.currentThread();
        return slow;
    }

    public void received(int bytes) {
        add(RECEIVED, bytes);
    }

    public void sent(int bytes) {
        add(SENT, bytes);
    }

    /** Counts a connection that was accepted. */
    public void connectionOpened(boolean administrative) {
        int series = administrative ? 1 : 0;
        add(Metric.CONNECTIONS.place() + series, 1);
        add(Metric.CONNECTIONS_OPENED.place() + series, 1);
    }

    /** Counts that an accepted connection is closed. */
    public void connectionClosed(boolean administrative) {
        add(Metric.CONNECTIONS.place() + (administrative ? 1 : 0), -1);
    }

    /** Counts a connection that has moved to this loop. */
    public void connectionMoved() {
        add(Metric.CONNECTIONS_MOVED.place(), 1);
    }

    /** Counts a connection that was closed when it arrived. */
    public void connectionRefused(boolean administrative) {
        add(Metric.CONNECTIONS_REFUSED.place() + (administrative ? 1 : 0), 1);
    }

    /** Counts a line of the access log that was dropped. */
    public void accessLineDropped() {
        add(Metric.LOG_LINES_DROPPED.place(), 1);
    }

    /** Counts a line of the audit log that was dropped. */
    public void auditLineDropped() {
        add(Metric.LOG_LINES_DROPPED.place() + 1, 1);
    }

    // ---- shards ----

    /** Adds {@code more} to the number of waiting readers; negative if fewer wait. */
    public void waiters(Waiter waiter, int more) {
        add(Metric.WAITERS.place() + waiter.slot(), more);
    }

    /** Counts an event stream that has begun; or one that has ended, with -1. */
    public void eventStreams(int more) {
        add(Metric.EVENT_STREAMS.place(), more);
    }

    /** Records by how long periodic work of the loop began late. */
    public void late(long nanos) {
        record(Metric.LOOP_DELAY_SECONDS, nanos);
    }

    /** Adds {@code more} to the number of waiting writes; negative if fewer wait. */
    public void parkedWrites(int more) {
        add(Metric.PARKED_WRITES.place(), more);
    }

    @Override
    public void committed(int records, long bytes, long syncNanos) {
        record(Metric.BATCH_RECORDS, records);
        record(Metric.BATCH_BYTES, bytes);
        if (syncNanos >= 0) {
            record(Metric.SYNC_SECONDS, syncNanos);
        }
    }

    @Override
    public void refused() {
        add(Metric.BATCHES_REFUSED.place(), 1);
    }

    @Override
    public void failed() {
        add(Metric.JOURNAL_FAILURES.place(), 1);
    }

    @Override
    public void checkpointed(long bytes, long nanos) {
        record(Metric.CHECKPOINT_SECONDS, nanos);
        add(Metric.CHECKPOINT_BYTES.place(), bytes);
    }

    @Override
    public void compacted(long bytes, long nanos) {
        record(Metric.COMPACTION_SECONDS, nanos);
        add(Metric.COMPACTION_BYTES.place(), bytes);
    }

    @Override
    public void abandoned(boolean isCheckpoint) {
        add(Metric.JOBS_ABANDONED.place() + (isCheckpoint ? 0 : 1), 1);
    }

    @Override
    public void duplicate() {
        add(Metric.APPEND_DUPLICATES.place(), 1);
    }

    // ---- subscriptions ----

    /** Counts a webhook that was sent. */
    public void webhook(WebhookResult result) {
        add(Metric.WEBHOOK_DELIVERIES.place() + result.slot(), 1);
    }

    /** Counts a wake that is scheduled again. */
    public void wakeRetried(RetryReason reason) {
        add(Metric.SUBSCRIPTION_RETRIES.place() + reason.slot(), 1);
    }

    // ---- reading ----

    EventExecutor loop() {
        return loop;
    }

    /** Adds all values to {@code sums}, and returns it; called on the loop, or after it has ended. */
    long[] addTo(long[] sums) {
        assert isOwner() : "counters of " + loop + " were read by " + Thread.currentThread();
        for (int i = 0; i < values.length; i++) {
            sums[i] += values[i];
        }
        return sums;
    }
}
