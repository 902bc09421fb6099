package io.streamkeeper.storage.tier;

import io.streamkeeper.storage.directory.ObjectList.StoredObject;
import io.streamkeeper.storage.extent.ExtentUnavailableException;
import io.streamkeeper.storage.memory.Budget;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The windows of objects that were read last, in memory that is reserved before a window is read. Reads of the same
 * window wait for the first of them. Safe for use by any thread that may block.
 */
final class WindowCache {
    /** Reads bytes of an object. */
    interface Reader {
        void read(StoredObject object, long position, ByteBuffer into) throws IOException;
    }

    private record Key(String object, long window) {}

    /** A window that is being read, or was read; all fields belong to the lock of the cache. */
    private static final class Window {
        private final ByteBuffer bytes;
        private int users = 1;
        private boolean isRead;
        private boolean isForgotten;

        Window(ByteBuffer bytes) {
            this.bytes = bytes;
        }
    }

    private final int windowBytes;
    private final long waitNanos;
    private final Budget budget;
    private final Reader reader;
    private final TierFigures figures;
    private final Map<Key, Window> windows = new LinkedHashMap<>(16, 0.75f, true);
    private final Deque<ByteBuffer> free = new ArrayDeque<>();

    /**
     * A cache.
     *
     * @param budget the memory for windows; at least one must fit
     * @param waitNanos how long a read waits for memory, or for another read of the same window
     */
    WindowCache(int windowBytes, long waitNanos, Budget budget, Reader reader, TierFigures figures) {
        this.windowBytes = windowBytes;
        this.waitNanos = waitNanos;
        this.budget = budget;
        this.reader = reader;
        this.figures = figures;
    }

    /** Fills {@code into} with the bytes of an object from {@code position} on. */
    void read(StoredObject object, long position, ByteBuffer into) throws IOException {
        if (position + into.remaining() > object.bytes()) {
            throw new EOFException("object " + object.key() + " ends at " + object.bytes() + ", expected "
                    + (position + into.remaining() - object.bytes()) + " bytes more");
        }
        long at = position;
        while (into.hasRemaining()) {
            long number = at / windowBytes;
            int skipped = (int) (at - number * windowBytes);
            int count = Math.min(windowBytes - skipped, into.remaining());
            Window window = take(object, number);
            try {
                into.put(window.bytes.duplicate().position(skipped).limit(skipped + count));
            } finally {
                release(window);
            }
            at += count;
        }
    }

    private Window take(StoredObject object, long number) throws IOException {
        Key key = new Key(object.key(), number);
        long deadline = System.nanoTime() + waitNanos;
        Window window;
        synchronized (this) {
            ByteBuffer memory = null;
            while (memory == null) {
                Window known = windows.get(key);
                if (known != null && known.isRead) {
                    known.users++;
                    figures.cached();
                    return known;
                }
                memory = known == null ? memory() : null;
                if (memory == null) {
                    await(deadline);
                }
            }
            window = new Window(memory);
            windows.put(key, window);
        }
        return fetch(object, number, key, window);
    }

    /** Waits until memory is perhaps free, or the window perhaps read; the caller asks again. */
    @SuppressWarnings("WaitNotInLoop")
    private void await(long deadline) throws ExtentUnavailableException {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0) {
            throw new ExtentUnavailableException("all memory for reads from the object store is in use");
        }
        try {
            wait(left);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExtentUnavailableException("the server stops", e);
        }
    }

    /** Memory for a window: free, new, or that of the window that was not used for longest; null if all is in use. */
    private @Nullable ByteBuffer memory() {
        if (!free.isEmpty()) {
            return free.pop();
        }
        if (budget.tryReserve(windowBytes)) {
            return ByteBuffer.allocateDirect(windowBytes);
        }
        Iterator<Window> oldest = windows.values().iterator();
        while (oldest.hasNext()) {
            Window window = oldest.next();
            if (window.users == 0) {
                oldest.remove();
                return window.bytes;
            }
        }
        return null;
    }

    private Window fetch(StoredObject object, long number, Key key, Window window) throws IOException {
        boolean read = false;
        try {
            long position = number * windowBytes;
            window.bytes.clear().limit((int) Math.min(windowBytes, object.bytes() - position));
            reader.read(object, position, window.bytes.duplicate());
            read = true;
            return window;
        } finally {
            synchronized (this) {
                window.isRead = read;
                if (!read) {
                    windows.remove(key, window);
                    free.push(window.bytes);
                }
                notifyAll();
            }
        }
    }

    private synchronized void release(Window window) {
        window.users--;
        if (window.users == 0 && window.isForgotten) {
            free.push(window.bytes);
        }
        notifyAll();
    }

    /** The windows with these bytes of an object are not used for later reads. */
    synchronized void forget(StoredObject object, long position, long bytes) {
        for (long number = position / windowBytes; number * windowBytes < position + bytes; number++) {
            forget(windows.get(new Key(object.key(), number)), new Key(object.key(), number));
        }
    }

    private void forget(@Nullable Window window, Key key) {
        if (window == null || !window.isRead) {
            return;
        }
        windows.remove(key);
        if (window.users == 0) {
            free.push(window.bytes);
        } else {
            window.isForgotten = true;
        }
    }
}
