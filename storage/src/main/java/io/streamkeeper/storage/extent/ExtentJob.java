package io.streamkeeper.storage.extent;

import io.streamkeeper.storage.directory.Manifest;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A job that writes one extent file, step by step. Its own steps are the loop's, and short; files are read and written
 * in the background.
 */
abstract class ExtentJob {
    private static final Logger LOG = LoggerFactory.getLogger(ExtentJob.class);

    /** Bytes of one step, so that it stays short and the background serves others in between. */
    static final long STEP_BYTES_MAX = 4 << 20;

    final FileExtentStore store;

    /** The manifest that counted when the job began. */
    final Manifest before;

    /** The number of the file. */
    final long file;

    private final String name;
    private final long begunNanos = System.nanoTime();

    /** What writes the file, when it was begun. */
    @Nullable
    ExtentWriter writer;

    /** The file, when it is complete. */
    @Nullable
    Extent extent;

    /** A job that the log calls {@code name}. */
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

    /** All is done; the file has {@code bytes} bytes. On the loop. */
    final void done(long bytes) {
        long nanos = System.nanoTime() - begunNanos;
        store.finished(this, bytes, nanos);
        LOG.info("shard {}: {} ends: {} bytes in {} ms", before.shard(), name, bytes, nanos / 1_000_000);
    }

    /** What failed is undone; on the loop. */
    void abandon() {
        store.closeAndDiscard(writer, extent, file);
    }

    /** The shard is closed: releases memory and files; in the background, where nothing of the job runs any more. */
    void close() throws IOException {
        if (writer != null) {
            writer.close();
        }
        if (extent != null && !store.catalog().holds(extent)) {
            extent.file().release();
        }
    }
}
