package io.streamkeeper.server.cli.remote;

import picocli.CommandLine.Parameters;

/** A command for one stream, which its first argument names. */
abstract class StreamCommand extends RemoteCommand {
    @Parameters(index = "0", paramLabel = "PATH", description = "The stream, not percent-encoded.")
    private String path = "";

    StreamCommand(Console console) {
        super(console);
    }

    /** The path of the stream. */
    String path() {
        return path;
    }
}
