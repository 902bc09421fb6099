package io.streamkeeper.server;

import io.streamkeeper.server.cli.ServeCommand;

/** The process. */
public final class Main {
    private static final String LEAK_LEVEL = "io.netty.leakDetection.level";

    private Main() {}

    /**
     * Runs the server until it is stopped; exits 0 after a stop, 1 if it cannot run, 2 if the arguments are not valid.
     *
     * @param args flags, as {@code --help} shows them, or the name of a tool and what it takes
     */
    public static void main(String[] args) {
        if (System.getProperty(LEAK_LEVEL) == null) {
            // Tests look for leaks; here the stack traces that this takes would cost a twentieth of the processor.
            System.setProperty(LEAK_LEVEL, "disabled");
        }
        System.exit(ServeCommand.run(args, System.getenv(), System.out, System.err));
    }
}
