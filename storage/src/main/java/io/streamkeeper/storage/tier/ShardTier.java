package io.streamkeeper.storage.tier;

import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.ObjectList;
import io.streamkeeper.storage.directory.ObjectList.StoredObject;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.extent.ExtentFile;
import io.streamkeeper.storage.extent.ExtentFiles;
import io.streamkeeper.storage.provider.ShardIdentity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/**
 * The extent files of one shard, of which large ones have a copy in the object store. Safe for use by any thread that
 * may block.
 *
 * <p>Why nothing is lost here: a file is local until the list of objects, durably, names an object that was found with
 * its length and checksum; only then the local file is removed. Why no object is left behind: its key is in the list,
 * durably, before it is created, and until it is deleted. An object is deleted only after the list says that it is not
 * needed, and that is said only after no manifest names the file. A start deletes what was begun and not completed. A
 * key contains a number that is unique to this process, so another process that uses a copy of the directory creates
 * other objects.
 *
 * <p>If it is not known which list is on the disk, nothing more is copied, removed or deleted until a restart (I9).
 */
final class ShardTier implements ExtentFiles {
    /** The smallest object while the disk is nearly full is so many times smaller than otherwise. */
    private static final int SMALL_PART = 16;

    private final Tier tier;
    private final ShardIdentity shard;
    private final ExtentFiles local;
    private final Disk disk;
    private final Path extents;
    private final String keys;

    /** The files that are open. */
    private final Map<Long, TieredFile> files = new ConcurrentSkipListMap<>();

    /**
     * By the number of a file, until when an upload of it that has failed may still take effect, in milliseconds of the wall
     * clock: its object would come back if it were deleted before.
     */
    private final Map<Long, Long> lateEffects = new ConcurrentSkipListMap<>();

    /** The numbers of local files that are not used any more, and perhaps still there. */
    private final Set<Long> givenUp = new ConcurrentSkipListSet<>();

    /** Held while a local file or an index copy is removed or replaced, so that it is not removed twice. */
    private final Object removal = new Object();

    private final StoredList<ObjectList> list;

    /**
     * The file of which the tier's thread makes a copy, or removes the local file; guarded by {@link #files}. It may be
     * closed and removed meanwhile.
     */
    private @Nullable TieredFile worked;

    private long attempts;

    ShardTier(Tier tier, Disk disk, ShardIdentity shard, ExtentFiles local, String keysBelow, UUID process)
            throws IOException {
        this.tier = tier;
        this.shard = shard;
        this.local = local;
        this.disk = disk;
        this.extents = DataDirectory.extents(shard.directory());
        this.keys = keysBelow + String.format(Locale.ROOT, "%s/%03d/%s/", shard.store(), shard.shard(), process);
        this.list = new StoredList<>("objects", read(), next -> next.write(disk, shard.directory()));
        // A killed process may have left a list that is not synced, and what follows relies on it.
        disk.syncDirectory(shard.directory());
    }

    private ObjectList read() throws IOException {
        String location = tier.config().location();
        if (!ObjectList.exists(disk, shard.directory())) {
            return ObjectList.empty(shard.store(), shard.shard(), location);
        }
        ObjectList found = ObjectList.read(disk, shard.directory());
        String path = ObjectList.in(shard.directory()).toString();
        if (!found.store().equals(shard.store()) || found.shard() != shard.shard()) {
            throw new IOException(path + " is of shard " + found.shard() + " of store " + found.store()
                    + ", expected shard " + shard.shard() + " of store " + shard.store()
                    + "; put the file back where it came from");
        }
        if (!found.location().equals(location) && !found.isEmpty()) {
            throw new IOException(path + " names objects at " + found.location() + ", but the tier is " + location
                    + "; start the server with --tier " + found.location());
        }
        ObjectList here =
                new ObjectList(found.store(), found.shard(), location, found.copies(), found.begun(), found.unneeded());
        for (String key : found.begun()) {
            here = here.abandon(key, tier.afterLateEffect());
        }
        return here;
    }

    /** The directory of the shard. */
    Path directory() {
        return shard.directory();
    }

    /** The number of the shard. */
    int number() {
        return shard.shard();
    }

    /** The current list of objects. */
    ObjectList objects() {
        return list.get();
    }

    /** The files that are open. */
    Iterable<TieredFile> openFiles() {
        return files.values();
    }

    // ---- extent files ----

    @Override
    public Output create(long number) throws IOException {
        return local.create(number);
    }

    @Override
    public Input open(long number) throws IOException {
        synchronized (files) {
            TieredFile file = files.get(number);
            if (file == null) {
                file = find(number);
                files.put(number, file);
            }
            file.hold();
            return new TieredInput(file);
        }
    }

    private TieredFile find(long number) throws IOException {
        StoredObject object = list.get().copies().get(number);
        long now = tier.clock().monotonicNanos();
        try {
            Input here = local.open(number);
            try {
                return new TieredFile(number, here.size(), here, object, null, now);
            } catch (IOException | RuntimeException | Error e) {
                here.close();
                throw e;
            }
        } catch (NoSuchFileException e) {
            if (object == null) {
                throw e;
            }
            return new TieredFile(number, object.bytes(), null, object, indexCopy(number, object), now);
        }
    }

    /** The copy of a file's index; null if it is missing: then the index is read from the object. */
    private @Nullable IndexCopy indexCopy(long number, StoredObject object) throws IOException {
        Path path = IndexCopy.in(extents, number);
        return disk.exists(path) ? IndexCopy.open(disk, path, object.bytes()) : null;
    }

    @Override
    public void delete(long number) throws IOException {
        boolean isWorked = false;
        synchronized (files) {
            TieredFile open = files.remove(number);
            if (open != null) {
                open.removed();
            }
            if (worked != null && worked.number() == number) {
                worked.removed();
                isWorked = true;
            }
        }
        boolean abandons = !isWorked;
        long from = unneededFrom(number);
        list.change(current -> {
            ObjectList next = current.drop(number, from);
            return abandons ? withoutBegun(next, number) : next;
        });
        synchronized (removal) {
            IndexCopy.delete(disk, IndexCopy.in(extents, number));
            local.delete(number);
        }
    }

    /** Objects of which it is not known whether they were created are not needed, if they were to be copies of a file. */
    private ObjectList withoutBegun(ObjectList current, long number) {
        ObjectList next = current;
        for (String key : current.begun()) {
            if (key.startsWith(keys + fileName(number))) {
                next = next.abandon(key, tier.afterLateEffect());
            }
        }
        return next;
    }

    /** The numbers of all files; also of one that was removed, but of which a part is left. */
    @Override
    public List<Long> list() throws IOException {
        SortedSet<Long> all = new TreeSet<>(local.list());
        all.addAll(list.get().copies().keySet());
        for (String name : disk.list(extents)) {
            long number = IndexCopy.number(name);
            if (number >= 0) {
                all.add(number);
            }
        }
        return new ArrayList<>(all);
    }

    @Override
    public String name(long number) {
        return local.name(number);
    }

    @Override
    public long usableBytes() throws IOException {
        return local.usableBytes();
    }

    // ---- copies ----

    /**
     * The file that is to be copied next, or null: the oldest of those that were tried least often, so that one that
     * cannot be copied does not hold up the others. While the disk is nearly full, smaller files are copied too: a
     * compaction that makes larger ones of them would find no room.
     */
    @Nullable
    TieredFile nextToCopy() throws IOException {
        if (list.isUncertain()) {
            return null;
        }
        long bytesMin = tier.config().objectBytesMin();
        if (local.usableBytes() < tier.config().freeBytesMin()) {
            bytesMin /= SMALL_PART;
        }
        long now = tier.clock().monotonicNanos();
        TieredFile next = null;
        for (TieredFile file : files.values()) {
            boolean isDue = file.bytes() >= bytesMin
                    && now - file.openedNanos() >= tier.config().afterNanos();
            if (isDue && file.isUncopied() && (next == null || file.attempts() < next.attempts())) {
                next = file;
            }
        }
        return next;
    }

    /** Copies a file; the exception says why it is to be tried again later. */
    void copy(TieredFile file) throws IOException {
        if (!beginWork(file)) {
            return;
        }
        try {
            Input input = file.beginRead(file.usedNanos());
            if (input != null) {
                copy(file, input);
            }
        } finally {
            if (endWork(file)) {
                list.change(current -> withoutBegun(current, file.number()));
            }
        }
    }

    /** Returns false if the file was closed. */
    private boolean beginWork(TieredFile file) {
        synchronized (files) {
            if (files.get(file.number()) != file) {
                return false;
            }
            worked = file;
            return true;
        }
    }

    /** Returns whether the file was removed. */
    private boolean endWork(TieredFile file) {
        synchronized (files) {
            worked = null;
            return file.isRemoved();
        }
    }

    private void copy(TieredFile file, Input input) throws IOException {
        String key = file.beginUpload(nextKey(file));
        StoredObject made = null;
        try {
            made = upload(file, input, key);
        } finally {
            file.endUpload(made);
            file.endRead();
        }
    }

    private String nextKey(TieredFile file) {
        attempts++;
        return keys + fileName(file.number()) + attempts;
    }

    /** The part of a key that says of which file the object is a copy. */
    private static String fileName(long number) {
        return String.format(Locale.ROOT, "%016x-", number);
    }

    private @Nullable StoredObject upload(TieredFile file, Input input, String key) throws IOException {
        Upload upload = Upload.of(input, tier.sendPace(), tier::isClosed);
        if (!list.get().begun().contains(key)) {
            list.change(current -> current.begin(key));
        }
        if (!run(upload, file, key)) {
            file.forgetKey();
            list.change(current -> current.abandon(key, unneededFrom(file.number())));
            throw new IOException("object " + key + " differs from " + name(file.number()) + ", of which it is a copy");
        }
        StoredObject object = new StoredObject(key, upload.bytes(), upload.checksum());
        list.change(current -> file.isRemoved()
                ? current.abandon(key, unneededFrom(file.number()))
                : current.complete(file.number(), object));
        tier.figures().uploaded(upload.bytes());
        return object;
    }

    private boolean run(Upload upload, TieredFile file, String key) throws IOException {
        try {
            return upload.run(tier.store(), key);
        } catch (IOException e) {
            lateEffects.put(file.number(), tier.afterLateEffect());
            throw e;
        }
    }

    /** From when on the object of a file is not needed that is not needed from now on. */
    private long unneededFrom(long number) {
        long now = tier.clock().nowMillis();
        lateEffects.values().removeIf(until -> until <= now);
        return lateEffects.getOrDefault(number, now);
    }

    // ---- local files ----

    /** Removes the local file of a file that has an object. */
    void removeLocal(TieredFile file) throws IOException {
        if (list.isUncertain() || !file.isCopied() || !beginWork(file)) {
            return;
        }
        boolean isGivenUp = false;
        try {
            isGivenUp = giveUpLocal(file);
        } finally {
            if (endWork(file)) {
                synchronized (removal) {
                    IndexCopy.delete(disk, IndexCopy.in(extents, file.number()));
                }
            }
        }
        if (isGivenUp) {
            givenUp.add(file.number());
            tier.figures().removedLocal();
            removeGivenUp();
        }
    }

    /** Has the object read from now on; returns false if the file was closed or removed meanwhile. */
    private boolean giveUpLocal(TieredFile file) throws IOException {
        synchronized (removal) {
            if (file.isRemoved()) {
                return false;
            }
            IndexCopy index = indexCopy(file);
            boolean isGivenUp = false;
            try {
                synchronized (files) {
                    isGivenUp = file.giveUpLocal(index);
                }
            } finally {
                if (!isGivenUp) {
                    index.close();
                }
            }
            return isGivenUp;
        }
    }

    /** Removes the local files that are not used any more. */
    void removeGivenUp() throws IOException {
        for (long number : List.copyOf(givenUp)) {
            synchronized (removal) {
                local.delete(number);
            }
            givenUp.remove(number);
        }
    }

    private IndexCopy indexCopy(TieredFile file) throws IOException {
        Path path = IndexCopy.in(extents, file.number());
        Input input = local.open(file.number());
        ExtentFile extent = ExtentFile.openAny(name(file.number()), input);
        try {
            IndexCopy.write(disk, path, extent);
        } finally {
            extent.release();
        }
        return IndexCopy.open(disk, path, file.bytes());
    }

    // ---- objects that are not needed ----

    /**
     * Deletes objects that were not needed for long enough, and that no snapshot names and no reader keeps; the
     * exception says why it is to be tried again later.
     *
     * @param endNanos when it ends, by the monotonic clock
     * @return whether it has ended before all were deleted
     */
    boolean deleteObjects(long endNanos) throws IOException {
        long until = tier.clock().nowMillis() - tier.config().graceMillis();
        for (Map.Entry<String, Long> unneeded : list.get().unneeded().entrySet()) {
            boolean isDue = unneeded.getValue() <= until && !tier.isKept(unneeded.getKey());
            if (isDue && !list.isUncertain() && !tier.isClosed()) {
                if (tier.clock().monotonicNanos() - endNanos >= 0) {
                    return true;
                }
                tier.delete(unneeded.getKey());
                list.change(current -> current.deleted(unneeded.getKey()));
            }
        }
        return false;
    }

    // ---- reading ----

    private final class TieredInput implements Input {
        private final TieredFile file;

        TieredInput(TieredFile file) {
            this.file = file;
        }

        @Override
        public long size() {
            return file.bytes();
        }

        @Override
        public void read(long position, ByteBuffer into) throws IOException {
            Input here = file.beginRead(tier.clock().monotonicNanos());
            if (here != null) {
                try {
                    here.read(position, into);
                } finally {
                    file.endRead();
                }
                return;
            }
            IndexCopy index = file.index();
            if (index == null || !index.read(position, into)) {
                tier.cache().read(object(), position, into);
            }
        }

        private StoredObject object() {
            StoredObject object = file.object();
            if (object == null) {
                throw new IllegalStateException(name(file.number()) + " has neither a local file nor an object");
            }
            return object;
        }

        @Override
        public boolean isRemote() {
            return file.isRemote();
        }

        @Override
        public boolean isCopied() {
            return file.object() != null;
        }

        @Override
        public @Nullable String elsewhere() {
            return file.isRemote() ? object().inMessages() : null;
        }

        @Override
        public void forget(long position, int bytes) {
            StoredObject object = file.object();
            if (object != null) {
                tier.cache().forget(object, position, bytes);
            }
        }

        @Override
        public void close() throws IOException {
            synchronized (files) {
                if (file.release()) {
                    files.remove(file.number(), file);
                }
            }
        }
    }
}
