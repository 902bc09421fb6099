package io.streamkeeper.server.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What one stream should hold: its units, which are messages of a JSON stream and single characters of a text, and the
 * offsets that the server has issued, each with the number of units before it.
 */
final class ModelStream {
    final boolean json;
    final @Nullable ModelStream source;
    final int inherited;
    final List<String> units;
    final TreeMap<Integer, String> offsets = new TreeMap<>();

    /** Where appends end, in units. */
    final TreeSet<Integer> ends = new TreeSet<>();

    boolean closed;
    boolean deleted;
    int forks;

    ModelStream(boolean json) {
        this.json = json;
        this.source = null;
        this.inherited = 0;
        this.units = new ArrayList<>();
    }

    /** A fork of the first {@code inherited} units of {@code source}. */
    ModelStream(ModelStream source, int inherited) {
        this.json = source.json;
        this.source = source;
        this.inherited = inherited;
        this.units = new ArrayList<>(source.units.subList(0, inherited));
        this.offsets.putAll(source.offsets.headMap(inherited, true));
        this.ends.addAll(source.ends.headSet(inherited));
        this.ends.add(inherited);
        source.forks++;
    }

    /** How far from {@code anchor} on a sub-offset may reach: of bytes to the end of the append there. */
    int furthest(int anchor) {
        Integer end = json ? Integer.valueOf(units.size()) : ends.higher(anchor);
        return end == null ? anchor : end;
    }

    /** Whether the path is free: the stream is deleted and no fork keeps it. */
    boolean isGone() {
        return deleted && forks == 0;
    }

    void delete() {
        deleted = true;
        if (forks == 0) {
            release();
        }
    }

    /** The stream itself is dropped: so may be its source. */
    private void release() {
        if (source != null) {
            source.forks--;
            if (source.isGone()) {
                source.release();
            }
        }
    }

    /** The units from {@code from} on as a response contains them, without the brackets of JSON. */
    String text(int from) {
        return String.join(json ? "," : "", units.subList(from, units.size()));
    }

    String contentType() {
        return json ? TestServer.JSON : TestServer.TEXT;
    }
}
