package io.streamkeeper.server.cli;

import io.streamkeeper.server.cli.remote.RemoteCommands;
import io.streamkeeper.server.cli.remote.Terminal;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;

/** The entry point of the process. */
public final class Main {
    private static final String LEAK_LEVEL = "io.netty.leakDetection.level";

    private static final String ALLOCATOR_EVENTS = "io.netty.jfr.enabled";

    private static final String OPENED = "io.netty.tryReflectionSetAccessible";

    private Main() {}

    /**
     * Runs the server until it is stopped; exits with 0 after a stop, 1 if it cannot run, 2 if the arguments are
     * invalid.
     *
     * @param args flags, as {@code --help} shows them, or the name of a command and its arguments
     */
    public static void main(String[] args) {
        if (args.length > 0 && RemoteCommands.NAMES.contains(args[0])) {
            // The messages of the client are not for users, and loading the logging library takes longer than a
            // command.
            System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
            System.setProperty("slf4j.internal.verbosity", "WARN");
            // Without the buffers of System.out, so that a failed write is an exception.
            OutputStream out = new FileOutputStream(FileDescriptor.out);
            System.exit(RemoteCommands.run(
                    args,
                    System.getenv(),
                    System.in,
                    Terminal.isAt(Terminal.OUTPUT) ? new Terminal(out) : out,
                    System.err));
        }
        if (System.getProperty(LEAK_LEVEL) == null) {
            // Tests detect leaks; in production, the stack traces for this would cost a twentieth of the CPU time.
            System.setProperty(LEAK_LEVEL, "disabled");
        }
        if (System.getProperty(ALLOCATOR_EVENTS) == null) {
            // Netty's events for the flight recorder, one for each buffer, would load the flight recorder for the first
            // request even if nobody records: an eighth of the start time.
            System.setProperty(ALLOCATOR_EVENTS, "false");
        }
        if (System.getProperty(OPENED) == null) {
            // With java.nio opened, as in the jar's manifest, Netty counts direct memory itself: an allocation beyond
            // the limit fails at once, whereas the JVM would let the loop sleep for half a second to wait for a garbage
            // collection.
            System.setProperty(OPENED, "true");
        }
        System.exit(ServeCommand.run(args, System.getenv(), System.out, System.err));
    }
}
