package io.streamkeeper.storage.stream;

import io.streamkeeper.protocol.Producer;
import io.streamkeeper.storage.record.HeapSize;
import io.streamkeeper.storage.record.KnownProducer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last request of each producer of one stream (section 5.2.1), in the order of their last requests. Owned by the
 * shard's loop. A stream with one producer, the usual case, has no map.
 *
 * <p>The table is a function of the log (I13): it changes by records only. When a record is staged, its owner decides
 * once whether there is room, and how many of the producers unused for longest are evicted. The record contains that
 * number, so that a start or a copy evicts the same producers, whatever its limits and its clock are.
 */
final class ProducerTable {
    /** A producer's place in the order of use: a doubly-linked list. */
    private static final class Entry {
        private Producer last;
        private long usedMillis;
        private @Nullable Entry older;
        private @Nullable Entry newer;

        Entry(Producer last) {
            this.last = last;
        }
    }

    /** The state that an accepted request changes, for {@link #undo}. */
    static final class Mark {
        private final @Nullable Entry entry;
        private final @Nullable Producer last;
        private final long usedMillis;
        private final @Nullable Entry older;
        private final List<Entry> evicted;

        private Mark(@Nullable Entry entry, List<Entry> evicted) {
            this.entry = entry;
            this.last = entry == null ? null : entry.last;
            this.usedMillis = entry == null ? 0 : entry.usedMillis;
            this.older = entry == null ? null : entry.older;
            this.evicted = evicted;
        }
    }

    /** The heap that a producer takes without its id: its last request, its entry, and its place in the map. */
    private static final int ENTRY_BYTES = 104;

    private @Nullable Entry oldest;
    private @Nullable Entry newest;
    private long heapBytes;

    /** Null while there is at most one producer. */
    private @Nullable Map<String, Entry> byId;

    /** The last accepted request of producer {@code id}, or null. */
    @Nullable
    Producer last(String id) {
        Entry entry = entry(id);
        return entry == null ? null : entry.last;
    }

    private @Nullable Entry entry(String id) {
        if (byId != null) {
            return byId.get(id);
        }
        return oldest != null && oldest.last.id().equals(id) ? oldest : null;
    }

    int size() {
        if (byId != null) {
            return byId.size();
        }
        return oldest == null ? 0 : 1;
    }

    /**
     * How many producers must be evicted so that another one is within the limits, or -1 if too many were used
     * recently. If the clock was set back, the time of the newest use is taken as the current time.
     */
    int evictionsFor(ProducerLimits limits, long nowMillis) {
        int surplus = size() + 1 - limits.producersMax();
        if (surplus <= 0) {
            return 0;
        }
        long now = newest == null ? nowMillis : Math.max(nowMillis, newest.usedMillis);
        Entry last = oldest;
        for (int i = 1; i < surplus && last != null; i++) {
            last = last.newer;
        }
        return last == null || now - last.usedMillis < limits.keptMillis() ? -1 : surplus;
    }

    /** All producers, the one unused for longest first. */
    List<KnownProducer> all() {
        List<KnownProducer> all = new ArrayList<>(size());
        for (Entry entry = oldest; entry != null; entry = entry.newer) {
            all.add(new KnownProducer(entry.last, entry.usedMillis));
        }
        return all;
    }

    /** The state that {@link #accept} with the same arguments will change. */
    Mark mark(Producer producer, int evictions) {
        List<Entry> evicted = evictions == 0 ? List.of() : new ArrayList<>(evictions);
        Entry next = oldest;
        for (int i = 0; i < evictions && next != null; i++) {
            evicted.add(next);
            next = next.newer;
        }
        return new Mark(entry(producer.id()), evicted);
    }

    /** Evicts the {@code evictions} producers that were unused for longest, and accepts a request. */
    void accept(Producer producer, int evictions, long atMillis) {
        long used = newest == null ? atMillis : Math.max(atMillis, newest.usedMillis);
        for (int i = 0; i < evictions && oldest != null; i++) {
            remove(oldest);
        }
        Entry entry = entry(producer.id());
        if (entry == null) {
            entry = new Entry(producer);
            put(entry);
        } else {
            unlink(entry);
        }
        entry.last = producer;
        entry.usedMillis = used;
        linkBehind(newest, entry);
    }

    /** Reverts the last accepted request. */
    void undo(Mark mark) {
        if (newest != null && mark.entry == null) {
            remove(newest);
        } else if (mark.entry != null && mark.last != null) {
            unlink(mark.entry);
            mark.entry.last = mark.last;
            mark.entry.usedMillis = mark.usedMillis;
            linkBehind(mark.older, mark.entry);
        }
        for (int i = mark.evicted.size() - 1; i >= 0; i--) {
            Entry entry = mark.evicted.get(i);
            put(entry);
            linkBehind(null, entry);
        }
    }

    /** The heap that the table takes. */
    long heapBytes() {
        return heapBytes;
    }

    private static int bytes(Entry entry) {
        return ENTRY_BYTES + HeapSize.of(entry.last.id());
    }

    private void put(Entry entry) {
        heapBytes += bytes(entry);
        if (byId == null && oldest != null) {
            byId = new HashMap<>();
            byId.put(oldest.last.id(), oldest);
        }
        if (byId != null) {
            byId.put(entry.last.id(), entry);
        }
    }

    private void remove(Entry entry) {
        unlink(entry);
        heapBytes -= bytes(entry);
        if (byId != null) {
            byId.remove(entry.last.id());
        }
    }

    private void unlink(Entry entry) {
        if (entry.older == null) {
            oldest = entry.newer;
        } else {
            entry.older.newer = entry.newer;
        }
        if (entry.newer == null) {
            newest = entry.older;
        } else {
            entry.newer.older = entry.older;
        }
        entry.older = null;
        entry.newer = null;
    }

    /** Links {@code entry} after {@code older}, or as the oldest of all if {@code older} is null. */
    private void linkBehind(@Nullable Entry older, Entry entry) {
        Entry newer = older == null ? oldest : older.newer;
        entry.older = older;
        entry.newer = newer;
        if (older == null) {
            oldest = entry;
        } else {
            older.newer = entry;
        }
        if (newer == null) {
            newest = entry;
        } else {
            newer.older = entry;
        }
    }
}
