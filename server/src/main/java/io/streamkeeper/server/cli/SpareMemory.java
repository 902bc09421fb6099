package io.streamkeeper.server.cli;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
 *
 * <p>While the server works, a heap that exceeds its {@link HeapTarget} is returned by a concurrent collection. A heap
 * that exceeds it again and again is needed, so the time until the next such collection doubles.
 */
final class SpareMemory {
    private static final Logger LOG = LoggerFactory.getLogger(SpareMemory.class);

    /** The time between two steps. */
    static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** The time between two steps during a concurrent collection. */
    static final long COLLECTING_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** A full collection of live objects of this size takes about 30 ms. */
    static final long LIVE_BYTES_MAX = 48L << 20;

    /**
     * Steps without work after which the process is idle: after an idle shard has written a checkpoint, which releases
     * the memory of its blocks.
     */
    static final int IDLE_STEPS = 5;

    /** Work that gives an idle process memory to return: this processor time. */
    static final long WORK_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** The longest time between two collections of a process that works. */
    static final long PAUSE_NANOS_MAX = TimeUnit.MINUTES.toNanos(4);

    /** A step is without work if the process used at most one part in this many of the time of a core. */
    private static final int IDLE_PART = 20;

    /** The free part of the heap of an idle process, in percent: at least and at most. */
    private static final int IDLE_FREE_PERCENT_MIN = 10;

    private static final int IDLE_FREE_PERCENT_MAX = 30;

    /** The memory of the process. */
    interface Memory {
        /** From now on collections leave a free part of the heap between these percentages. */
        void limitFree(int percentMin, int percentMax);

        /** The processor time that the process has used. */
        long processorNanos();

        /** About the bytes of the objects that survived the last collection. */
        long liveBytes();

        /** The size of the heap when the JVM started. */
        long initialBytes();

        /** The size of the heap with its free part. */
        long heapBytes();

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
    private int idleSteps;
    private long stepNanos;
    private long processorNanos;

    /** The processor time at the last return; the start counts as work. */
    private long returnedProcessorNanos = -WORK_NANOS;

    /** The heap that a concurrent collection is to leave; null while none is under way. */
    private @Nullable HeapTarget collecting;

    private long collectingSinceNanos;

    /** The pause after the next collection of a process that works, and when the last one ended. */
    private long pauseNanos;

    private long collectedNanos;

    SpareMemory(Memory memory, long nowNanos) {
        this.memory = memory;
        this.stepNanos = nowNanos;
        this.collectedNanos = nowNanos;
    }

    /**
     * Returns memory if it is time to. The server does not depend on this: after a failure, for instance of a library of
     * the JVM for which no descriptor is left, no memory is returned.
     *
     * @return the time until the next step
     */
    long step(long nowNanos) {
        if (failed) {
            return INTERVAL_NANOS;
        }
        try {
            tryStep(nowNanos);
        } catch (RuntimeException | Error e) {
            failed = true;
            LOG.info("memory that is not needed is not returned to the system: {}", e.toString());
        }
        return collecting != null ? COLLECTING_NANOS : INTERVAL_NANOS;
    }

    private void tryStep(long nowNanos) {
        if (collecting != null) {
            endCollection(collecting, nowNanos);
            return;
        }
        long processor = memory.processorNanos();
        boolean works = processor - processorNanos > (nowNanos - stepNanos) / IDLE_PART;
        idleSteps = works ? 0 : idleSteps + 1;
        stepNanos = nowNanos;
        processorNanos = processor;
        if (!started) {
            started = true;
            limitFreeOfIdle();
            if (isQuicklyCollected()) {
                memory.collect();
            }
        } else if (works) {
            stepOfWork(nowNanos);
        } else if (idleSteps >= IDLE_STEPS && processor - returnedProcessorNanos >= WORK_NANOS) {
            beginReturn(nowNanos);
        }
    }

    private void limitFreeOfIdle() {
        memory.limitFree(IDLE_FREE_PERCENT_MIN, IDLE_FREE_PERCENT_MAX);
    }

    private boolean isQuicklyCollected() {
        return memory.liveBytes() <= LIVE_BYTES_MAX;
    }

    private void stepOfWork(long nowNanos) {
        HeapTarget target = new HeapTarget(memory.liveBytes(), memory.initialBytes());
        memory.limitFree(target.freePercent(), target.freePercent());
        if (target.isExceededBy(memory.heapBytes()) && nowNanos - collectedNanos >= pauseNanos) {
            pauseNanos = Math.min(PAUSE_NANOS_MAX, Math.max(INTERVAL_NANOS, 2 * pauseNanos));
            beginCollection(target, nowNanos);
        }
    }

    private void beginReturn(long nowNanos) {
        pauseNanos = 0;
        limitFreeOfIdle();
        if (isQuicklyCollected()) {
            memory.collect();
            endReturn();
        } else {
            beginCollection(new HeapTarget(0, 0), nowNanos);
        }
    }

    private void beginCollection(HeapTarget target, long nowNanos) {
        collecting = target;
        collectingSinceNanos = nowNanos;
        memory.collectConcurrently(true);
    }

    private void endCollection(HeapTarget target, long nowNanos) {
        boolean isLate = nowNanos - collectingSinceNanos >= INTERVAL_NANOS;
        if (isLate || !target.isExceededBy(memory.heapBytes())) {
            collecting = null;
            collectedNanos = nowNanos;
            memory.collectConcurrently(false);
            endReturn();
        }
    }

    private void endReturn() {
        memory.trim();
        returnedProcessorNanos = memory.processorNanos();
    }
}
