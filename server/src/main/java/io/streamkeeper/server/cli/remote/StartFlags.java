package io.streamkeeper.server.cli.remote;

import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.ReadOptions;
import io.streamkeeper.client.api.StreamMetadata;
import io.streamkeeper.client.http.BlockingRemoteStreams;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that say where a read begins. */
final class StartFlags {
    private static final String NOW = "now";

    @Option(
            names = "--offset",
            paramLabel = "OFFSET",
            description = "Begin at this offset: -1 is the beginning, now the tail.")
    private @Nullable String offset;

    @Option(
            names = "--since",
            paramLabel = "MOMENT",
            description = "Begin with what was appended then, 2030-01-31T12:00:00Z, or somewhat earlier.")
    private @Nullable String since;

    @Option(
            names = {"-n", "--last"},
            paramLabel = "N",
            description = "Begin with the last messages; lines, if the stream is not of JSON.")
    private @Nullable Long last;

    /**
     * Where a read begins.
     *
     * @param from the offset
     * @param skip how many bytes after it are not printed
     */
    record Start(From from, long skip) {}

    /**
     * Finds the place that the flags name.
     *
     * @param path the stream's
     * @param stream its metadata
     * @param lastIfNone how many messages or lines before the tail, if no flag was given; -1 for all
     * @throws IllegalArgumentException if several flags were given, or one is invalid
     */
    Start find(BlockingRemoteStreams streams, String path, StreamMetadata stream, long lastIfNone)
            throws InterruptedException {
        if (Stream.of(offset, since, last).filter(Objects::nonNull).count() > 1) {
            throw new IllegalArgumentException(
                    "several of --offset, --since and --last were given; expected one of them");
        }
        if (offset != null) {
            return new Start(offset.equals(NOW) ? From.offset(stream.nextOffset()) : From.offset(offset), 0);
        }
        if (since != null) {
            ReadOptions first = ReadOptions.since(Moments.parse("--since", since));
            return new Start(From.offset(streams.read(path, first.maxBytes(1)).startOffset()), 0);
        }
        long count = last == null ? lastIfNone : last;
        if (last != null && last < 0) {
            throw new IllegalArgumentException("--last is " + last + "; expected 0 or more");
        }
        return count < 0 ? new Start(From.beginning(), 0) : last(streams, path, stream, count);
    }

    private static Start last(BlockingRemoteStreams streams, String path, StreamMetadata stream, long count)
            throws InterruptedException {
        if (count == 0) {
            return new Start(From.offset(stream.nextOffset()), 0);
        }
        if (ContentTypes.isJson(stream.contentType())) {
            ReadOptions first = ReadOptions.last(count).limit(1);
            return new Start(From.offset(streams.read(path, first).startOffset()), 0);
        }
        return new LastLines(streams, path, stream).find(count);
    }
}
