package io.streamkeeper.server.cli;

import io.netty.util.internal.PlatformDependent;

/** Explains that the memory of this process is too small for what a data directory has. */
final class SmallHeap {
    private static final int MIB = 1 << 20;

    private SmallHeap() {}

    /** Whether {@code fault} is that memory ran out, or follows from it. */
    static boolean isCauseOf(Throwable fault) {
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof OutOfMemoryError) {
                return true;
            }
        }
        return false;
    }

    /** What that means and what to do, in one line. */
    static String problem() {
        return "the memory of this process (heap " + Runtime.getRuntime().maxMemory() / MIB + " MiB, direct "
                + PlatformDependent.maxDirectMemory() / MIB
                + " MiB) is too small for what the data directory has; use a larger -Xmx";
    }
}
