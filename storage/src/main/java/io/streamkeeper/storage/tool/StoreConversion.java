package io.streamkeeper.storage.tool;

import io.streamkeeper.protocol.ForkOrigin;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.Manifest;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.record.KnownProducer;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.StreamConfig;
import io.streamkeeper.storage.record.StreamMeta;
import io.streamkeeper.storage.stream.Generations;
import io.streamkeeper.storage.version1.OldRecord;
import io.streamkeeper.storage.version1.OldShard;
import io.streamkeeper.storage.version1.OldStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Converts a data directory of format version 1 to the current version, at the start, before anything else reads it.
 * Used by one thread, which may block; the directory's lock is held.
 *
 * <p>Why nothing is lost, whenever it is interrupted: the new files are written beside the old ones under names that
 * the old version ignores, and synced; then {@code FORMAT} is replaced, in one step for all shards; only then are the
 * new files renamed and the old ones removed, and if this is interrupted, the next start completes it. Until {@code
 * FORMAT} is replaced, the directory has version 1, and the next start repeats the whole conversion.
 *
 * <p>Streams get new generations, because those of version 1 do not fit the text of an offset any more; each keeps its
 * former one, so that offsets that clients have stored still identify the same positions. The conversion leaves out
 * deleted streams that no fork needs, which version 1 kept until it merged files, and bytes that no reader can request.
 */
public final class StoreConversion {
    private static final int FORMER_CLOCK_SHIFT = 20;

    private final Disk disk;
    private final Path path;
    private final Consumer<String> report;
    private final List<OldShard> shards = new ArrayList<>();

    /** The streams that are kept, by their former generations, in their order: a source comes before its forks. */
    private final Map<Long, OldStream> kept = new LinkedHashMap<>();

    private final Map<Long, Long> generations = new HashMap<>();

    private StoreConversion(Disk disk, Path path, Consumer<String> report) {
        this.disk = disk;
        this.path = path;
        this.report = report;
    }

    /**
     * Converts the directory at {@code path} to the current version, unless it has that version or does not exist.
     *
     * @param report receives a line for each step
     * @throws IOException if it is damaged, has a newer version, or the disk has no room; the old files are unchanged
     *     then
     */
    public static void run(Disk disk, Path path, Consumer<String> report) throws IOException {
        int version = DataDirectory.version(disk, path);
        if (version == 1) {
            new StoreConversion(disk, path, report).convert();
        }
        if (version > 0) {
            complete(disk, path);
        }
    }

    private void convert() throws IOException {
        DataDirectory data = DataDirectory.readVersion1(disk, path);
        report.accept(
                "data directory " + path + " has format version 1; it is converted, which takes as much room again");
        Map<Integer, Path> found = directories(disk, data);
        try {
            for (int shard = 0; shard < data.shards(); shard++) {
                Path directory = found.get(shard);
                if (directory == null) {
                    throw new IOException(data.shard(shard) + " is missing or not whole, expected " + data.shards()
                            + " shards with MANIFEST, journal and extents; is a file system not mounted? Put it back, or"
                            + " restore the data directory from a backup");
                }
                shards.add(OldShard.read(disk, directory, Manifest.readVersion1(disk, directory)));
            }
            keep();
            number(data.shards());
            for (OldShard shard : shards) {
                write(data, shard);
            }
        } finally {
            for (OldShard shard : shards) {
                shard.close();
            }
        }
        disk.syncDirectory(path);
        data.stateVersion(disk);
    }

    /**
     * The directories of the shards of version 1 by number: in some locales their names were written with other digits.
     */
    private static Map<Integer, Path> directories(Disk disk, DataDirectory data) throws IOException {
        Map<Integer, Path> found = new HashMap<>();
        for (Path child : disk.directories(data.path())) {
            if (disk.exists(Manifest.in(child))) {
                Manifest manifest = null;
                try {
                    manifest = Manifest.readVersion1(disk, child);
                } catch (IOException e) {
                    if (child.equals(canonical(data, child))) {
                        throw e;
                    }
                }
                if (manifest != null && manifest.store().equals(data.store())) {
                    Path canonical = data.shard(manifest.shard());
                    found.merge(manifest.shard(), child, (one, other) -> other.equals(canonical) ? other : one);
                }
            }
        }
        return found;
    }

    private static @Nullable Path canonical(DataDirectory data, Path child) {
        for (int shard = 0; shard < data.shards(); shard++) {
            if (data.shard(shard).equals(child)) {
                return child;
            }
        }
        return null;
    }

    // ---- streams that are kept ----

    /** Keeps the streams that are not deleted, and the deleted streams from which kept streams inherit. */
    private void keep() throws IOException {
        List<OldStream> all = new ArrayList<>();
        shards.forEach(shard -> all.addAll(shard.streams()));
        all.sort(Comparator.comparingLong(OldStream::generation));
        Map<Long, Long> inherited = new HashMap<>();
        List<OldStream> needed = new ArrayList<>();
        for (int i = all.size() - 1; i >= 0; i--) {
            OldStream stream = all.get(i);
            Long byForks = inherited.get(stream.generation());
            if (byForks != null || !stream.isDeleted()) {
                needed.add(stream);
                long own = stream.isDeleted() ? Long.MAX_VALUE : stream.earliest();
                stream.keepFrom(byForks == null ? own : Math.min(own, byForks));
                OldRecord.Fork fork = stream.created().fork();
                if (fork != null) {
                    inherited.merge(fork.sourceGeneration(), fork.earliest(), Math::min);
                }
            }
        }
        for (int i = needed.size() - 1; i >= 0; i--) {
            OldStream stream = needed.get(i);
            kept.put(stream.generation(), stream);
            check(stream);
        }
    }

    private void check(OldStream stream) throws IOException {
        OldRecord.Fork fork = stream.created().fork();
        if (fork == null) {
            return;
        }
        OldStream source = kept.get(fork.sourceGeneration());
        if (source == null || source.tail() < fork.position()) {
            throw new IOException("stream " + stream.created().path() + " inherits up to position " + fork.position()
                    + " of stream " + fork.source() + ", which "
                    + (source == null ? "is missing" : "ends at " + source.tail())
                    + "; nothing was changed. Restore the data directory from a backup");
        }
    }

    /** Assigns each stream its new generation, in the order of the former ones. */
    private void number(int shardCount) {
        long last = 0;
        for (OldStream stream : kept.values()) {
            last = Generations.next(last, stream.generation() >>> FORMER_CLOCK_SHIFT, stream.shard(), shardCount);
            generations.put(stream.generation(), last);
        }
    }

    private long generation(long formerGeneration) {
        Long generation = generations.get(formerGeneration);
        if (generation == null) {
            throw new IllegalStateException("stream " + formerGeneration + " has no new generation");
        }
        return generation;
    }

    // ---- writing ----

    private void write(DataDirectory data, OldShard shard) throws IOException {
        ShardConversion target = new ShardConversion(disk, data, shard);
        int count = 0;
        try {
            target.begin();
            for (OldStream stream : kept.values()) {
                if (stream.shard() == shard.manifest().shard()) {
                    target.add(stream, meta(stream));
                    count++;
                }
            }
            target.finish();
        } finally {
            target.close();
        }
        report.accept("shard " + shard.manifest().shard() + ": " + count + " streams were converted");
    }

    private StreamMeta meta(OldStream stream) {
        OldRecord.Created created = stream.created();
        OldRecord.Fork fork = created.fork();
        return new StreamMeta(
                new LogRecord.Created(
                        generation(stream.generation()),
                        created.path(),
                        new StreamConfig(created.contentType(), created.expiry(), created.retention()),
                        created.closed(),
                        fork == null ? null : fork(fork),
                        created.atMillis()),
                stream.generation(),
                stream.lastLsn(),
                stream.tail(),
                stream.messages(),
                stream.earliest(),
                fork == null ? 0 : fork.earliest(),
                stream.isClosed(),
                stream.isDeleted(),
                false,
                stream.closedBy(),
                stream.streamSeq(),
                stream.producers().stream()
                        .map(producer -> new KnownProducer(producer.last(), producer.millis()))
                        .toList(),
                -1,
                0,
                0);
    }

    private LogRecord.Fork fork(OldRecord.Fork fork) {
        Offset offset = fork.offset();
        if (offset != null && generations.containsKey(offset.generation())) {
            offset = new Offset(generation(offset.generation()), offset.position());
        }
        return new LogRecord.Fork(
                new ForkOrigin(fork.source(), offset, fork.subOffset()),
                generation(fork.sourceGeneration()),
                fork.position(),
                fork.earliest());
    }

    // ---- completing ----

    /** Completes a conversion after {@code FORMAT} states the current version; usually nothing is left to do. */
    private static void complete(Disk disk, Path path) throws IOException {
        DataDirectory data = DataDirectory.read(disk, path);
        // A killed process may have left a FORMAT that is not synced: a power cut would restore the old one.
        disk.syncDirectory(path);
        for (int shard = 0; shard < data.shards(); shard++) {
            ShardConversion.complete(disk, data.shard(shard));
        }
        for (Path child : disk.directories(path)) {
            if (canonical(data, child) == null && disk.exists(Manifest.in(child)) && isLeft(disk, data, child)) {
                ShardConversion.remove(disk, child);
            }
        }
    }

    /**
     * Whether this is a shard's directory of version 1 under another name, whose streams are in the directory with the
     * current name.
     */
    private static boolean isLeft(Disk disk, DataDirectory data, Path directory) {
        try {
            return Manifest.readVersion1(disk, directory).store().equals(data.store());
        } catch (IOException e) {
            return false;
        }
    }
}
