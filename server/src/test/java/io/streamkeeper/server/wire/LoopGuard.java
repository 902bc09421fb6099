package io.streamkeeper.server.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import reactor.blockhound.BlockHound;

/** Notices blocking calls on the servers' event loops; forcing a file to disk counts as one. */
public final class LoopGuard {
    private static final String LOOP = "streamkeeper-loop";
    private static final List<String> BLOCKED = new CopyOnWriteArrayList<>();
    private static boolean installed;

    private LoopGuard() {}

    public static synchronized void install() {
        if (installed) {
            return;
        }
        installed = true;
        BlockHound.Builder builder = BlockHound.builder()
                .loadIntegrations()
                .nonBlockingThreadPredicate(
                        other -> other.or(thread -> thread.getName().startsWith(LOOP)))
                // The lock of Netty's own allocator, which Netty allows in its other allocators.
                .allowBlockingCallsInside(
                        "io.netty.buffer.AdaptivePoolingAllocator$MagazineGroup", "tryExpandMagazines")
                .blockingMethodCallback(LoopGuard::blocked);
        for (String dispatcher : dispatchers()) {
            builder.markAsBlocking(dispatcher, "force0", "(Ljava/io/FileDescriptor;Z)I");
        }
        builder.install();
    }

    /** Where this JDK has the call that forces a file to disk. */
    private static List<String> dispatchers() {
        return Stream.of("sun.nio.ch.FileDispatcherImpl", "sun.nio.ch.UnixFileDispatcherImpl")
                .filter(LoopGuard::forces)
                .toList();
    }

    private static boolean forces(String className) {
        try {
            return Stream.of(Class.forName(className).getDeclaredMethods())
                    .anyMatch(method -> method.getName().equals("force0"));
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private static void blocked(Object method) {
        if (Thread.currentThread().getName().startsWith(LOOP)) {
            StringBuilder stack = new StringBuilder(method.toString());
            for (StackTraceElement frame : Thread.currentThread().getStackTrace()) {
                stack.append("\n    at ").append(frame);
            }
            BLOCKED.add(stack.toString());
        }
    }

    /** Fails if a loop was blocked since the last time. */
    public static void assertNothingBlocked() {
        assertThat(takeBlocked()).as("blocking calls on a loop").isEmpty();
    }

    static List<String> takeBlocked() {
        List<String> taken = new ArrayList<>(BLOCKED);
        BLOCKED.clear();
        return taken;
    }
}
