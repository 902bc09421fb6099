package io.streamkeeper.storage.recovery;

import io.streamkeeper.storage.directory.Manifest;
import io.streamkeeper.storage.extent.CapturedStream;
import io.streamkeeper.storage.extent.ExtentFiles;
import io.streamkeeper.storage.extent.ExtentWriter;
import io.streamkeeper.storage.journal.ShardLog;
import io.streamkeeper.storage.memory.MemoryBudget;
import io.streamkeeper.storage.stream.StreamState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Writes what only the log of a shard has into extent files of a copy of the shard, so that the copy needs no log. It
 * reads the shard as a start does, see {@link Recovery}, and writes what a checkpoint would write; the shard does not
 * change. Used by one thread, which may block.
 */
public final class LogToExtents implements AutoCloseable {
    /** A file that has more bytes than this is complete; the next stream is written to another file. */
    private static final long FILE_BYTES_MAX = 1L << 30;

    private final Manifest manifest;
    private final ExtentFiles to;
    private final Recovery recovery;
    private final List<Manifest.ExtentRef> extents;
    private long nextFile;

    /**
     * The log of a shard that is not in use.
     *
     * @param name the name of the shard in messages
     * @param from the extent files of the shard
     * @param to the extent files of the copy, which also gets those of the shard
     */
    public LogToExtents(String name, ShardLog log, ExtentFiles from, Manifest manifest, ExtentFiles to) {
        this.manifest = manifest;
        this.to = to;
        this.recovery = new Recovery(name, log, from, manifest, new MemoryBudget(Long.MAX_VALUE));
        this.extents = new ArrayList<>(manifest.extents());
        this.nextFile = manifest.nextFile();
    }

    /**
     * Writes the files, whose content is durable then.
     *
     * @param segment the first segment of the journal of the copy, which has no record
     * @return the manifest of the copy
     * @throws IOException if the shard is damaged, or the disk refuses
     */
    public Manifest write(long segment) throws IOException {
        recovery.run();
        List<StreamState> changed = new ArrayList<>(recovery.dirty());
        changed.sort(Comparator.comparingLong(StreamState::generation));
        int next = 0;
        while (next < changed.size()) {
            next = writeFile(changed, next);
        }
        return new Manifest(
                manifest.store(),
                manifest.shard(),
                recovery.lastLsn(),
                segment,
                recovery.lastGeneration(),
                nextFile,
                extents);
    }

    /** Writes one file of the streams from {@code first} on; returns the index of the first one that is not in it. */
    private int writeFile(List<StreamState> changed, int first) throws IOException {
        int next = first;
        try (ExtentWriter writer =
                new ExtentWriter(to, nextFile, manifest.shard(), manifest.store(), manifest.checkpointLsn() + 1)) {
            while (next < changed.size() && writer.bytes() <= FILE_BYTES_MAX) {
                write(changed.get(next), writer);
                next++;
            }
            writer.finish();
            extents.add(new Manifest.ExtentRef(nextFile, writer.bytes(), recovery.newestMillis()));
            nextFile++;
        }
        return next;
    }

    private static void write(StreamState stream, ExtentWriter writer) throws IOException {
        if (stream.isDropped() && !stream.isDescribed()) {
            // It was created and dropped since the last checkpoint.
            return;
        }
        dropBefore(stream, stream.isDropped() ? stream.tail() : stream.kept());
        CapturedStream captured = CapturedStream.of(stream);
        try {
            captured.writeTo(writer);
        } finally {
            captured.release();
        }
    }

    private static void dropBefore(StreamState stream, long position) {
        stream.content().dropBefore(position, place -> {});
    }

    /** Releases the memory and the files. */
    @Override
    public void close() throws IOException {
        recovery.takeStreams().forEach(stream -> dropBefore(stream, stream.tail()));
        recovery.close();
    }
}
