package io.streamkeeper.server.cli.remote;

import io.streamkeeper.client.api.CreateOptions;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.http.BlockingRemoteStreams;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Forks a stream. */
@Command(name = "fork", description = "Creates a stream that begins with the data of another one, without copying it.")
final class ForkCommand extends RemoteCommand {
    @Parameters(index = "0", paramLabel = "SOURCE", description = "The stream that exists, not percent-encoded.")
    private String source = "";

    @Parameters(index = "1", paramLabel = "PATH", description = "The new stream.")
    private String path = "";

    @Option(
            names = "--offset",
            paramLabel = "OFFSET",
            description = "Inherit what is before it. Default: now, the tail.")
    private String offset = "now";

    @Option(
            names = "--skip",
            paramLabel = "N",
            description = "Inherit also this many messages after the offset; bytes, if it is not of JSON.")
    private long skip;

    ForkCommand(Console console) {
        super(console);
    }

    @Override
    void run(BlockingRemoteStreams streams) throws InterruptedException {
        if (streams.create(path, CreateOptions.forkOf(source, From.offset(offset), skip))
                .existed()) {
            console().say("the fork exists already");
        }
    }
}
