package io.streamkeeper.storage.directory;

import io.streamkeeper.protocol.Digits;
import io.streamkeeper.storage.disk.DamagedFileException;
import io.streamkeeper.storage.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * The snapshots of a data directory in an object store, and the objects that they name, which stay as long as the
 * snapshot does. A snapshot is in this list before any object of its own exists, and until all of them are deleted.
 *
 * @param store the data directory's identity
 * @param location where the objects are
 * @param entries the snapshots, by their numbers
 */
public record SnapshotList(UUID store, String location, SortedMap<Long, Entry> entries) {
    private static final String TITLE = "streamkeeper snapshots 1";
    private static final String NAME = "SNAPSHOTS";

    /** What is known of a snapshot. */
    public enum State {
        /** Objects of it perhaps exist. */
        BEGUN,
        /** It is whole. */
        COMPLETE,
        /** It is to be deleted. */
        UNNEEDED
    }

    /**
     * A snapshot.
     *
     * @param key the key of its object
     * @param state what is known of it
     * @param millis when it was taken or, if it is not needed, since when, in milliseconds since 1970
     * @param names the keys of the objects that it names
     */
    public record Entry(String key, State state, long millis, Set<String> names) {
        public Entry {
            names = Collections.unmodifiableSet(names);
        }
    }

    public SnapshotList {
        entries = new TreeMap<>(entries);
    }

    /** A list without snapshots. */
    public static SnapshotList empty(UUID store, String location) {
        return new SnapshotList(store, location, new TreeMap<>());
    }

    /** The path of the list of a data directory. */
    public static Path in(Path data) {
        return data.resolve(NAME);
    }

    /** Whether a data directory has a list. */
    public static boolean exists(Disk disk, Path data) throws IOException {
        return disk.exists(in(data));
    }

    /** The number of the next snapshot. */
    public long next() {
        return entries.isEmpty() ? 1 : entries.lastKey() + 1;
    }

    /** Whether a snapshot names an object, which is kept therefore. */
    public boolean names(String key) {
        return entries.values().stream().anyMatch(entry -> entry.names().contains(key));
    }

    /** The newest snapshot that is whole; 0 if there is none. */
    public long newest() {
        long newest = 0;
        for (Map.Entry<Long, Entry> entry : entries.entrySet()) {
            if (entry.getValue().state() == State.COMPLETE) {
                newest = entry.getKey();
            }
        }
        return newest;
    }

    // ---- changes ----

    /** This list with another state of a snapshot, or with a new one. */
    public SnapshotList with(long number, Entry entry) {
        SortedMap<Long, Entry> more = new TreeMap<>(entries);
        more.put(number, entry);
        return new SnapshotList(store, location, more);
    }

    /** This list with a snapshot that is not needed since {@code millis}. */
    public SnapshotList abandon(long number, long millis) {
        Entry entry = entries.get(number);
        return entry == null ? this : with(number, new Entry(entry.key(), State.UNNEEDED, millis, entry.names()));
    }

    /** This list without a snapshot of which no object exists any more. */
    public SnapshotList deleted(long number) {
        SortedMap<Long, Entry> fewer = new TreeMap<>(entries);
        fewer.remove(number);
        return new SnapshotList(store, location, fewer);
    }

    // ---- file ----

    /** Makes this the current list; {@link Manifest#isUncertain} says what an exception means. */
    public void write(Disk disk, Path data) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add(TITLE);
        lines.add("store " + store);
        lines.add("location " + location);
        entries.forEach((number, entry) -> {
            lines.add("snapshot " + number + " " + entry.state() + " " + entry.millis() + " " + entry.key());
            entry.names().forEach(name -> lines.add("names " + name));
        });
        TextFile.write(disk, in(data), lines);
    }

    /** Reads the list of a data directory that has one. */
    public static SnapshotList read(Disk disk, Path data) throws IOException {
        Path file = in(data);
        List<String> lines = TextFile.read(disk, file);
        if (lines.isEmpty() || !lines.get(0).equals(TITLE)) {
            throw new IOException(file + " begins with \"" + (lines.isEmpty() ? "" : lines.get(0)) + "\", expected \""
                    + TITLE + "\"; a newer version of the server wrote it, which is to be used");
        }
        try {
            SortedMap<Long, Entry> entries = new TreeMap<>();
            Set<String> names = new TreeSet<>();
            for (String line : lines) {
                String[] words = line.split(" ", -1);
                switch (words[0]) {
                    case "snapshot" -> {
                        names = new TreeSet<>();
                        entries.put(
                                Digits.toLong(words[1]),
                                new Entry(words[4], State.valueOf(words[2]), Digits.toLong(words[3]), names));
                    }
                    case "names" -> names.add(words[1]);
                    default -> {}
                }
            }
            return new SnapshotList(
                    UUID.fromString(TextFile.value(file, lines, "store")),
                    TextFile.value(file, lines, "location"),
                    entries);
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            throw new DamagedFileException(file, 0, "a line cannot be read: " + e.getMessage());
        }
    }
}
