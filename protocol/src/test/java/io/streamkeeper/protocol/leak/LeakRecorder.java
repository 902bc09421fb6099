package io.streamkeeper.protocol.leak;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakTracker;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Netty's leak detector, with two additions: it keeps its reports instead of printing them, so that {@link LeakCheck}
 * fails the build with them, and buffers of a simulated process belong to that process's {@link ProcessMemory}. The
 * build names it to Netty. Safe for use by any thread.
 */
public final class LeakRecorder<T> extends ResourceLeakDetector<T> {
    private static final int COLLECTIONS = 3;
    private static final List<String> REPORTS = new CopyOnWriteArrayList<>();

    /** Called by Netty, once for each kind of resource. */
    public LeakRecorder(Class<?> resourceType, int samplingInterval) {
        super(resourceType, samplingInterval);
    }

    /** The form that Netty looks for too, though it does not use it where there is the other. */
    public LeakRecorder(Class<?> resourceType, int samplingInterval, long maxActive) {
        this(resourceType, samplingInterval);
    }

    @Override
    public @Nullable ResourceLeakTracker<T> track(T resource) {
        ProcessMemory process = ProcessMemory.current();
        if (process != null && resource instanceof ByteBuf buffer) {
            process.add(buffer);
            return null;
        }
        return super.track(resource);
    }

    @Override
    protected boolean needReport() {
        return true;
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
        REPORTS.add(resourceType + records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
        REPORTS.add(resourceType);
    }

    /** Collects the garbage and fails if a buffer was in it that was not released. */
    public static void assertNothingLeaked() {
        assertThat(takeReports()).as("leaks").isEmpty();
    }

    /** Collects the garbage; returns what was reported since the last call, and forgets it. */
    public static List<String> takeReports() {
        for (int i = 0; i < COLLECTIONS; i++) {
            collectGarbage();
            // The detector looks at what was collected when it begins to track another.
            PooledByteBufAllocator.DEFAULT.buffer(1).release();
        }
        List<String> taken = List.copyOf(REPORTS);
        REPORTS.clear();
        return taken;
    }

    private static void collectGarbage() {
        WeakReference<Object> garbage = new WeakReference<>(new Object());
        while (garbage.get() != null) {
            System.gc();
            Thread.onSpinWait();
        }
    }
}
