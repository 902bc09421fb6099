package io.streamkeeper.server.cli.remote;

import io.streamkeeper.client.api.AppendOptions;
import io.streamkeeper.client.api.AppendResult;
import io.streamkeeper.client.api.Content;
import io.streamkeeper.client.http.BlockingRemoteStreams;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Appends an argument, a file or the standard input. */
@Command(
        name = "append",
        description = {
            "Appends an argument, a file, or the standard input line by line. A line of a stream of JSON is a message.",
            "Each batch is numbered as of a producer, so that it is stored once whatever breaks."
        })
final class AppendCommand extends StreamCommand {
    private static final int LINES_MAX = 1_000_000;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "DATA",
            description = "What to append, as it is; JSON may be an array of messages.")
    private @Nullable String data;

    @Option(names = "--file", paramLabel = "FILE", description = "The file to append, instead of the standard input.")
    private @Nullable Path file;

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description = "json, text, bytes, or any content type. Default: asked of the server")
    private @Nullable String type;

    @Option(names = "--batch", paramLabel = "LINES", description = "The most lines of one request. Default: 1000")
    private int linesMax = 1000;

    @Option(
            names = "--producer",
            paramLabel = "ID",
            description = "Store each batch once even if the same command runs again with the same input.")
    private @Nullable String producer;

    @Option(names = "--epoch", paramLabel = "N", description = "The epoch of the producer. Default: 0")
    private long epoch;

    @Option(names = "--close", description = "Close the stream after the data.")
    private boolean closes;

    AppendCommand(Console console) {
        super(console);
    }

    /** The appends of one run, numbered in their order. */
    private final class Numbered {
        private final BlockingRemoteStreams streams;
        private final String type;
        private final String id = producer == null ? "ds-" + UUID.randomUUID() : producer;
        private long seq;
        private long duplicates;

        /** The thread that shows the progress reads it. */
        private final AtomicLong sentBytes = new AtomicLong();

        Numbered(BlockingRemoteStreams streams, String type) {
            this.streams = streams;
            this.type = type;
        }

        void append(byte[] bytes) throws InterruptedException {
            AppendResult result = streams.append(
                    path(), Content.of(type, bytes), AppendOptions.none().producer(id, epoch, seq++));
            duplicates += result.wrote() ? 0 : 1;
            sentBytes.addAndGet(bytes.length);
        }

        void close() throws InterruptedException {
            AppendOptions last = AppendOptions.none().producer(id, epoch, seq++);
            streams.append(path(), Content.of(type, new byte[0]), last.closing());
        }
    }

    @Override
    void run(BlockingRemoteStreams streams) throws IOException, InterruptedException {
        if (data != null && file != null) {
            throw new IllegalArgumentException("DATA and --file were both given; expected one of them");
        }
        if (linesMax < 1 || linesMax > LINES_MAX) {
            throw new IllegalArgumentException("--batch is " + linesMax + "; expected 1 to " + LINES_MAX);
        }
        String contentType = type == null ? streams.metadata(path()).contentType() : ContentTypes.of(type);
        Numbered appends = new Numbered(streams, contentType);
        appendAll(appends);
        if (closes) {
            appends.close();
        }
        if (producer != null && appends.duplicates > 0) {
            console().say(appends.duplicates + " of " + appends.seq + " batches were in the stream already");
        }
    }

    private void appendAll(Numbered appends) throws IOException, InterruptedException {
        if (data != null) {
            appends.append(data.getBytes(StandardCharsets.UTF_8));
        } else if (file != null) {
            appendFile(appends, file);
        } else {
            appendLines(appends, console().in(), producer == null);
        }
    }

    private void appendFile(Numbered appends, Path from) throws IOException, InterruptedException {
        try (InputStream in = Files.newInputStream(from)) {
            Progress progress = Progress.of(appends.sentBytes::get, Files.size(from));
            try {
                appendLines(appends, in, false);
            } finally {
                progress.close();
            }
        }
    }

    private void appendLines(Numbered appends, InputStream in, boolean isEager)
            throws IOException, InterruptedException {
        LineBatches batches = new LineBatches(in, ContentTypes.isJson(appends.type), isEager, linesMax);
        for (byte[] batch = batches.next(); batch != null; batch = batches.next()) {
            appends.append(batch);
        }
    }
}
