package io.streamkeeper.server.cli;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import com.sun.management.VMOption;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * The memory of this process, by the management interfaces of its JVM. What a JVM does not support is left out: then it
 * keeps that memory.
 */
final class ProcessMemory implements SpareMemory.Memory {
    /** In the names of the pools of new objects, of all collectors. */
    private static final String NEW_OBJECTS = "Eden";

    /** Time without a collection after which G1 begins a concurrent one. */
    private static final int COLLECTION_INTERVAL_MILLIS = 100;

    private static final String FREE_PERCENT_MIN = "MinHeapFreeRatio";

    private static final String FREE_PERCENT_MAX = "MaxHeapFreeRatio";

    /** The JVM refuses a minimum above the maximum, so the minimum is none until the maximum is set. */
    @Override
    public void limitFree(int percentMin, int percentMax) {
        setFlag(FREE_PERCENT_MIN, 0);
        setFlag(FREE_PERCENT_MAX, percentMax);
        setFlag(FREE_PERCENT_MIN, percentMin);
    }

    @Override
    public long processorNanos() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }

    @Override
    public long liveBytes() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool ->
                        pool.getType() == MemoryType.HEAP && !pool.getName().contains(NEW_OBJECTS))
                .mapToLong(ProcessMemory::usedBytes)
                .sum();
    }

    private static long usedBytes(MemoryPoolMXBean pool) {
        return pool.getUsage().getUsed();
    }

    @Override
    public long initialBytes() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getInit();
    }

    @Override
    public long heapBytes() {
        return Runtime.getRuntime().totalMemory();
    }

    @Override
    @SuppressWarnings("DoNotCall")
    public void collect() {
        System.gc();
    }

    /** G1 makes such a collection when there was none for an interval, if one is set. */
    @Override
    public void collectConcurrently(boolean begin) {
        setFlag("G1PeriodicGCInterval", begin ? COLLECTION_INTERVAL_MILLIS : 0);
    }

    /** Sets a flag of the JVM that may change while it runs, unless the command line or the environment sets it. */
    private static void setFlag(String name, int value) {
        String written = Integer.toString(value);
        try {
            VMOption flag = flags().getVMOption(name);
            VMOption.Origin origin = flag.getOrigin();
            boolean isOurs = origin == VMOption.Origin.DEFAULT || origin == VMOption.Origin.MANAGEMENT;
            if (isOurs && !flag.getValue().equals(written)) {
                flags().setVMOption(name, written);
            }
        } catch (IllegalArgumentException e) {
            // This JVM has no such flag, or the command line sets another one that excludes the value.
            return;
        }
    }

    private static HotSpotDiagnosticMXBean flags() {
        return ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    }

    @Override
    public void trim() {
        try {
            ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "systemTrimNativeHeap",
                            new Object[0],
                            new String[0]);
        } catch (JMException e) {
            // This JVM has no such command, or its C library does not support it.
            return;
        }
    }
}
