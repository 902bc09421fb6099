package io.streamkeeper.storage.recovery;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.storage.extent.Extent;
import io.streamkeeper.storage.extent.IndexEntry;
import io.streamkeeper.storage.record.StreamMeta;
import io.streamkeeper.storage.stream.StoredRuns;
import io.streamkeeper.storage.stream.StreamState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one stream in the extent files of a shard: its newest description and the spans of its runs. Used by
 * the thread that recovers the shard.
 *
 * <p>A stream needs the spans that end at its tail and follow each other without a gap. Before these, the files may
 * contain more of its data, with gaps: dropped data remains in a file that other streams need, while the files between
 * were removed, or data was dropped before a checkpoint wrote it. So the spans are followed back from the tail up to
 * the first gap. {@link Recovery} checks whether they are enough after it has read the journal.
 */
final class FoundStream {
    /**
     * The first runs of an entry.
     *
     * @param count how many of its runs belong to the span
     */
    private record Span(Extent extent, IndexEntry entry, int count) {}

    private final List<MergedIndexes.Part> parts;
    private @Nullable ByteBuf meta;
    private @Nullable Extent owner;

    /** The stream with these entries, which are in the order of the files. */
    FoundStream(List<MergedIndexes.Part> parts) {
        this.parts = parts;
        for (MergedIndexes.Part part : parts) {
            ByteBuf encoded = part.entry().meta();
            if (encoded != null && StreamMeta.isNewer(encoded, meta)) {
                meta = encoded;
                owner = part.extent();
            }
        }
    }

    long generation() {
        return parts.get(0).entry().generation();
    }

    /** The newest description, encoded, or null if no file has one. */
    @Nullable
    ByteBuf meta() {
        return meta;
    }

    /** The file of the newest description. */
    @Nullable
    Extent owner() {
        return owner;
    }

    /** The stream of the newest description, decoded, with the runs that end at its tail. */
    StreamState build(StreamMeta newest) {
        List<Span> spans = spansUpTo(newest.tail());
        IndexEntry first = spans.isEmpty() ? null : spans.get(0).entry();
        StreamState stream = new StreamState(
                newest,
                first == null ? newest.tail() : first.start(),
                first == null ? newest.messages() : first.messagesBefore());
        stream.content().expectRuns(spans.stream().mapToInt(Span::count).sum());
        for (Span span : spans) {
            StoredRuns runs = span.entry().runs();
            for (int run = 0; run < span.count(); run++) {
                stream.content().add(span.extent(), runs, run);
            }
        }
        if (newest.dropped()) {
            stream.publishDropped();
        }
        for (MergedIndexes.Part part : parts) {
            part.extent().refer(stream.generation(), stream);
            ByteBuf description = part.entry().meta();
            if (description != null) {
                part.extent().contains(1, description.readableBytes());
            }
        }
        return stream;
    }

    /** The spans that follow each other and end at {@code tail}, in the order of the stream. */
    private List<Span> spansUpTo(long tail) {
        List<MergedIndexes.Part> candidates = new ArrayList<>(parts);
        candidates.removeIf(part -> part.entry().runCount() == 0);
        candidates.sort(Comparator.comparingLong(
                        (MergedIndexes.Part part) -> -part.entry().end())
                .thenComparingLong(part -> part.entry().start()));
        List<Span> spans = new ArrayList<>(candidates.size());
        long start = tail;
        for (MergedIndexes.Part candidate : candidates) {
            IndexEntry entry = candidate.entry();
            int count = entry.start() < start ? countUpTo(entry, start) : 0;
            if (count > 0) {
                spans.add(new Span(candidate.extent(), entry, count));
                start = entry.start();
            }
        }
        Collections.reverse(spans);
        return spans;
    }

    /** The number of runs from the first up to the one that ends at {@code position}; 0 if none ends there. */
    private static int countUpTo(IndexEntry entry, long position) {
        if (entry.end() <= position) {
            return entry.end() == position ? entry.runCount() : 0;
        }
        return entry.runs().countUpTo(position);
    }
}
