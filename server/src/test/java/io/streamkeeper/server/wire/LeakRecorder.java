package io.streamkeeper.server.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what Netty's leak detector reports, so that a test can fail of it. The build names it to Netty. */
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
    protected boolean needReport() {
        return true;
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
        REPORTS.add(resourceType + records);
        super.reportTracedLeak(resourceType, records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
        REPORTS.add(resourceType);
        super.reportUntracedLeak(resourceType);
    }

    /** Collects the garbage and fails if a buffer was in it that was not released. */
    public static void assertNothingLeaked() {
        assertThat(takeReports()).as("leaks").isEmpty();
    }

    static List<String> takeReports() {
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
