package io.streamkeeper.server.cli.remote;

import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.http.BlockingRemoteStreams;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Deletes streams. */
@Command(name = "rm", description = "Deletes streams and their data, except for what forks inherit.")
final class RemoveCommand extends RemoteCommand {
    @Parameters(paramLabel = "PATH", arity = "1..*", description = "The streams, not percent-encoded.")
    private List<String> paths = List.of();

    @Option(
            names = {"-f", "--force"},
            description = "A stream that does not exist is no error.")
    private boolean force;

    RemoveCommand(Console console) {
        super(console);
    }

    @Override
    void run(BlockingRemoteStreams streams) throws InterruptedException {
        for (String path : paths) {
            try {
                streams.delete(path);
            } catch (StreamException.NotFound e) {
                if (!force) {
                    throw e;
                }
            }
        }
    }
}
