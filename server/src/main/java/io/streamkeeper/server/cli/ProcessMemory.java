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

    /** The free part of the heap, in percent, above which a collection returns memory. */
    private static final String FREE_PERCENT_MAX = "30";

    private static final String FREE_PERCENT_MIN = "10";

    /** Time without a collection after which G1 begins a concurrent one. */
    private static final String COLLECTION_INTERVAL_MILLIS = "500";

    @Override
    public void limitFree() {
        setFlag("MinHeapFreeRatio", FREE_PERCENT_MIN);
        setFlag("MaxHeapFreeRatio", FREE_PERCENT_MAX);
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
    @SuppressWarnings("DoNotCall")
    public void collect() {
        System.gc();
    }

    /** G1 makes such a collection when there was none for an interval, if one is set. */
    @Override
    public void collectConcurrently(boolean begin) {
        setFlag("G1PeriodicGCInterval", begin ? COLLECTION_INTERVAL_MILLIS : "0");
    }

    /** Sets a flag of the JVM that may change while it runs, unless the command line or the environment sets it. */
    private static void setFlag(String name, String value) {
        HotSpotDiagnosticMXBean flags = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        try {
            VMOption.Origin origin = flags.getVMOption(name).getOrigin();
            if (origin == VMOption.Origin.DEFAULT || origin == VMOption.Origin.MANAGEMENT) {
                flags.setVMOption(name, value);
            }
        } catch (IllegalArgumentException e) {
            // This JVM has no such flag.
            return;
        }
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
