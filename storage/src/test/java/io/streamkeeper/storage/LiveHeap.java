package io.streamkeeper.storage;

import java.lang.management.ManagementFactory;
import java.util.Scanner;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * The heap that live objects of this process take, from the class histogram of the JVM, which is exact: it collects
 * garbage and counts each object with its padding. Objects of other threads and of the JVM itself count too, so measure
 * the difference that many objects make.
 */
final class LiveHeap {
    private LiveHeap() {}

    /** The heap of live objects. The second collection frees what references held that the first one has cleared. */
    static long bytes() {
        histogram();
        return total(histogram());
    }

    private static String histogram() {
        try {
            String[] none = {};
            return ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "gcClassHistogram",
                            new Object[] {none},
                            new String[] {String[].class.getName()})
                    .toString();
        } catch (JMException e) {
            throw new IllegalStateException("the JVM has no class histogram", e);
        }
    }

    /** The last line is {@code Total}, objects, bytes. */
    private static long total(String histogram) {
        Scanner last = new Scanner(histogram.substring(histogram.lastIndexOf("Total")));
        last.next();
        last.nextLong();
        return last.nextLong();
    }
}
