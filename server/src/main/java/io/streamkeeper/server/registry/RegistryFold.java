package io.streamkeeper.server.registry;

import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.shard.StreamHeap;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/**
 * The streams that exist as far as the messages of the registry say. It has slots of 16 bytes, at most half of them in use,
 * for the digest of a name and its description, with a salt, so that nobody can choose names with the same one: 32 to 64
 * bytes for each name, and 96 while it grows, because the old table is there until the new one is filled. Its heap is
 * reserved before it is used (I7), and leaves the part that is for appends of clients.
 *
 * <p>It is a hash table with linear probing. A removed name leaves a mark, which is dropped when the table grows.
 */
final class RegistryFold implements RegistryMessages.Reader, AutoCloseable {
    /** There is no heap for more names. */
    static final class NoRoom extends Exception {
        private static final long serialVersionUID = 1L;

        NoRoom() {
            super("there is no heap for the names of the registry");
        }
    }

    private static final int SLOTS_FIRST = 1 << 10;
    private static final int BYTES_PER_SLOT = 2 * Long.BYTES;

    /** One part in so many of the heap for streams is left free, for what clients create meanwhile. */
    private static final int MARGIN_PART = 64;

    private static final long FREE = 0;
    private static final long REMOVED = 1;

    private final Budget budget;
    private final MessageDigest digest;
    private final byte[] salt = new byte[Long.BYTES];
    private long[] names = new long[0];
    private long[] descriptions = new long[0];
    private int used;
    private int size;
    private boolean isFull;

    RegistryFold(Budget budget) throws NoRoom {
        this.budget = budget;
        new SecureRandom().nextBytes(salt);
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
        resize(SLOTS_FIRST);
    }

    private long digest(String text) {
        digest.update(salt);
        byte[] bytes = digest.digest(text.getBytes(StandardCharsets.UTF_8));
        long value = ByteBuffer.wrap(bytes).getLong();
        return value == FREE || value == REMOVED ? value + 2 : value;
    }

    /** The lower half of the time, by which incarnations differ, and half of the digest of the content type. */
    private long description(String contentType, long createdMillis) {
        return createdMillis << Integer.SIZE | digest(contentType) >>> Integer.SIZE;
    }

    /** Whether {@code bytes} more leave the heap that is for appends, and a margin. */
    static boolean hasRoom(Budget budget, long bytes) {
        long rest = StreamHeap.bytesForAppends(budget) + budget.bytesMax() / MARGIN_PART;
        return budget.leftBytes() - bytes > rest;
    }

    private void resize(int slots) throws NoRoom {
        long bytes = (long) slots * BYTES_PER_SLOT;
        if (!hasRoom(budget, bytes) || !budget.tryReserve(bytes)) {
            throw new NoRoom();
        }
        long[] oldNames = names;
        long[] oldDescriptions = descriptions;
        names = new long[slots];
        descriptions = new long[slots];
        used = 0;
        for (int i = 0; i < oldNames.length; i++) {
            if (oldNames[i] != FREE && oldNames[i] != REMOVED) {
                int slot = slot(oldNames[i]);
                names[slot] = oldNames[i];
                descriptions[slot] = oldDescriptions[i];
                used++;
            }
        }
        budget.release((long) oldNames.length * BYTES_PER_SLOT);
    }

    /** The slot of a name, or the free one where it is added. */
    private int slot(long name) {
        int slot = (int) (name >>> 32) & (names.length - 1);
        while (names[slot] != FREE && names[slot] != name) {
            slot = (slot + 1) & (names.length - 1);
        }
        return slot;
    }

    // ---- messages ----

    @Override
    public void inserted(String path, String contentType, long createdMillis) {
        if (isFull) {
            return;
        }
        long name = digest(path);
        int slot = slot(name);
        if (names[slot] == FREE) {
            names[slot] = name;
            used++;
            size++;
        }
        descriptions[slot] = description(contentType, createdMillis);
        if (used > names.length / 2) {
            grow();
        }
    }

    private void grow() {
        try {
            resize(size > names.length / 4 ? 2 * names.length : names.length);
        } catch (NoRoom e) {
            isFull = true;
        }
    }

    @Override
    public void deleted(String path) {
        remove(path);
    }

    /** Fails if there was no heap for a name, so that others may be missing. */
    void check() throws NoRoom {
        if (isFull) {
            throw new NoRoom();
        }
    }

    // ---- names ----

    int size() {
        return size;
    }

    /** Whether a stream exists. */
    boolean has(String path) {
        return names[slot(digest(path))] != FREE;
    }

    /** Whether a stream exists with this description. */
    boolean has(String path, String contentType, long createdMillis) {
        int slot = slot(digest(path));
        return names[slot] != FREE && descriptions[slot] == description(contentType, createdMillis);
    }

    /** Whether a stream exists with this time of creation. */
    boolean has(String path, long createdMillis) {
        int slot = slot(digest(path));
        return names[slot] != FREE && (int) (descriptions[slot] >>> Integer.SIZE) == (int) createdMillis;
    }

    /** Forgets a stream. */
    void remove(String path) {
        int slot = slot(digest(path));
        if (names[slot] != FREE) {
            names[slot] = REMOVED;
            size--;
        }
    }

    @Override
    public void close() {
        budget.release((long) names.length * BYTES_PER_SLOT);
        names = new long[0];
        descriptions = new long[0];
    }
}
