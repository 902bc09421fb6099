package io.streamkeeper.server.cli.remote;

import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.api.StreamException.OffsetGone;
import io.streamkeeper.client.api.StreamMetadata;
import io.streamkeeper.client.http.BlockingRemoteStreams;
import io.streamkeeper.client.listen.Listening;
import io.streamkeeper.client.listen.StreamListener;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Follows a stream. */
@Command(
        name = "tail",
        description = {
            "Prints the end of a stream: the last ten messages, or lines if it is not of JSON.",
            "With --follow, prints what is appended from now on, until the stream is closed. If the server restarts, it"
                    + " continues where it was: nothing is missing or printed twice."
        })
final class TailCommand extends StreamCommand {
    private static final long LAST_DEFAULT = 10;

    @Mixin
    private StartFlags start = new StartFlags();

    @Option(
            names = {"-f", "--follow"},
            description = "Wait for more data at the tail.")
    private boolean follow;

    TailCommand(Console console) {
        super(console);
    }

    @Override
    void run(BlockingRemoteStreams streams) throws IOException, InterruptedException {
        // Fails at once if the server or the stream does not exist; later, a server that is away is waited for.
        StreamMetadata stream = streams.metadata(path());
        StartFlags.Start from = start.find(streams, path(), stream, follow ? 0 : LAST_DEFAULT);
        OutputStream data = new SkippingOutput(console().data(), from.skip());
        OutputStream lines = ContentTypes.isJson(stream.contentType()) ? new MessageLines(data) : data;
        if (follow) {
            follow(from.from(), lines);
        } else {
            streams.read(path(), from.from(), lines);
        }
    }

    private void follow(From from, OutputStream lines) throws IOException, InterruptedException {
        Printing printing = new Printing(console(), lines);
        streams().listen(path(), from, printing);
        try {
            printing.ended.get();
        } catch (ExecutionException e) {
            throw thrown(e);
        }
    }

    private static IOException thrown(ExecutionException failure) {
        Throwable cause = failure.getCause();
        if (cause instanceof IOException unwritten) {
            return unwritten;
        }
        throw cause instanceof StreamException refused ? refused : new IllegalStateException(cause);
    }

    /** Prints the batches of a listening. */
    private static final class Printing implements StreamListener {
        private final Console console;
        private final OutputStream to;
        private final CompletableFuture<String> ended = new CompletableFuture<>();
        private boolean isAway;

        Printing(Console console, OutputStream to) {
            this.console = console;
            this.to = to;
        }

        @Override
        public void onData(Batch batch) {
            try {
                to.write(batch.bytes());
            } catch (IOException e) {
                ended.completeExceptionally(e);
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void onStatus(Listening.Status status) {
            if (status == Listening.Status.DISCONNECTED && !isAway) {
                isAway = true;
                console.say("the server is away; waiting for it");
            } else if (status == Listening.Status.STREAMING && isAway) {
                isAway = false;
                console.say("the server is back");
            }
        }

        @Override
        public void onComplete(String end) {
            ended.complete(end);
        }

        @Override
        public @Nullable From onGone(OffsetGone gone) {
            ended.completeExceptionally(gone);
            return null;
        }

        @Override
        public void onError(Throwable failure) {
            ended.completeExceptionally(failure);
        }
    }
}
