package io.streamkeeper.server.log;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lines that wait to be written. Any thread adds one without a lock; a thread of this class encodes and writes them in
 * batches. The queue is bounded by the heap of its lines: while it is full, lines are dropped and counted, so that a slow
 * disk delays no request, and the next line that is written contains their number.
 *
 * @param <T> a line before it is encoded
 */
public final class LineQueue<T> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LineQueue.class);

    /** How long a line waits at most before its batch is begun. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** Encoded bytes after which a batch is written. */
    private static final int BATCH_BYTES = 64 << 10;

    private static final int CLOSE_SECONDS_MAX = 5;

    /**
     * Encodes a line.
     *
     * @param <T> the line
     */
    public interface Encoder<T> {
        /**
         * {@return the bytes of a line, with its end}
         *
         * @param line to encode
         * @param droppedBefore how many lines before it were dropped
         */
        byte[] encode(T line, long droppedBefore);
    }

    private record Waiting<T>(T line, int bytes) {}

    private final String name;
    private final long bytesMax;
    private final Encoder<T> encoder;
    private final LineTarget target;
    private final Queue<Waiting<T>> queue = new ConcurrentLinkedQueue<>();
    private final AtomicLong queuedBytes = new AtomicLong();

    /** Lines that were dropped since the last one that was written. */
    private final AtomicLong dropped = new AtomicLong();

    private final Thread thread;
    private volatile boolean closes;

    // The following belong to the thread.
    private final ByteArrayOutputStream batch = new ByteArrayOutputStream();
    private int batchLines;

    /** The numbers of dropped lines that the batch contains. */
    private long batchDropped;

    private boolean failing;
    private final RareReport losses = new RareReport(System::nanoTime);

    /**
     * Starts the thread.
     *
     * @param name what the lines are, for the log, such as {@code the audit log}
     * @param threadName of the thread
     * @param bytesMax heap of the lines that wait, as their callers estimate it
     */
    public LineQueue(String name, String threadName, long bytesMax, Encoder<T> encoder, LineTarget target) {
        this.name = name;
        this.bytesMax = bytesMax;
        this.encoder = encoder;
        this.target = target;
        this.thread = new Thread(this::run, threadName);
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Adds a line; does not block.
     *
     * @param bytes the heap that it takes, about
     * @return whether it is written; else it is dropped and counted
     */
    public boolean add(T line, int bytes) {
        if (queuedBytes.addAndGet(bytes) > bytesMax) {
            queuedBytes.addAndGet(-bytes);
            dropped.incrementAndGet();
            return false;
        }
        queue.add(new Waiting<>(line, bytes));
        return true;
    }

    // ---- the thread ----

    private void run() {
        while (!closes) {
            writeAll();
            LockSupport.parkNanos(this, PAUSE_NANOS);
        }
        writeAll();
    }

    private void writeAll() {
        try {
            long lost = dropped.getAndSet(0);
            reportLost(lost);
            for (Waiting<T> next = queue.poll(); next != null; next = queue.poll()) {
                queuedBytes.addAndGet(-next.bytes());
                byte[] bytes = encoded(next.line(), lost);
                if (bytes == null) {
                    lost++;
                    continue;
                }
                batchDropped += lost;
                lost = 0;
                batch.writeBytes(bytes);
                batchLines++;
                if (batch.size() >= BATCH_BYTES) {
                    write();
                }
            }
            dropped.addAndGet(lost);
            write();
        } catch (RuntimeException | Error e) {
            LOG.error("{} has failed, and continues", name, e);
        }
    }

    /** Lines that cannot be encoded count as dropped, and prevent no other line. */
    private byte @Nullable [] encoded(T line, long lost) {
        try {
            return encoder.encode(line, lost);
        } catch (RuntimeException e) {
            LOG.error("a line of {} cannot be encoded, so it is dropped and counted", name, e);
            return null;
        }
    }

    private void write() {
        if (batchLines == 0) {
            return;
        }
        try {
            target.append(batch.toByteArray());
            failing = false;
        } catch (IOException e) {
            dropped.addAndGet(batchLines + batchDropped);
            if (!failing) {
                LOG.warn("{} cannot be written, so its lines are dropped and counted: {}", name, target.problem(e));
            }
            failing = true;
        }
        batch.reset();
        batchLines = 0;
        batchDropped = 0;
    }

    private void reportLost(long lost) {
        if (lost > 0 && !failing && losses.unreported() != RareReport.NOT_DUE) {
            LOG.warn("{} has dropped {} lines, because they came faster than they can be written", name, lost);
        }
    }

    /** Writes what waits, and ends; no line may follow. */
    @Override
    public void close() {
        closes = true;
        LockSupport.unpark(thread);
        try {
            thread.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS_MAX));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
