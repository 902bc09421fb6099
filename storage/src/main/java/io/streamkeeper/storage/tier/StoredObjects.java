package io.streamkeeper.storage.tier;

import io.streamkeeper.storage.directory.ObjectList;
import io.streamkeeper.storage.directory.ObjectList.StoredObject;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.extent.ExtentFiles;
import io.streamkeeper.storage.extent.ExtentUnavailableException;
import io.streamkeeper.storage.extent.LocalExtentFiles;
import io.streamkeeper.storage.memory.Budget;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The objects of a data directory, for commands that only read it, whether its server is running or not. Used by one
 * thread, which may block; needs {@value #CACHE_BYTES} bytes of direct memory.
 */
public final class StoredObjects {
    private static final int WINDOW_BYTES = 1 << 20;
    private static final int CACHE_BYTES = 8 * WINDOW_BYTES;
    private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int ATTEMPTS = 5;

    private final ObjectStore store;
    private final String location;
    private final WindowCache cache;

    /**
     * Objects at a place.
     *
     * @param location their place, as the configuration of the server names it
     */
    public StoredObjects(ObjectStore store, String location) {
        this.store = store;
        this.location = location;
        this.cache = new WindowCache(
                WINDOW_BYTES, WAIT_NANOS, new Budget("objects", CACHE_BYTES), this::read, new TierFigures());
    }

    private void read(StoredObject object, long position, ByteBuffer into) throws IOException {
        for (int attempt = 1; ; attempt++) {
            into.mark();
            try {
                store.read(object.key(), position, into);
                return;
            } catch (NoSuchFileException | EOFException e) {
                throw new IOException("object " + object.key() + " at " + location + " is missing or not whole", e);
            } catch (IOException e) {
                if (attempt == ATTEMPTS) {
                    throw new ExtentUnavailableException(
                            "object " + object.key() + " at " + location + " cannot be read: " + e.getMessage(), e);
                }
                into.reset();
            }
        }
    }

    /**
     * The extent files of a shard: those of this machine, and for others their objects.
     *
     * @param objects the objects; null if the command was given none
     * @throws IOException if files are only in an object store that is not {@code objects}; the message says what to do
     */
    public static ExtentFiles files(Disk disk, Path shardDirectory, @Nullable StoredObjects objects)
            throws IOException {
        if (objects == null) {
            LocalExtentFiles.requireAll(disk, shardDirectory);
            return LocalExtentFiles.of(disk, shardDirectory);
        }
        ExtentFiles local = LocalExtentFiles.of(disk, shardDirectory);
        if (!ObjectList.exists(disk, shardDirectory)) {
            return local;
        }
        ObjectList list = ObjectList.read(disk, shardDirectory);
        if (!list.copies().isEmpty() && !list.location().equals(objects.location)) {
            throw new IOException(ObjectList.in(shardDirectory) + " names objects at " + list.location()
                    + ", but the tier is " + objects.location + "; expected --tier " + list.location());
        }
        return objects.new Files(local, list);
    }

    /**
     * Asks the object store for all objects that are copies of extent files of a shard; returns how many there are.
     *
     * @throws IOException if one is missing, or has another length or checksum
     */
    public int check(Disk disk, Path shardDirectory) throws IOException {
        if (!ObjectList.exists(disk, shardDirectory)) {
            return 0;
        }
        ObjectList list = ObjectList.read(disk, shardDirectory);
        for (Map.Entry<Long, StoredObject> copy : list.copies().entrySet()) {
            StoredObject object = copy.getValue();
            ObjectStore.Stored stored = find(object.key());
            if (stored == null) {
                throw new IOException("object " + object.key() + " at " + location + ", the copy of extent file "
                        + copy.getKey() + ", is missing");
            }
            Integer checksum = stored.checksum();
            if (stored.bytes() != object.bytes() || (checksum != null && checksum != object.checksum())) {
                throw new IOException("object " + object.key() + " at " + location + ", the copy of extent file "
                        + copy.getKey() + ", has " + stored.bytes()
                        + " bytes or a checksum that is not that of the list,"
                        + " expected " + object.bytes() + " bytes");
            }
        }
        return list.copies().size();
    }

    private ObjectStore.@Nullable Stored find(String key) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return store.find(key);
            } catch (IOException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /** The files of one shard, as its list of objects was. */
    private final class Files implements ExtentFiles {
        private final ExtentFiles local;
        private final ObjectList list;

        Files(ExtentFiles local, ObjectList list) {
            this.local = local;
            this.list = list;
        }

        @Override
        public Input open(long number) throws IOException {
            try {
                return local.open(number);
            } catch (NoSuchFileException e) {
                StoredObject object = list.copies().get(number);
                if (object == null) {
                    throw e;
                }
                return new ObjectInput(object);
            }
        }

        @Override
        public List<Long> list() throws IOException {
            SortedSet<Long> all = new TreeSet<>(local.list());
            all.addAll(list.copies().keySet());
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

        @Override
        public Output create(long number) {
            throw new IllegalStateException(name(number) + " is only read");
        }

        @Override
        public void delete(long number) {
            throw new IllegalStateException(name(number) + " is only read");
        }
    }

    private final class ObjectInput implements ExtentFiles.Input {
        private final StoredObject object;

        ObjectInput(StoredObject object) {
            this.object = object;
        }

        @Override
        public long size() {
            return object.bytes();
        }

        @Override
        public void read(long position, ByteBuffer into) throws IOException {
            cache.read(object, position, into);
        }

        @Override
        public boolean isRemote() {
            return true;
        }

        @Override
        public String elsewhere() {
            return object.inMessages();
        }

        @Override
        public void forget(long position, int bytes) {
            cache.forget(object, position, bytes);
        }

        @Override
        public void close() {}
    }
}
