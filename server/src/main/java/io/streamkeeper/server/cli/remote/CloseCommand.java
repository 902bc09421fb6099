package io.streamkeeper.server.cli.remote;

import io.streamkeeper.client.http.BlockingRemoteStreams;
import picocli.CommandLine.Command;

/** Closes a stream. */
@Command(name = "close", description = "Closes a stream: it accepts no more appends, and its readers reach its end.")
final class CloseCommand extends StreamCommand {
    CloseCommand(Console console) {
        super(console);
    }

    @Override
    void run(BlockingRemoteStreams streams) throws InterruptedException {
        streams.close(path());
    }
}
