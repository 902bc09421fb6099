package io.streamkeeper.storage.extent;

import io.streamkeeper.storage.directory.Manifest;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A job that writes one extent file, step by step. Its own steps are short and run on the loop; files are read and
 * written in the background.
 */
abstract class ExtentJob {
    private static final Logger LOG = LoggerFactory.getLogger(ExtentJob.class);

    /** The most bytes of one step, so that it stays short and the background thread runs other work in between. */
    static final long STEP_BYTES_MAX = 4 << 20;

    final FileExtentStore store;

    /** The manifest that was current when the job began. */
    final Manifest before;

    /** The number of the file. */
    final long file;

    private final String name;
    private final long begunNanos = System.nanoTime();

    /** The writer of the file; null before the file is begun. */
    @Nullable
    ExtentWriter writer;

    /** The file; null before it is complete. */
    @Nullable
    Extent extent;

    /** A job; log messages call it {@code name}. */
    ExtentJob(FileExtentStore store, String name) {
        this.store = store;
        this.name = name;
        this.before = store.catalog().manifest();
        this.file = store.catalog().takeFile();
    }

    @Override
    public final String toString() {
        return name;
    }

    /** Begins; on the loop. */
    abstract void start();

    /** Continues if it waits for something; on the loop. */
    abstract void step();

    final ExtentWriter writer() {
        if (writer == null) {
            throw new IllegalStateException(this + " has no file");
        }
        return writer;
    }

    /** Ends the job, whose file has {@code bytes} bytes; on the loop. */
    final void done(long bytes) {
        long nanos = System.nanoTime() - begunNanos;
        store.finished(this, bytes, nanos);
        LOG.info("shard {}: {} ends: {} bytes in {} ms", before.shard(), name, bytes, nanos / 1_000_000);
    }

    /** Undoes the job; on the loop. */
    void abandon() {
        store.closeAndDiscard(writer, extent, file);
    }

    /** Releases memory and files when the shard is closed; in the background, when no work of the job runs any more. */
    void close() throws IOException {
        if (writer != null) {
            writer.close();
        }
        if (extent != null && !store.catalog().holds(extent)) {
            extent.file().release();
        }
    }
}
