package io.streamkeeper.storage.tier;

import io.streamkeeper.storage.directory.ObjectList.StoredObject;
import io.streamkeeper.storage.extent.ExtentFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Objects that are not deleted while they are read. Safe for use by any thread.
 *
 * <p>Why an object that is kept is there: only this process deletes it; it is kept first, and then looked up in the list
 * of the shard once more. An object whose deletion may have begun is not in that list any more, and never again.
 */
final class KeptObjects {
    /** Reads bytes of an object. */
    interface Reader {
        void read(StoredObject object, long position, ByteBuffer into) throws IOException;
    }

    /** How often each key is kept. */
    private final Map<String, Integer> keys = new ConcurrentHashMap<>();

    /** Whether an object is kept. */
    boolean has(String key) {
        return keys.containsKey(key);
    }

    /**
     * Keeps an object until the result is closed.
     *
     * @param current the object that the list of the shard names now; null if it names none
     * @return null if it names none
     */
    ExtentFiles.@Nullable Input keep(Supplier<@Nullable StoredObject> current, Reader reader) {
        StoredObject object = current.get();
        while (object != null) {
            keys.merge(object.key(), 1, Integer::sum);
            StoredObject now = current.get();
            if (object.equals(now)) {
                return new KeptInput(object, reader);
            }
            release(object);
            object = now;
        }
        return null;
    }

    private void release(StoredObject object) {
        keys.computeIfPresent(object.key(), (key, count) -> count == 1 ? null : count - 1);
    }

    private final class KeptInput implements ExtentFiles.Input {
        private final StoredObject object;
        private final Reader reader;
        private final AtomicBoolean closed = new AtomicBoolean();

        KeptInput(StoredObject object, Reader reader) {
            this.object = object;
            this.reader = reader;
        }

        @Override
        public long size() {
            return object.bytes();
        }

        @Override
        public void read(long position, ByteBuffer into) throws IOException {
            reader.read(object, position, into);
        }

        @Override
        public boolean isRemote() {
            return true;
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                release(object);
            }
        }
    }
}
