package io.streamkeeper.server.metrics;

import io.netty.util.concurrent.EventExecutor;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.storage.journal.ShardFigures;
import org.jspecify.annotations.Nullable;

/**
 * What one event loop counts: of its connections, of its shards, and what the threads of its shards' journals measure,
 * which those hand over to the loop together with what they report. Owned by the loop: every method is called on it,
 * which an assertion checks in every test. To count is one addition to a plain array, without a lock, a fence or an
 * allocation.
 *
 * <p>Why a reader sees whole numbers, and all that was counted before it asks: only the loop reads the array. A
 * snapshot is a task that the loop executes, see {@link Counters#total}; it copies the array, and the copy is handed
 * over by a future, whose completion happens before it is seen. A publication that the loop refreshes would be the
 * alternative: it costs every loop a copy now and then whether a reader exists or not, and what it reads is old. The
 * price of a message is that a loop which is held up answers late; a reader bounds that by a timeout.
 */
public final class LoopCounters implements ShardFigures {
    /** What a reader waits with. */
    public enum Waiter {
        /** A long-poll. */
        LONG_POLL,
        /** A subscription to events. */
        SSE;

        @SuppressWarnings("EnumOrdinal")
        private int slot() {
            return ordinal();
        }
    }

    private static final int OUTCOMES = Outcomes.labels().size();
    private static final int REQUESTS = Metric.HTTP_REQUESTS.place();
    private static final int RECEIVED = Metric.HTTP_RECEIVED_BYTES.place();
    private static final int SENT = Metric.HTTP_SENT_BYTES.place();

    private final EventExecutor loop;
    private final long[] values = new long[Metric.arrayLength()];

    /** Counters of {@code loop}, all zero. */
    public LoopCounters(EventExecutor loop) {
        this.loop = loop;
    }

    /** Where a loop has ended, what it leaves is released by other threads, and what they count is of no interest. */
    private boolean isOwner() {
        return loop.inEventLoop() || loop.isShuttingDown();
    }

    private void add(int place, long amount) {
        assert isOwner() : "counters of " + loop + " were used by " + Thread.currentThread();
        values[place] += amount;
    }

    private void record(Metric metric, long value) {
        int place = metric.place();
        Buckets buckets = metric.buckets();
        add(place + buckets.of(value), 1);
        add(place + buckets.count(), value);
    }

    // ---- connections ----

    /** A request was answered; {@code code} is null where it was not refused. */
    public void answered(Operation operation, int status, @Nullable ErrorCode code) {
        add(REQUESTS + operation.slot() * OUTCOMES + Outcomes.slot(status, code), 1);
    }

    public void received(int bytes) {
        add(RECEIVED, bytes);
    }

    public void sent(int bytes) {
        add(SENT, bytes);
    }

    /** A connection was taken. */
    public void connectionOpened(boolean administrative) {
        int series = administrative ? 1 : 0;
        add(Metric.CONNECTIONS.place() + series, 1);
        add(Metric.CONNECTIONS_OPENED.place() + series, 1);
    }

    /** Such a connection is closed. */
    public void connectionClosed(boolean administrative) {
        add(Metric.CONNECTIONS.place() + (administrative ? 1 : 0), -1);
    }

    /** A connection was closed as it came. */
    public void connectionRefused(boolean administrative) {
        add(Metric.CONNECTIONS_REFUSED.place() + (administrative ? 1 : 0), 1);
    }

    // ---- shards ----

    /** So many more readers wait, or fewer where that is negative. */
    public void waiters(Waiter waiter, int more) {
        add(Metric.WAITERS.place() + waiter.slot(), more);
    }

    /** So many more writes wait, or fewer where that is negative. */
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

    // ---- reading ----

    EventExecutor loop() {
        return loop;
    }

    /** All values; on the loop, or where it has ended. */
    long[] copy() {
        assert isOwner() : "counters of " + loop + " were read by " + Thread.currentThread();
        return values.clone();
    }
}
