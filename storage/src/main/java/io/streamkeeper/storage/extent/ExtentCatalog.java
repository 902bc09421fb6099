package io.streamkeeper.storage.extent;

import io.streamkeeper.storage.directory.Manifest;
import io.streamkeeper.storage.journal.Journal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The current extents of one shard, and the manifest that names them. Owned by the shard's loop, except for the methods
 * whose documentation says that they run in the background.
 */
final class ExtentCatalog {
    private static final Logger LOG = LoggerFactory.getLogger(ExtentCatalog.class);

    private final ExtentFiles files;
    private final FileExtentStore.ManifestWriter manifests;
    private final Executor background;
    private final TreeMap<Long, Extent> extents = new TreeMap<>();

    private Manifest manifest;
    private long lastGeneration;
    private long nextFile;
    private long newestMillis;

    /** A catalog of the open extents that recovery has found, which {@code manifest} names. */
    ExtentCatalog(
            ExtentFiles files,
            FileExtentStore.ManifestWriter manifests,
            Manifest manifest,
            Collection<Extent> found,
            Executor background) {
        this.files = files;
        this.manifests = manifests;
        this.background = background;
        this.manifest = manifest;
        this.lastGeneration = manifest.lastGeneration();
        this.nextFile = manifest.nextFile();
        found.forEach(extent -> extents.put(extent.file().number(), extent));
    }

    /** The current manifest. */
    Manifest manifest() {
        return manifest;
    }

    Collection<Extent> extents() {
        return extents.values();
    }

    /** Whether an extent is one of the current ones. */
    boolean holds(Extent extent) {
        return extents.containsKey(extent.file().number());
    }

    /** Notes that a generation is in use, for the next manifest. */
    void used(long generation) {
        lastGeneration = Math.max(lastGeneration, generation);
    }

    /** Notes the time of an append, which the next files will contain. */
    void noteTime(long millis) {
        newestMillis = Math.max(newestMillis, millis);
    }

    /** The time of the newest append so far. */
    long newestMillis() {
        return newestMillis;
    }

    // ---- files ----

    /** The number that the next extent file will have. */
    long nextFile() {
        return nextFile;
    }

    /** The number of the next extent file, which is taken by this call. */
    long takeFile() {
        long taken = nextFile;
        nextFile++;
        return taken;
    }

    /** Begins an extent file; in the background. */
    ExtentWriter newFile(Manifest current, long file, long firstLsn) throws IOException {
        return new ExtentWriter(files, file, current.shard(), current.store(), firstLsn);
    }

    /** Completes an extent file, durably, and opens it for reading; in the background. */
    Extent finish(Manifest current, long number, ExtentWriter writer) throws IOException {
        writer.finish();
        writer.close();
        Extent extent = new Extent(ExtentFile.open(files, number, current.shard(), current.store()));
        extent.contains(writer.descriptions(), writer.descriptionBytes());
        return extent;
    }

    /** Removes, in the background, a file that no manifest names. */
    void discard(long file) {
        background.execute(() -> {
            try {
                files.delete(file);
            } catch (IOException e) {
                LOG.warn("{} is not needed, but cannot be removed: {}", files.name(file), e.getMessage());
            }
        });
    }

    /** Closes, in the background, the files that an abandoned job has opened. */
    void close(@Nullable ExtentWriter writer, @Nullable Extent extent, long file) {
        background.execute(() -> {
            try {
                if (writer != null) {
                    writer.close();
                }
                if (extent != null) {
                    extent.file().release();
                }
            } catch (IOException e) {
                LOG.warn("{} cannot be closed: {}", files.name(file), e.getMessage());
            }
        });
    }

    /** The bytes that can be written; in the background. */
    long usableBytes() throws IOException {
        return files.usableBytes();
    }

    // ---- manifests ----

    /** The manifest after the current one: without {@code removed}, with {@code added}. */
    Manifest next(Journal.ReplayStart start, Collection<Extent> removed, @Nullable Extent added) {
        Set<Long> without = new HashSet<>();
        removed.forEach(extent -> without.add(extent.file().number()));
        List<Manifest.ExtentRef> refs = new ArrayList<>();
        for (Extent extent : extents.values()) {
            if (!without.contains(extent.file().number())) {
                refs.add(reference(extent));
            }
        }
        if (added != null) {
            refs.add(reference(added));
        }
        return new Manifest(
                manifest.store(),
                manifest.shard(),
                start.lsn(),
                start.location(),
                lastGeneration,
                nextFile,
                start.applied(),
                refs);
    }

    private static Manifest.ExtentRef reference(Extent extent) {
        return new Manifest.ExtentRef(extent.file().number(), extent.file().bytes(), extent.newestMillis());
    }

    /**
     * Makes a manifest the current one, durably; in the background.
     *
     * @throws IOException if the previous one is still current, unless {@link Manifest#isUncertain} says otherwise
     * @throws IllegalStateException if it is not known which one is current
     */
    void write(Manifest next) throws IOException {
        try {
            manifests.write(next);
        } catch (RuntimeException | Error e) {
            throw new IllegalStateException("which manifest counts is not known", e);
        }
    }

    /** A manifest was written. */
    void written(Manifest next, @Nullable Extent added) {
        manifest = next;
        if (added != null) {
            extents.put(added.file().number(), added);
        }
    }

    /** Releases extents that the manifest does not name any more; only reads in progress still use them. */
    void remove(Collection<Extent> removed) {
        for (Extent extent : removed) {
            background.execute(() -> release(extent));
            extents.remove(extent.file().number());
            discard(extent.file().number());
        }
    }

    /** Closes all files; in the background, as the last use. */
    void release() {
        extents.values().forEach(ExtentCatalog::release);
    }

    private static void release(Extent extent) {
        try {
            extent.file().release();
        } catch (IOException e) {
            LOG.warn("{} cannot be closed: {}", extent.file().name(), e.getMessage());
        }
    }
}
