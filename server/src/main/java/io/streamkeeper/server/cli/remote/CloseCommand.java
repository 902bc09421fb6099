package io.streamkeeper.server.cli.remote;

import io.streamkeeper.client.http.BlockingRemoteStreams;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Closes a stream. */
@Command(name = "close", description = "Closes a stream: it accepts no more appends, and its readers reach its end.")
final class CloseCommand extends RemoteCommand {
    @Parameters(paramLabel = "PATH", description = "The stream, not percent-encoded.")
    private String path = "";

    CloseCommand(Console console) {
        super(console);
    }

    @Override
    void run(BlockingRemoteStreams streams) throws InterruptedException {
        streams.close(path);
    }
}
