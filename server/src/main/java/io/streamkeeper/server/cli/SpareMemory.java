package io.streamkeeper.server.cli;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides when the process returns memory that it does not need to the system. The JVM chooses the size of its heap by
 * the memory of the machine, and the C library keeps what was freed. Used by the main thread of the process only; an
 * application that embeds the server decides about its memory itself.
 *
 * <p>The heap is returned at the first step after the start, so that from then on it grows only if it must; and when
 * the server has become idle after some work, together with the free memory of the C library. A full collection
 * returns the most, but stops all threads for a time that grows with the live objects. With many of them, a concurrent
 * collection returns the heap instead.
 */
final class SpareMemory {
    private static final Logger LOG = LoggerFactory.getLogger(SpareMemory.class);

    /** The time between two steps. */
    static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** A full collection of live objects of this size takes about 30 ms. */
    static final long LIVE_BYTES_MAX = 48L << 20;

    /**
     * Steps without work after which the process is idle: after an idle shard has written a checkpoint, which releases
     * the memory of its blocks.
     */
    static final int IDLE_STEPS = 5;

    /** Work that gives an idle process memory to return: at least this processor time. */
    static final long WORK_NANOS = TimeUnit.SECONDS.toNanos(1);

    /**
     * And at least so much for each live byte. A concurrent collection takes about 2 ns for each, so an idle process
     * uses at most about a twentieth of its processor time for them.
     */
    static final long WORK_NANOS_OF_LIVE_BYTE = 40;

    /** A step is without work if the process used at most one part in this many of the time of a core. */
    private static final int IDLE_PART = 20;

    /** The memory of the process. */
    interface Memory {
        /** From now on each collection returns the rest of the heap. */
        void limitFree();

        /** The processor time that the process has used. */
        long processorNanos();

        /** About the bytes of the objects that survived the last collection. */
        long liveBytes();

        /** Makes a full collection, which returns the rest of the heap. */
        void collect();

        /** Begins or ends a time in which a concurrent collection returns the rest of the heap. */
        void collectConcurrently(boolean begin);

        /** Returns the free memory of the C library. */
        void trim();
    }

    private final Memory memory;
    private boolean started;
    private boolean failed;
    private boolean collecting;
    private int idleSteps;
    private long stepNanos;
    private long processorNanos;

    /** The processor time at the last return; the start counts as enough work. */
    private long returnedProcessorNanos = Long.MIN_VALUE / 2;

    SpareMemory(Memory memory, long nowNanos) {
        this.memory = memory;
        this.stepNanos = nowNanos;
    }

    /**
     * Returns memory if it is time to; to be called every {@link #INTERVAL_NANOS}. The server does not depend on this:
     * after a failure, for instance of a library of the JVM for which no descriptor is left, no memory is returned.
     */
    void step(long nowNanos) {
        if (failed) {
            return;
        }
        try {
            tryStep(nowNanos);
        } catch (RuntimeException | Error e) {
            failed = true;
            LOG.info("memory that is not needed is not returned to the system: {}", e.toString());
        }
    }

    private void tryStep(long nowNanos) {
        long processor = memory.processorNanos();
        boolean works = processor - processorNanos > (nowNanos - stepNanos) / IDLE_PART;
        idleSteps = works ? 0 : idleSteps + 1;
        stepNanos = nowNanos;
        processorNanos = processor;
        if (collecting) {
            collecting = false;
            memory.collectConcurrently(false);
            endReturn();
        } else if (!started) {
            started = true;
            memory.limitFree();
            if (isQuicklyCollected()) {
                memory.collect();
            }
        } else if (idleSteps >= IDLE_STEPS && hasWorked(processor)) {
            beginReturn();
        }
    }

    private boolean hasWorked(long processor) {
        long work = processor - returnedProcessorNanos;
        return work >= WORK_NANOS && work >= memory.liveBytes() * WORK_NANOS_OF_LIVE_BYTE;
    }

    private boolean isQuicklyCollected() {
        return memory.liveBytes() <= LIVE_BYTES_MAX;
    }

    private void beginReturn() {
        if (isQuicklyCollected()) {
            memory.collect();
            endReturn();
        } else {
            collecting = true;
            memory.collectConcurrently(true);
        }
    }

    private void endReturn() {
        memory.trim();
        returnedProcessorNanos = memory.processorNanos();
    }
}
