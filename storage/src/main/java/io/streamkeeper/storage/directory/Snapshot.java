package io.streamkeeper.storage.directory;

import io.streamkeeper.protocol.Digits;
import io.streamkeeper.storage.directory.ObjectList.StoredObject;
import io.streamkeeper.storage.disk.DamagedFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * The contents of a data directory at one moment, all of it as objects: from them the directory can be made again. It is
 * an object itself, with lines as those of a manifest.
 *
 * @param format the lines of the format file
 * @param millis when it was taken, in milliseconds since 1970
 * @param shards what each shard has, in the order of their numbers
 */
public record Snapshot(List<String> format, long millis, List<ShardPart> shards) {
    private static final String TITLE = "streamkeeper snapshot 1";
    private static final String DIRECTORY = "snapshots/";
    private static final String OWNED = "/snapshot-";

    /**
     * What one shard has.
     *
     * @param manifest its manifest
     * @param extents the object of each extent file that the manifest names
     * @param segments the object of each journal segment, up to the last record that the snapshot contains
     */
    public record ShardPart(
            Manifest manifest, SortedMap<Long, StoredObject> extents, SortedMap<Long, StoredObject> segments) {
        public ShardPart {
            extents = new TreeMap<>(extents);
            segments = new TreeMap<>(segments);
        }
    }

    public Snapshot {
        format = List.copyOf(format);
        shards = List.copyOf(shards);
    }

    /** The key of snapshot {@code number} of a store. */
    public static String key(UUID store, long number, UUID process) {
        return DIRECTORY + store + "/" + String.format(Locale.ROOT, "%016x", number) + "-" + process;
    }

    /** What the keys of all snapshots begin with, or of those of one store. */
    public static String keysOf(String store) {
        return store.isEmpty() ? DIRECTORY : DIRECTORY + store + "/";
    }

    /** The number in the key of a snapshot; -1 if it is not such a key. */
    public static long number(String key) {
        return key.matches(DIRECTORY + "[0-9a-f-]{36}/[0-9a-f]{16}-[0-9a-f-]{36}")
                ? HexFormat.fromHexDigitsToLong(key, DIRECTORY.length() + 37, DIRECTORY.length() + 53)
                : -1;
    }

    /** The store in the key of a snapshot. */
    public static String store(String key) {
        return key.substring(DIRECTORY.length(), DIRECTORY.length() + 36);
    }

    /**
     * The key of an object that only snapshots name.
     *
     * @param index the number of the object in the snapshot
     */
    public static String ownedKey(UUID store, int shard, UUID process, long number, int index) {
        return String.format(Locale.ROOT, "%s/%03d/%s%s%016x-%d", store, shard, process, OWNED, number, index);
    }

    /** Whether only snapshots name an object, so that it is deleted with the last of them. */
    public static boolean isOwned(String key) {
        return key.contains(OWNED);
    }

    /** The keys of all objects that it names. */
    public Set<String> names() {
        Set<String> names = new TreeSet<>();
        for (ShardPart shard : shards) {
            shard.extents().values().forEach(object -> names.add(object.key()));
            shard.segments().values().forEach(object -> names.add(object.key()));
        }
        return names;
    }

    /** The identity of the data directory. */
    public UUID store() {
        return shards.get(0).manifest().store();
    }

    // ---- object ----

    /** The bytes of the object. */
    public byte[] encode() {
        List<String> lines = new ArrayList<>();
        lines.add(TITLE);
        lines.add("millis " + millis);
        format.forEach(line -> lines.add("format " + line));
        for (ShardPart shard : shards) {
            lines.add("part " + shard.manifest().shard());
            shard.manifest().lines().forEach(line -> lines.add("manifest " + line));
            shard.extents().forEach((number, object) -> lines.add("file " + number + " " + object.line()));
            shard.segments().forEach((number, object) -> lines.add("segment " + number + " " + object.line()));
        }
        return TextFile.encode(lines);
    }

    /**
     * The snapshot with these bytes.
     *
     * @param name its name in messages
     * @throws DamagedFileException if they are damaged
     */
    public static Snapshot decode(String name, ByteBuffer bytes) throws IOException {
        List<String> lines = TextFile.decode(name, bytes);
        if (!lines.get(0).equals(TITLE)) {
            throw new IOException(name + " begins with \"" + lines.get(0) + "\", expected \"" + TITLE
                    + "\"; a newer version of the server wrote it, which is to be used");
        }
        try {
            List<String> format = new ArrayList<>();
            List<Part> parts = new ArrayList<>();
            for (String line : lines) {
                String rest = line.substring(line.indexOf(' ') + 1);
                switch (line.substring(0, line.indexOf(' '))) {
                    case "format" -> format.add(rest);
                    case "part" -> parts.add(new Part());
                    case "manifest" -> last(parts).manifest.add(rest);
                    case "file" -> add(last(parts).extents, rest);
                    case "segment" -> add(last(parts).segments, rest);
                    default -> {}
                }
            }
            List<ShardPart> shards = new ArrayList<>();
            for (Part part : parts) {
                shards.add(new ShardPart(Manifest.of(name, part.manifest), part.extents, part.segments));
            }
            return new Snapshot(format, Digits.toLong(TextFile.value(name, lines, "millis")), shards);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new DamagedFileException(name, 0, "a line cannot be read: " + e.getMessage());
        }
    }

    /** The lines of one shard. */
    private static final class Part {
        private final List<String> manifest = new ArrayList<>();
        private final SortedMap<Long, StoredObject> extents = new TreeMap<>();
        private final SortedMap<Long, StoredObject> segments = new TreeMap<>();
    }

    private static Part last(List<Part> parts) {
        return parts.get(parts.size() - 1);
    }

    private static void add(SortedMap<Long, StoredObject> objects, String rest) {
        int end = rest.indexOf(' ');
        objects.put(Digits.toLong(rest.substring(0, end)), StoredObject.of(rest.substring(end + 1)));
    }
}
