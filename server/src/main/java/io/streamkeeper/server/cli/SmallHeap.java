package io.streamkeeper.server.cli;

import io.netty.util.internal.PlatformDependent;

/** Reports that the memory of this process is too small for the contents of a data directory. */
final class SmallHeap {
    private static final int MIB = 1 << 20;

    private SmallHeap() {}

    /** Whether {@code fault} is an {@link OutOfMemoryError}, or was caused by one. */
    static boolean isCauseOf(Throwable fault) {
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof OutOfMemoryError) {
                return true;
            }
        }
        return false;
    }

    /** The problem and its remedy, in one line. */
    static String problem() {
        return "the memory of this process (heap " + Runtime.getRuntime().maxMemory() / MIB + " MiB, direct "
                + PlatformDependent.maxDirectMemory() / MIB
                + " MiB) is too small for what the data directory has; use a larger -Xmx";
    }
}
