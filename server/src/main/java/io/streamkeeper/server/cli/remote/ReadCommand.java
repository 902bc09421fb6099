package io.streamkeeper.server.cli.remote;

import io.streamkeeper.client.api.StreamMetadata;
import io.streamkeeper.client.http.BlockingRemoteStreams;
import io.streamkeeper.client.http.BlockingRemoteStreams.ReadEnd;
import java.io.IOException;
import java.io.OutputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints the data of a stream. */
@Command(
        name = "read",
        description =
                "Prints the data of a stream from its beginning up to its tail: the bytes as they are, JSON as one"
                        + " message a line.")
final class ReadCommand extends StreamCommand {
    @Mixin
    private StartFlags start = new StartFlags();

    @Option(names = "--raw", description = "JSON as in responses: an array, in a single response.")
    private boolean raw;

    @Option(names = "--show-offset", description = "Print to standard error from where a later read continues.")
    private boolean showOffset;

    ReadCommand(Console console) {
        super(console);
    }

    @Override
    void run(BlockingRemoteStreams streams) throws IOException, InterruptedException {
        StreamMetadata stream = streams.metadata(path());
        StartFlags.Start from = start.find(streams, path(), stream, -1);
        boolean isJson = !raw && ContentTypes.isJson(stream.contentType());
        OutputStream data = new SkippingOutput(console().data(), from.skip());
        ReadEnd end = streams.read(path(), from.from(), isJson ? new MessageLines(data) : data);
        if (showOffset) {
            console().say("next offset: " + end.nextOffset() + (end.closed() ? ", closed" : ""));
        }
    }
}
