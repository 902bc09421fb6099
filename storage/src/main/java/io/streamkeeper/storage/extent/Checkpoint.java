package io.streamkeeper.storage.extent;

import io.streamkeeper.storage.directory.Manifest;
import io.streamkeeper.storage.stream.StreamState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the streams that have changed since the previous checkpoint to one extent file, and releases the part of the
 * journal and the memory that it replaces. Its own steps are short and run on the loop; the file is written in the
 * background.
 *
 * <p>The streams are captured one after the other, while they continue to change: each description states the last
 * record that it includes, and recovery skips the records up to that one. The captured state is staged, perhaps not
 * durable; so the manifest waits until the journal is durable up to the last included record. If the journal's epoch
 * has ended in the meantime, because records were refused or lost, the checkpoint is abandoned.
 */
final class Checkpoint extends ExtentJob {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpoint.class);

    /** The most streams that one step captures, so that it stays short. */
    private static final int STEP_STREAMS_MAX = 1_000;

    private final List<StreamState> streams;
    private final long checkpointLsn;
    private final long epoch;
    private final long firstLsn;

    private int next;
    private volatile List<CapturedStream> unwritten = List.of();
    private long lastLsn;
    private final List<StreamState> referrers = new ArrayList<>();
    private final WrittenRuns written = new WrittenRuns();

    /** Streams that were created and dropped since the previous checkpoint. */
    private final List<StreamState> unneeded = new ArrayList<>();

    private boolean waits;

    /** The checkpoint of {@code streams}, which are all that have changed since the previous one. */
    Checkpoint(FileExtentStore store, int number, List<StreamState> streams) {
        super(store, "checkpoint " + number);
        this.streams = streams;
        this.checkpointLsn = store.journal().durableLsn();
        this.epoch = store.journal().epoch();
        this.firstLsn = before.checkpointLsn() + 1;
    }

    @Override
    void start() {
        LOG.info("shard {}: {} begins: {} streams have changed", before.shard(), this, streams.size());
        store.inBackground(
                this,
                () -> {
                    List<StreamState> sorted = new ArrayList<>(streams);
                    sorted.sort(Comparator.comparingLong(StreamState::generation));
                    writer = store.catalog().newFile(before, file, firstLsn);
                    return sorted;
                },
                this::capture);
    }

    // ---- looking and writing ----

    private void capture(List<StreamState> sorted) {
        List<CapturedStream> step = new ArrayList<>();
        long bytes = 0;
        for (int looks = 0; looks < STEP_STREAMS_MAX && next < sorted.size() && bytes < STEP_BYTES_MAX; looks++) {
            StreamState stream = sorted.get(next);
            next++;
            CapturedStream captured = capture(stream);
            if (captured != null) {
                step.add(captured);
                bytes += captured.bytes();
            }
        }
        unwritten = step;
        store.inBackground(
                this,
                () -> {
                    write(step);
                    return sorted;
                },
                next < sorted.size() ? this::capture : this::finish);
    }

    private @Nullable CapturedStream capture(StreamState stream) {
        boolean unknown = !stream.isDescribed() && stream.lastDescribedLsn() <= checkpointLsn;
        if (stream.isDurablyDropped() && unknown) {
            stream.dirty(false);
            unneeded.add(stream);
            return null;
        }
        stream.dirty(false);
        lastLsn = Math.max(lastLsn, stream.lastDescribedLsn());
        stream.described(true);
        return CapturedStream.of(stream);
    }

    private void write(List<CapturedStream> step) throws IOException {
        try {
            for (CapturedStream captured : step) {
                referrers.add(captured.stream());
                written.add(captured.stream().generation(), captured.writeTo(writer()));
            }
        } finally {
            releaseUnwritten();
        }
    }

    private void releaseUnwritten() {
        unwritten.forEach(CapturedStream::release);
        unwritten = List.of();
    }

    private void finish(List<StreamState> sorted) {
        store.inBackground(this, () -> store.catalog().finish(before, file, writer()), finished -> {
            finished.noteTime(store.catalog().newestMillis());
            extent = finished;
            waits = true;
            step();
        });
    }

    // ---- committing ----

    @Override
    void step() {
        Extent ready = extent;
        if (!waits || ready == null) {
            return;
        }
        if (store.journal().epoch() != epoch || store.journal().failure() != null) {
            waits = false;
            store.abandon(this, new IOException("the journal has refused or lost records that were counted in"), null);
        } else if (store.journal().durableLsn() >= lastLsn) {
            waits = false;
            Manifest manifest = store.catalog().next(store.journal().replayStart(checkpointLsn), List.of(), ready);
            store.commit(this, manifest, ready, () -> swap(ready, 0));
        }
    }

    /** Makes the streams refer to the file, and so releases the memory. */
    private void swap(Extent ready, int from) {
        int end = Math.min(referrers.size(), from + STEP_STREAMS_MAX);
        for (int i = from; i < end; i++) {
            StreamState stream = referrers.get(i);
            IndexEntry entry = written.remove();
            ready.refer(entry.generation(), stream);
            if (stream.isDurablyDropped()) {
                ready.keepDescription();
                if (!stream.isDirty()) {
                    store.describedAsDropped(stream);
                }
            } else {
                stream.content().replace(entry.runs(), ready);
                store.moved(stream);
                ready.describe(stream);
            }
        }
        if (end < referrers.size()) {
            store.onLoop(() -> swap(ready, end));
            return;
        }
        unneeded.forEach(store::forgotten);
        store.releaseLog();
        done(ready.file().bytes());
    }

    @Override
    void abandon() {
        store.dirty().takeBack(streams);
        super.abandon();
    }

    @Override
    void close() throws IOException {
        releaseUnwritten();
        super.close();
    }
}
