package io.streamkeeper.protocol.leak;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The buffers of one simulated process: what its thread allocates from {@link #begin} on until the process ends. A
 * process that is killed abandons its buffers, and the machine gets them back: {@link #free}. One that stops by itself
 * has released them all: {@link #assertReleased}.
 *
 * <p>Belongs to the thread that began it. Processes on one thread nest: the one that began last gets the buffers. In a
 * build that does not name {@link LeakRecorder} to Netty, no process gets any.
 */
public final class ProcessMemory {
    private static final int SWEEP_BUFFERS_MIN = 1_024;
    private static final ThreadLocal<Deque<ProcessMemory>> PROCESSES = ThreadLocal.withInitial(ArrayDeque::new);

    private List<ByteBuf> buffers = new ArrayList<>();
    private int sweepAt = SWEEP_BUFFERS_MIN;
    private long failsAt = -1;

    private ProcessMemory() {}

    /** A process begins on this thread. */
    public static ProcessMemory begin() {
        ProcessMemory process = new ProcessMemory();
        PROCESSES.get().push(process);
        return process;
    }

    static @Nullable ProcessMemory current() {
        return PROCESSES.get().peek();
    }

    /** Ends all processes that a test has left running on this thread. */
    static void freeAll() {
        while (!PROCESSES.get().isEmpty()) {
            PROCESSES.get().peek().free();
        }
    }

    /**
     * From now on the allocation number {@code count} fails, as where the machine has no memory, and all others
     * succeed.
     */
    public void failAllocation(long count) {
        failsAt = count;
    }

    /** Whether an allocation that was to fail did. */
    public boolean hasFailed() {
        return failsAt == 0;
    }

    void add(ByteBuf buffer) {
        if (failsAt > 0 && --failsAt == 0) {
            buffer.release();
            throw new OutOfMemoryError("a fault of the test: no memory for " + buffer.capacity() + " bytes");
        }
        if (buffers.size() >= sweepAt) {
            buffers = held();
            sweepAt = Math.max(SWEEP_BUFFERS_MIN, 2 * buffers.size());
        }
        buffers.add(buffer);
    }

    private List<ByteBuf> held() {
        List<ByteBuf> held = new ArrayList<>();
        for (ByteBuf buffer : buffers) {
            if (buffer.refCnt() > 0) {
                held.add(buffer);
            }
        }
        return held;
    }

    /** The process was killed: nothing of it runs any more, and all that it holds is released. */
    public void free() {
        PROCESSES.get().remove(this);
        for (ByteBuf buffer : buffers) {
            if (buffer.refCnt() > 0) {
                buffer.release(buffer.refCnt());
            }
        }
        buffers = List.of();
    }

    /** The process has ended by itself; fails if it holds a buffer, which is released all the same. */
    public void assertReleased() {
        List<String> held = held().stream().map(String::valueOf).toList();
        free();
        assertThat(held).as("buffers that the process held at its end").isEmpty();
    }
}
