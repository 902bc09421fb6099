package io.streamkeeper.storage.directory;

import io.streamkeeper.protocol.Digits;
import io.streamkeeper.storage.disk.DamagedFileException;
import io.streamkeeper.storage.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The objects of an object store that belong to a shard: those that are a copy of an extent file, those whose creation
 * was begun, and those that are not needed any more. A key is in this list before its object exists and until its object
 * is deleted, so no object is forgotten, and the store need not be listed.
 *
 * @param store the data directory's identity
 * @param shard the shard
 * @param location where the objects are, such as {@code s3://bucket/prefix}
 * @param copies the object of each extent file that has one, by the number of the file
 * @param begun the keys of objects that perhaps exist
 * @param unneeded the keys of objects to be deleted, each with the time since when, in milliseconds since 1970
 */
public record ObjectList(
        UUID store,
        int shard,
        String location,
        SortedMap<Long, StoredObject> copies,
        List<String> begun,
        Map<String, Long> unneeded) {
    private static final String TITLE = "streamkeeper objects 1";
    private static final String NAME = "OBJECTS";

    /**
     * A whole extent file in an object store.
     *
     * @param key identifies the object; never used for another one
     * @param bytes its length
     * @param checksum the CRC32C of all its bytes
     */
    public record StoredObject(String key, long bytes, int checksum) {
        /** What messages call it. */
        public String inMessages() {
            return "object " + key;
        }

        /** The object in a line of text. */
        String line() {
            return bytes + " " + String.format(Locale.ROOT, "%08x", checksum) + " " + key;
        }

        /** The object that a line has. */
        static StoredObject of(String line) {
            String[] words = line.split(" ", -1);
            return new StoredObject(words[2], Digits.toLong(words[0]), HexFormat.fromHexDigits(words[1]));
        }
    }

    public ObjectList {
        copies = new TreeMap<>(copies);
        begun = List.copyOf(begun);
        unneeded = Map.copyOf(unneeded);
    }

    /** A list without objects. */
    public static ObjectList empty(UUID store, int shard, String location) {
        return new ObjectList(store, shard, location, new TreeMap<>(), List.of(), Map.of());
    }

    /** Whether a shard has a list. */
    public static boolean exists(Disk disk, Path shardDirectory) throws IOException {
        return disk.exists(in(shardDirectory));
    }

    /** The path of the list of a shard. */
    public static Path in(Path shardDirectory) {
        return shardDirectory.resolve(NAME);
    }

    /** Whether no object belongs to the shard. */
    public boolean isEmpty() {
        return copies.isEmpty() && begun.isEmpty() && unneeded.isEmpty();
    }

    // ---- changes ----

    /** This list with a key whose object is about to be created. */
    public ObjectList begin(String key) {
        List<String> keys = new ArrayList<>(begun);
        keys.add(key);
        return new ObjectList(store, shard, location, copies, keys, unneeded);
    }

    /** This list with an object that is complete, and a copy of extent file {@code number}. */
    public ObjectList complete(long number, StoredObject object) {
        SortedMap<Long, StoredObject> more = new TreeMap<>(copies);
        more.put(number, object);
        return new ObjectList(store, shard, location, more, without(object.key()), unneeded);
    }

    /** This list without the copy of an extent file; its object is not needed since {@code millis}. */
    public ObjectList drop(long number, long millis) {
        SortedMap<Long, StoredObject> fewer = new TreeMap<>(copies);
        StoredObject object = fewer.remove(number);
        ObjectList without = new ObjectList(store, shard, location, fewer, begun, unneeded);
        return object == null ? this : without.abandon(object.key(), millis);
    }

    /** This list with an object that is not needed since {@code millis}, whether it was created or not. */
    public ObjectList abandon(String key, long millis) {
        Map<String, Long> more = new TreeMap<>(unneeded);
        more.put(key, millis);
        return new ObjectList(store, shard, location, copies, without(key), more);
    }

    /**
     * This list with all objects of a former one of the same shard, none of which is needed since {@code millis}. The
     * place is that of the former one, because keys are relative to it.
     */
    public ObjectList inherit(ObjectList former, long millis) {
        List<String> keys = new ArrayList<>(begun);
        former.begun().stream().filter(key -> !keys.contains(key)).forEach(keys::add);
        ObjectList all = new ObjectList(store, shard, former.location(), copies, keys, unneeded);
        for (StoredObject object : former.copies().values()) {
            all = all.abandon(object.key(), millis);
        }
        for (Map.Entry<String, Long> each : former.unneeded().entrySet()) {
            all = all.abandon(each.getKey(), each.getValue());
        }
        return all;
    }

    /** This list without an object that does not exist any more. */
    public ObjectList deleted(String key) {
        Map<String, Long> fewer = new TreeMap<>(unneeded);
        fewer.remove(key);
        return new ObjectList(store, shard, location, copies, begun, fewer);
    }

    private List<String> without(String key) {
        return begun.stream().filter(each -> !each.equals(key)).toList();
    }

    // ---- file ----

    /** Makes this the current list; {@link Manifest#isUncertain} says what an exception means. */
    public void write(Disk disk, Path shardDirectory) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add(TITLE);
        lines.add("store " + store);
        lines.add("shard " + shard);
        lines.add("location " + location);
        copies.forEach((number, object) -> lines.add("object " + number + " " + object.line()));
        begun.forEach(key -> lines.add("begun " + key));
        new TreeMap<>(unneeded).forEach((key, millis) -> lines.add("unneeded " + millis + " " + key));
        TextFile.write(disk, in(shardDirectory), lines);
    }

    /** Reads the current list of a shard that has one. */
    public static ObjectList read(Disk disk, Path shardDirectory) throws IOException {
        Path file = in(shardDirectory);
        List<String> lines = TextFile.read(disk, file);
        if (lines.isEmpty() || !lines.get(0).equals(TITLE)) {
            throw new IOException(file + " begins with \"" + (lines.isEmpty() ? "" : lines.get(0)) + "\", expected \""
                    + TITLE + "\"; a newer version of the server wrote it, which is to be used");
        }
        try {
            SortedMap<Long, StoredObject> copies = new TreeMap<>();
            List<String> begun = new ArrayList<>();
            Map<String, Long> unneeded = new TreeMap<>();
            for (String line : lines) {
                String[] words = line.split(" ", -1);
                switch (words[0]) {
                    case "object" ->
                        copies.put(
                                Digits.toLong(words[1]),
                                new StoredObject(words[4], Digits.toLong(words[2]), HexFormat.fromHexDigits(words[3])));
                    case "begun" -> begun.add(words[1]);
                    case "unneeded" -> unneeded.put(words[2], Digits.toLong(words[1]));
                    default -> {}
                }
            }
            return new ObjectList(
                    UUID.fromString(TextFile.value(file, lines, "store")),
                    Digits.toInt(TextFile.value(file, lines, "shard")),
                    TextFile.value(file, lines, "location"),
                    copies,
                    begun,
                    unneeded);
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            throw new DamagedFileException(file, 0, "a line cannot be read: " + e.getMessage());
        }
    }
}
