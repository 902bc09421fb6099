package io.streamkeeper.cluster;

import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.util.AwaitToRun;

/**
 * Closes a Raft server in spite of a deadlock of Ratis 3.3.0: it holds the lock of its log while it waits for the thread
 * that evicts cached segments, and that thread may be waiting for the lock. An interrupt ends the first wait, and the
 * rest of the close follows.
 */
final class CloseDeadlock {
    private static final long LOOK_MILLIS = 500;

    private CloseDeadlock() {}

    /** Closes {@code server}; may block for as long as it does without the deadlock. */
    static void close(Closeable server) throws IOException {
        Thread watch = new Thread(CloseDeadlock::watch, "cluster-close-watch");
        watch.setDaemon(true);
        watch.start();
        try {
            server.close();
        } finally {
            watch.interrupt();
        }
    }

    private static void watch() {
        try {
            while (true) {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
                Thread.getAllStackTraces().forEach((thread, stack) -> {
                    if (waits(stack)) {
                        thread.interrupt();
                    }
                });
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean waits(StackTraceElement[] stack) {
        for (StackTraceElement frame : stack) {
            if (frame.getClassName().equals(AwaitToRun.class.getName())
                    && frame.getMethodName().equals("close")) {
                return true;
            }
        }
        return false;
    }
}
