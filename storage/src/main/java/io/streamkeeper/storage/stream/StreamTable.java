package io.streamkeeper.storage.stream;

import io.streamkeeper.protocol.StreamPath;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The streams of a shard by path. For each path it has the incarnation that was staged last; until that is durable, it
 * refers to the one that readers still see. Owned by the shard's loop.
 *
 * <p>It is a hash table whose entries are the streams themselves: those of one slot are linked by {@link
 * StreamState#nextInSlot}. It grows by one slot for each stream (linear hashing), so no step moves many streams. Clients
 * choose the paths, and so can make hash codes collide: a slot has at most {@value #SLOT_STREAMS_MAX} streams, and a map,
 * which finds a key among many with the same hash code by its order, has all others.
 */
public final class StreamTable {
    static final int SLOT_STREAMS_MAX = 16;

    private static final int SLOTS_MIN = 16;

    /** The first stream of each slot. */
    private @Nullable StreamState[] slots = new StreamState[2 * SLOTS_MIN];

    /** The number of slots when the table last doubled: a power of two. */
    private int doubled = SLOTS_MIN;

    /** The slots before this one are split: their streams are in them and in the slots from {@link #doubled} on. */
    private int split;

    private final Map<String, StreamState> crowded = new HashMap<>();

    /** For each stream that is not durable yet, the incarnation that readers of its path see until it is, if any. */
    private final Map<StreamState, StreamState> replaced = new HashMap<>();

    private int size;

    // ---- slots ----

    private int slotOf(StreamState stream) {
        return slotOf(stream.pathText());
    }

    private int slotOf(String path) {
        int hash = path.hashCode();
        int mixed = hash ^ (hash >>> 16);
        int slot = mixed & (doubled - 1);
        return slot < split ? mixed & (2 * doubled - 1) : slot;
    }

    private @Nullable StreamState at(String path) {
        for (StreamState stream = slots[slotOf(path)]; stream != null; stream = stream.nextInSlot()) {
            if (stream.pathText().equals(path)) {
                return stream;
            }
        }
        return crowded.isEmpty() ? null : crowded.get(path);
    }

    private void insert(StreamState stream) {
        int slot = slotOf(stream);
        if (isFull(slot)) {
            crowded.put(stream.pathText(), stream);
        } else {
            link(slot, stream);
        }
        size++;
        grow();
    }

    private boolean isFull(int slot) {
        int count = 0;
        for (StreamState stream = slots[slot]; stream != null; stream = stream.nextInSlot()) {
            count++;
        }
        return count >= SLOT_STREAMS_MAX;
    }

    private void link(int slot, StreamState stream) {
        stream.nextInSlot(slots[slot]);
        slots[slot] = stream;
    }

    /** Splits one slot if there are more streams than slots. */
    private void grow() {
        if (size <= doubled + split) {
            return;
        }
        if (split == doubled) {
            // Allocated first: if this fails, the table is as before.
            slots = Arrays.copyOf(slots, 4 * doubled);
            doubled *= 2;
            split = 0;
        }
        StreamState stream = slots[split];
        slots[split] = null;
        split++;
        while (stream != null) {
            StreamState next = stream.nextInSlot();
            link(slotOf(stream), stream);
            stream = next;
        }
    }

    private void removeAt(StreamState stream) {
        if (!crowded.remove(stream.pathText(), stream)) {
            unlink(stream);
        }
        size--;
    }

    @SuppressWarnings("ReferenceEquality")
    private void unlink(StreamState stream) {
        int slot = slotOf(stream);
        StreamState before = slots[slot];
        if (before == stream) {
            slots[slot] = stream.nextInSlot();
        } else {
            while (before != null && before.nextInSlot() != stream) {
                before = before.nextInSlot();
            }
            if (before == null) {
                throw new IllegalStateException("stream " + stream.path() + " is not in the table");
            }
            before.nextInSlot(stream.nextInSlot());
        }
        stream.nextInSlot(null);
    }

    // ---- streams ----

    /** The incarnation that was staged last at a path. */
    @Nullable
    public StreamState at(StreamPath path) {
        return at(path.value());
    }

    /** Adds a staged stream, which replaces the one at its path. */
    public void put(StreamState stream) {
        StreamState before = at(stream.pathText());
        if (before != null) {
            removeAt(before);
            replaced.put(stream, before);
        }
        insert(stream);
    }

    /** The stream is durable: no reader sees the one that it replaces. */
    public void settled(StreamState stream) {
        replaced.remove(stream);
    }

    /** The incarnation that readers of the path see until {@code stream} is durable, or null. */
    @Nullable
    public StreamState replaced(StreamState stream) {
        return replaced.get(stream);
    }

    /** The creation is undone: the stream that it replaced has the path again. */
    public void takeBack(StreamState stream) {
        StreamState before = replaced.remove(stream);
        boolean isLast = remove(stream);
        if (isLast && before != null && !before.isDurablyDropped()) {
            insert(before);
        }
    }

    /** Removes a deleted stream, unless a newer one has its path; returns whether it was removed. */
    @SuppressWarnings("ReferenceEquality")
    public boolean remove(StreamState stream) {
        if (at(stream.pathText()) != stream) {
            return false;
        }
        removeAt(stream);
        return true;
    }

    public int size() {
        return size;
    }

    /**
     * Passes all streams to {@code action}, which adds and removes none, including those that a staged stream is to
     * replace.
     */
    public void forEach(Consumer<StreamState> action) {
        for (StreamState first : slots) {
            for (StreamState stream = first; stream != null; stream = stream.nextInSlot()) {
                forEachIncarnation(stream, action);
            }
        }
        crowded.values().forEach(stream -> forEachIncarnation(stream, action));
    }

    private void forEachIncarnation(StreamState latest, Consumer<StreamState> action) {
        for (StreamState stream = latest; stream != null; stream = replaced.get(stream)) {
            action.accept(stream);
        }
    }
}
