package io.streamkeeper.storage.tier;

import io.streamkeeper.storage.directory.ObjectList.StoredObject;
import io.streamkeeper.storage.extent.ExtentFiles;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * An extent file that is open: its local file, the object that is a copy of it, or both. Safe for use by any thread that
 * may block; {@link #isRemote} and {@link #object} by any thread.
 *
 * <pre>
 *   local          the file is here; becomes copied when the list of objects names its object, durably
 *   copied         the file is here, and has an object; becomes remote when the local file is given up
 *   remote         only the object is left; its index is in an index copy
 *   any → removed  no manifest names it; it is read until it is closed
 * </pre>
 */
final class TieredFile {
    private final long number;
    private final long bytes;
    private final long openedNanos;
    private volatile @Nullable StoredObject object;
    private ExtentFiles.@Nullable Input local;
    private @Nullable IndexCopy index;
    private volatile boolean remote;
    private volatile long usedNanos;

    /** Reads of {@link #local} that are running. */
    private int readers;

    /** How often the file is open. */
    private int holders;

    private boolean removed;

    /** The key of an upload that has begun. */
    private @Nullable String begunKey;

    private boolean uploads;

    /** How often an upload has begun. */
    private volatile int attempts;

    TieredFile(
            long number,
            long bytes,
            ExtentFiles.@Nullable Input local,
            @Nullable StoredObject object,
            @Nullable IndexCopy index,
            long nowNanos) {
        this.number = number;
        this.bytes = bytes;
        this.local = local;
        this.object = object;
        this.index = index;
        this.remote = local == null;
        this.openedNanos = nowNanos;
        this.usedNanos = nowNanos;
    }

    long number() {
        return number;
    }

    long bytes() {
        return bytes;
    }

    long openedNanos() {
        return openedNanos;
    }

    boolean isRemote() {
        return remote;
    }

    /** How often an upload has begun. */
    int attempts() {
        return attempts;
    }

    /** When the local file was read last. */
    long usedNanos() {
        return usedNanos;
    }

    @Nullable
    StoredObject object() {
        return object;
    }

    synchronized @Nullable IndexCopy index() {
        return index;
    }

    // ---- local file ----

    /** The local file, which stays open until {@link #endRead}; null if there is none. */
    synchronized ExtentFiles.@Nullable Input beginRead(long nowNanos) {
        if (local == null || remote) {
            return null;
        }
        usedNanos = nowNanos;
        readers++;
        return local;
    }

    void endRead() throws IOException {
        ExtentFiles.Input unused;
        synchronized (this) {
            readers--;
            unused = takeUnused();
        }
        if (unused != null) {
            unused.close();
        }
    }

    /** Whether the local file can be given up. */
    synchronized boolean isCopied() {
        return !remote && !removed && object != null;
    }

    /**
     * From now on the object is read; the local file is closed when no read uses it.
     *
     * @param newIndex is owned by the file from now on, unless this returns false
     * @return false if the file was closed or removed meanwhile
     */
    boolean giveUpLocal(IndexCopy newIndex) throws IOException {
        ExtentFiles.Input unused;
        synchronized (this) {
            if (removed || holders == 0) {
                return false;
            }
            index = newIndex;
            remote = true;
            unused = takeUnused();
        }
        if (unused != null) {
            unused.close();
        }
        return true;
    }

    private ExtentFiles.@Nullable Input takeUnused() {
        if (readers > 0 || !(remote || holders == 0)) {
            return null;
        }
        ExtentFiles.Input unused = local;
        local = null;
        return unused;
    }

    // ---- upload ----

    /** Whether the file has no object and none is being made. */
    synchronized boolean isUncopied() {
        return object == null && !uploads && !removed && local != null;
    }

    /** An upload with {@code newKey} begins, or with the key of an earlier attempt; returns the key. */
    synchronized String beginUpload(String newKey) {
        attempts++;
        uploads = true;
        if (begunKey == null) {
            begunKey = newKey;
        }
        return begunKey;
    }

    /** The key is not used for another attempt. */
    synchronized void forgetKey() {
        begunKey = null;
    }

    synchronized void endUpload(@Nullable StoredObject made) {
        uploads = false;
        if (made != null) {
            object = made;
            begunKey = null;
        }
    }

    // ---- life ----

    synchronized void hold() {
        holders++;
    }

    /** Ends one use; returns whether it was the last. */
    boolean release() throws IOException {
        ExtentFiles.Input unused;
        IndexCopy unusedIndex;
        synchronized (this) {
            holders--;
            if (holders > 0) {
                return false;
            }
            unused = takeUnused();
            unusedIndex = index;
            index = null;
        }
        try (unusedIndex) {
            if (unused != null) {
                unused.close();
            }
        }
        return true;
    }

    /** No manifest names it. */
    synchronized void removed() {
        removed = true;
    }

    synchronized boolean isRemoved() {
        return removed;
    }
}
