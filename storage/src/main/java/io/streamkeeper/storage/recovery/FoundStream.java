package io.streamkeeper.storage.recovery;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.streamkeeper.storage.extent.Extent;
import io.streamkeeper.storage.record.StreamMeta;
import io.streamkeeper.storage.stream.StoredRuns;
import io.streamkeeper.storage.stream.StreamState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The data of one stream in the extent files of a shard, collected until all files are read: its newest description and
 * all spans of its runs. Used by the thread that recovers the shard.
 *
 * <p>A stream needs the spans that end at its tail and follow each other without a gap. Before these, the files may
 * contain more of its data, with gaps: dropped data remains in a file that other streams need, while the files between
 * were removed, or data was dropped before a checkpoint wrote it. So the spans are followed back from the tail up to
 * the first gap. {@link Recovery} checks whether they are enough after it has read the journal.
 */
final class FoundStream {
    /** An entry of a file's index, linked to the other entries of the same stream. */
    private record Entry(
            Extent extent,
            int index,
            StoredRuns runs,
            @Nullable Entry next) {}

    /**
     * The first runs of an entry.
     *
     * @param runs the entry's runs
     * @param count how many of them belong to the span
     */
    private record Span(Extent extent, StoredRuns runs, int count) {}

    private final long generation;

    /**
     * The newest description, encoded. It is decoded when all files are read: what a stream keeps of it does not lie
     * between objects that recovery drops, so a collection finds whole regions of the heap free.
     */
    private byte @Nullable [] meta;

    private long lastLsn;
    private @Nullable Extent owner;
    private @Nullable Entry entries;

    FoundStream(long generation) {
        this.generation = generation;
    }

    long generation() {
        return generation;
    }

    /** The newest description, encoded, or null if no file has one. */
    @Nullable
    ByteBuf meta() {
        return meta == null ? null : Unpooled.wrappedBuffer(meta);
    }

    /** The file of the newest description. */
    @Nullable
    Extent owner() {
        return owner;
    }

    /** Adds the entry with number {@code index} of the index of {@code extent}. */
    void add(Extent extent, int index, StoredRuns runs) {
        entries = new Entry(extent, index, runs, entries);
    }

    /**
     * Adds an encoded description in {@code file}, which has a higher number than the files before. See {@link
     * StreamMeta#isNewer}.
     */
    void describe(ByteBuf encoded, Extent file) {
        long encodedLsn = StreamMeta.lastLsnOf(encoded);
        if (meta == null || StreamMeta.isNewer(encodedLsn, lastLsn)) {
            meta = ByteBufUtil.getBytes(encoded);
            lastLsn = encodedLsn;
            owner = file;
        }
    }

    /**
     * The stream of the newest description, with the runs that end at its tail. What was found is dropped, because
     * the heap is shared with the streams that are built already (I11).
     */
    StreamState build(StreamMeta newest) {
        List<Span> spans = spansUpTo(newest.tail());
        StreamState stream = spans.isEmpty()
                ? new StreamState(newest, newest.tail(), newest.messages())
                : new StreamState(
                        newest, spans.get(0).runs().start(), spans.get(0).runs().messagesBefore());
        for (Span span : spans) {
            add(stream, span);
        }
        for (Entry entry = entries; entry != null; entry = entry.next()) {
            entry.extent().referrers().set(entry.index(), stream);
        }
        entries = null;
        meta = null;
        return stream;
    }

    /** The spans that follow each other and end at {@code tail}, in the order of the stream. */
    private List<Span> spansUpTo(long tail) {
        List<Entry> candidates = new ArrayList<>(1);
        for (Entry entry = entries; entry != null; entry = entry.next()) {
            if (entry.runs().count() > 0) {
                candidates.add(entry);
            }
        }
        candidates.sort(Comparator.comparingLong((Entry entry) -> -entry.runs().end())
                .thenComparingLong(entry -> entry.runs().start()));
        List<Span> spans = new ArrayList<>(candidates.size());
        long start = tail;
        for (Entry candidate : candidates) {
            StoredRuns runs = candidate.runs();
            int count = runs.start() < start ? runs.countUpTo(start) : 0;
            if (count > 0) {
                spans.add(new Span(candidate.extent(), runs, count));
                start = runs.start();
            }
        }
        Collections.reverse(spans);
        return spans;
    }

    private static void add(StreamState stream, Span span) {
        StoredRuns runs = span.runs();
        for (int run = 0; run < span.count(); run++) {
            stream.content().add(span.extent(), runs, run);
        }
    }
}
