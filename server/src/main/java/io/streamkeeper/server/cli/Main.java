package io.streamkeeper.server.cli;

/** The process. */
public final class Main {
    private static final String LEAK_LEVEL = "io.netty.leakDetection.level";

    private static final String OPENED = "io.netty.tryReflectionSetAccessible";

    private Main() {}

    /**
     * Runs the server until it is stopped; exits 0 after a stop, 1 if it cannot run, 2 if the arguments are not valid.
     *
     * @param args flags, as {@code --help} shows them, or the name of a tool and what it takes
     */
    public static void main(String[] args) {
        if (System.getProperty(LEAK_LEVEL) == null) {
            // Tests look for leaks; here the stack traces for that would cost a twentieth of the processor.
            System.setProperty(LEAK_LEVEL, "disabled");
        }
        if (System.getProperty(OPENED) == null) {
            // With java.nio opened, as the jar's manifest does, Netty counts direct memory itself: what does not fit
            // fails at once, where the JVM would have the loop sleep for half a second in the hope of a garbage
            // collection.
            System.setProperty(OPENED, "true");
        }
        System.exit(ServeCommand.run(args, System.getenv(), System.out, System.err));
    }
}
