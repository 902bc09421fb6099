package io.streamkeeper.server;

import io.streamkeeper.server.cli.ServeCommand;

/** The process. */
public final class Main {
    private Main() {}

    /** Runs the server until it is stopped; exits 0 after a stop, 1 if it cannot run, 2 if the arguments are not valid. */
    public static void main(String[] args) {
        System.exit(ServeCommand.run(args, System.getenv(), System.out, System.err));
    }
}
