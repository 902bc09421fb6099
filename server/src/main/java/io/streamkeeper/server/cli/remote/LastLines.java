package io.streamkeeper.server.cli.remote;

import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.Page;
import io.streamkeeper.client.api.ReadOptions;
import io.streamkeeper.client.api.StreamMetadata;
import io.streamkeeper.client.http.BlockingRemoteStreams;
import io.streamkeeper.server.cli.remote.StartFlags.Start;

/** Finds where the last lines of a stream of bytes begin, by pages from its tail. Holds one page at a time. */
final class LastLines {
    private static final int PAGE_BYTES = 64 << 10;

    private final BlockingRemoteStreams streams;
    private final String path;
    private final StreamMetadata stream;

    LastLines(BlockingRemoteStreams streams, String path, StreamMetadata stream) {
        this.streams = streams;
        this.path = path;
        this.stream = stream;
    }

    /** Returns where the last {@code count} lines begin, of which the last may be incomplete. */
    Start find(long count) throws InterruptedException {
        String end = stream.nextOffset();
        long missing = count;
        while (true) {
            Page page = streams.read(path, ReadOptions.before(From.offset(end)).maxBytes(PAGE_BYTES));
            byte[] bytes = page.batch().bytes();
            // The line break at the tail ends the last line, and begins none.
            int last = end.equals(stream.nextOffset()) ? bytes.length - 2 : bytes.length - 1;
            From from = From.offset(page.atBeginning() ? stream.earliestOffset() : page.startOffset());
            for (int i = last; i >= 0; i--) {
                if (bytes[i] == '\n' && --missing == 0) {
                    return new Start(from, i + 1L);
                }
            }
            if (page.atBeginning() || bytes.length == 0) {
                return new Start(from, 0);
            }
            end = page.startOffset();
        }
    }
}
