package io.streamkeeper.storage.tier;

import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.FileTree;
import io.streamkeeper.storage.directory.Manifest;
import io.streamkeeper.storage.directory.ObjectList.StoredObject;
import io.streamkeeper.storage.directory.Snapshot;
import io.streamkeeper.storage.directory.SnapshotList;
import io.streamkeeper.storage.directory.SnapshotList.Entry;
import io.streamkeeper.storage.directory.SnapshotList.State;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.extent.ExtentFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes snapshots of a data directory in the object store, at intervals, so that it can be restored when its machine is
 * lost. Used by the thread of the tier.
 *
 * <p>A snapshot names the objects of extent files, and has objects of its own for what has none: small extent files and
 * the journal up to {@linkplain DurableCut one moment}. Why it stays whole: what it names is in the list of snapshots,
 * durably, before its first object is created, and no object in that list is deleted before the snapshot is. That also
 * holds for a snapshot which has failed, or whose process was killed: its object may still appear.
 */
final class Snapshots {
    private static final String TEMPORARY = "snapshot.tmp";
    private static final int ATTEMPTS = 20;

    /** So many snapshots that have failed are kept until no request can complete them. */
    private static final int FAILED_MAX = 20;

    /** A file that will be an object, which is put into a map then. */
    private record Planned(String key, ExtentFiles.Input bytes, SortedMap<Long, StoredObject> into, long number) {}

    private final Tier tier;
    private final Disk disk;
    private final DataDirectory data;
    private final SnapshotConfig config;
    private final UUID process;
    private final List<ShardTier> shards;
    private final List<LongSupplier> logs;
    private final Path temporary;
    private final StoredList<SnapshotList> list;

    /** When everything was in the newest snapshot, in milliseconds since 1970; 0 if there is none. */
    private long lookedMillis;

    /** The newest snapshot of this process. */
    private @Nullable Snapshot newest;

    /** What it contains. */
    private List<ShardCapture.Content> newestContents = List.of();

    /**
     * The snapshots of a data directory.
     *
     * @param shards all shards, in order
     * @param logs the last durable lsn of each
     */
    Snapshots(
            Tier tier,
            Disk disk,
            DataDirectory data,
            SnapshotConfig config,
            UUID process,
            List<ShardTier> shards,
            List<LongSupplier> logs)
            throws IOException {
        this.tier = tier;
        this.disk = disk;
        this.data = data;
        this.config = config;
        this.process = process;
        this.shards = shards;
        this.logs = logs;
        this.temporary = data.path().resolve(TEMPORARY);
        this.list = new StoredList<>("snapshots", read(), next -> next.write(disk, data.path()));
        Entry last = list.get().entries().get(list.get().newest());
        this.lookedMillis = last == null ? 0 : last.millis();
        FileTree.delete(disk, temporary);
        disk.syncDirectory(data.path());
    }

    private SnapshotList read() throws IOException {
        String location = tier.config().location();
        if (!SnapshotList.exists(disk, data.path())) {
            return SnapshotList.empty(data.store(), location);
        }
        SnapshotList found = SnapshotList.read(disk, data.path());
        Path path = SnapshotList.in(data.path());
        if (!found.store().equals(data.store())) {
            throw new IOException(path + " is of store " + found.store() + ", expected " + data.store()
                    + "; put the file back where it came from");
        }
        if (!found.location().equals(location) && !found.entries().isEmpty()) {
            throw new IOException(path + " names objects at " + found.location() + ", but the tier is " + location
                    + "; start the server with --tier " + found.location());
        }
        SnapshotList here = new SnapshotList(found.store(), location, found.entries());
        for (Map.Entry<Long, Entry> entry : found.entries().entrySet()) {
            if (entry.getValue().state() == State.BEGUN) {
                here = here.abandon(entry.getKey(), tier.afterLateEffect());
            }
        }
        return here;
    }

    /** Whether a snapshot names an object, which must not be deleted therefore. */
    boolean names(String key) {
        return list.get().names(key);
    }

    /** How long ago everything was in the newest snapshot, in seconds; -1 if there is none. */
    long ageSeconds() {
        return lookedMillis == 0
                ? -1
                : Math.max(0, TimeUnit.MILLISECONDS.toSeconds(tier.clock().nowMillis() - lookedMillis));
    }

    // ---- work ----

    /** Does what is due; the exception says why it is to be tried again later. */
    void step() throws IOException {
        if (list.isUncertain()) {
            return;
        }
        deleteUnneeded();
        long now = tier.clock().nowMillis();
        boolean isDue =
                config.intervalMillis() > 0 && (now - lookedMillis >= config.intervalMillis() || now < lookedMillis);
        if (isDue && failed() < FAILED_MAX && !tier.isClosed()) {
            take(now);
        }
    }

    private long failed() {
        return list.get().entries().values().stream()
                .filter(entry -> entry.state() == State.UNNEEDED)
                .count();
    }

    private void deleteUnneeded() throws IOException {
        long until = tier.clock().nowMillis() - tier.config().graceMillis();
        for (Map.Entry<Long, Entry> entry : list.get().entries().entrySet()) {
            Entry snapshot = entry.getValue();
            if (snapshot.state() == State.UNNEEDED && snapshot.millis() <= until && !tier.isClosed()) {
                SnapshotList without = list.get().deleted(entry.getKey());
                tier.delete(snapshot.key());
                for (String key : snapshot.names()) {
                    if (Snapshot.isOwned(key) && !without.names(key)) {
                        tier.delete(key);
                    }
                }
                list.change(current -> without);
            }
        }
    }

    // ---- a snapshot ----

    private void take(long now) throws IOException {
        List<ShardCapture> captured = capture();
        try {
            List<ShardCapture.Content> contents = new ArrayList<>();
            for (ShardCapture shard : captured) {
                contents.add(shard.content());
            }
            if (!contents.equals(newestContents)) {
                make(captured, now);
                newestContents = contents;
            }
            lookedMillis = now;
        } finally {
            close(captured);
            FileTree.delete(disk, temporary);
        }
    }

    private List<ShardCapture> capture() throws IOException {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            FileTree.delete(disk, temporary);
            disk.createDirectories(temporary);
            List<Manifest> manifests = new ArrayList<>();
            for (ShardTier shard : shards) {
                manifests.add(Manifest.read(disk, shard.directory()));
            }
            long[] lastLsns = DurableCut.of(logs);
            if (lastLsns == null) {
                continue;
            }
            List<ShardCapture> captured = new ArrayList<>();
            try {
                for (int i = 0; i < manifests.size(); i++) {
                    captured.add(ShardCapture.of(disk, shards.get(i), manifests.get(i), lastLsns[i], temporary));
                }
                return captured;
            } catch (NoSuchFileException e) {
                close(captured);
            } catch (IOException | RuntimeException | Error e) {
                close(captured);
                throw e;
            }
        }
        throw new IOException("the data directory changes faster than it can be read");
    }

    private static void close(List<ShardCapture> captured) throws IOException {
        for (ShardCapture shard : captured) {
            shard.close();
        }
    }

    private void make(List<ShardCapture> captured, long now) throws IOException {
        long number = list.get().next();
        String key = Snapshot.key(data.store(), number, process);
        // While nothing is answered, no snapshot is begun, so that there are few that have failed.
        tier.store().find(key);
        List<Planned> planned = new ArrayList<>();
        List<Snapshot.ShardPart> parts = new ArrayList<>();
        for (ShardCapture shard : captured) {
            parts.add(plan(shard, number, planned));
        }
        Snapshot snapshot = new Snapshot(data.format(disk), now, parts);
        Set<String> names = new TreeSet<>(snapshot.names());
        planned.forEach(each -> names.add(each.key()));
        list.change(current -> current.with(number, new Entry(key, State.BEGUN, now, names)));
        try {
            for (Planned each : planned) {
                each.into().put(each.number(), upload(each.key(), each.bytes()));
            }
            upload(key, new BytesInput(snapshot.encode()));
        } catch (IOException | RuntimeException | Error e) {
            abandon(number, e);
            throw e;
        }
        list.change(current -> withoutOld(current.with(number, new Entry(key, State.COMPLETE, now, names)), now));
        newest = snapshot;
        tier.figures().tookSnapshot();
    }

    private void abandon(long number, Throwable reason) {
        try {
            list.change(current -> current.abandon(number, tier.afterLateEffect()));
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }

    private SnapshotList withoutOld(SnapshotList all, long now) {
        List<Long> complete = new ArrayList<>();
        all.entries().forEach((number, entry) -> {
            if (entry.state() == State.COMPLETE) {
                complete.add(number);
            }
        });
        SnapshotList kept = all;
        for (long number : complete.subList(0, Math.max(0, complete.size() - config.keptMax()))) {
            kept = kept.abandon(number, now);
        }
        return kept;
    }

    private Snapshot.ShardPart plan(ShardCapture shard, long number, List<Planned> planned) {
        SortedMap<Long, StoredObject> extents = new TreeMap<>(shard.copied());
        SortedMap<Long, StoredObject> segments = new TreeMap<>();
        Snapshot.ShardPart part = new Snapshot.ShardPart(shard.manifest(), extents, segments);
        shard.local().forEach((file, input) -> {
            StoredObject before = uploadedBefore(shard.manifest().shard(), file);
            if (before == null) {
                planned.add(new Planned(ownedKey(shard, number, planned), input, part.extents(), file));
            } else {
                part.extents().put(file, before);
            }
        });
        shard.segments()
                .forEach((segment, input) ->
                        planned.add(new Planned(ownedKey(shard, number, planned), input, part.segments(), segment)));
        return part;
    }

    private String ownedKey(ShardCapture shard, long number, List<Planned> planned) {
        return Snapshot.ownedKey(data.store(), shard.manifest().shard(), process, number, planned.size());
    }

    private @Nullable StoredObject uploadedBefore(int shard, long file) {
        return newest == null ? null : newest.shards().get(shard).extents().get(file);
    }

    private StoredObject upload(String key, ExtentFiles.Input bytes) throws IOException {
        Upload upload = Upload.of(bytes, tier.sendPace(), tier::isClosed);
        if (!upload.run(tier.store(), key)) {
            throw new IOException("object " + key + " differs from what it was made of");
        }
        tier.figures().uploaded(upload.bytes());
        return new StoredObject(key, upload.bytes(), upload.checksum());
    }

    /** Bytes in memory, as a file. */
    private static final class BytesInput implements ExtentFiles.Input {
        private final byte[] bytes;

        BytesInput(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public void read(long position, ByteBuffer into) {
            into.put(bytes, (int) position, into.remaining());
        }

        @Override
        public void close() {}
    }
}
