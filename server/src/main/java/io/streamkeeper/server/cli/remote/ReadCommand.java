package io.streamkeeper.server.cli.remote;

import io.streamkeeper.client.api.From;
import io.streamkeeper.client.http.BlockingRemoteStreams;
import io.streamkeeper.client.http.BlockingRemoteStreams.ReadEnd;
import java.io.IOException;
import java.io.OutputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints the data of a stream. */
@Command(
        name = "read",
        description = "Prints the data of a stream up to its tail: the bytes as they are, JSON as one message a line.")
final class ReadCommand extends RemoteCommand {
    @Parameters(paramLabel = "PATH", description = "The stream, not percent-encoded.")
    private String path = "";

    @Option(names = "--offset", paramLabel = "OFFSET", description = "Where to begin. Default: -1, the beginning")
    private String offset = "-1";

    @Option(names = "--raw", description = "JSON as in responses: an array, in a single response.")
    private boolean raw;

    @Option(names = "--show-offset", description = "Print to standard error from where a later read continues.")
    private boolean showOffset;

    ReadCommand(Console console) {
        super(console);
    }

    @Override
    void run(BlockingRemoteStreams streams) throws IOException, InterruptedException {
        boolean isJson = !raw && ContentTypes.isJson(streams.metadata(path).contentType());
        OutputStream data = console().data();
        ReadEnd end = streams.read(path, From.offset(offset), isJson ? new MessageLines(data) : data);
        if (showOffset) {
            console().say("next offset: " + end.nextOffset() + (end.closed() ? ", closed" : ""));
        }
    }
}
