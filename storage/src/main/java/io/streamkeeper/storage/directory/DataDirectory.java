package io.streamkeeper.storage.directory;

import io.streamkeeper.protocol.Digits;
import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.DiskException;
import io.streamkeeper.storage.disk.DiskFile;
import io.streamkeeper.storage.disk.FileProblem;
import io.streamkeeper.storage.disk.Obstacle;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A data directory of this server, which was checked or created.
 *
 * @param path its path
 * @param store its identity, which every file in it contains
 * @param shards how many shards it has, which never changes
 */
public record DataDirectory(Path path, UUID store, int shards) {
    /** The file that the process that uses the directory has locked. */
    public static final String LOCK = "LOCK";

    /** The file in a shard's directory that reserves space for a full disk. */
    public static final String RESERVE = "RESERVE";

    /** The directory of a member of a cluster, with its log; no server without a cluster has it. */
    public static final String CLUSTER = "cluster";

    /** What becomes {@link #CLUSTER} when it is complete; before that it does not count, and may be removed. */
    public static final String CLUSTER_PREPARED = "cluster.new";

    private static final int FORMAT_BYTES_MAX = 4 << 10;

    private static final String FORMAT = "FORMAT";
    private static final String TITLE = "streamkeeper data ";
    private static final int VERSION = 4;

    /**
     * The oldest version whose files are read without a conversion; records and descriptions of the current version
     * contain more, see {@code RecordCodec}.
     */
    private static final int VERSION_READ = 2;

    private static final int VERSION_CONVERTED = 1;
    private static final Pattern VERSIONED = Pattern.compile(TITLE + "([0-9]{1,9})");
    private static final int SHARDS_MAX = 1_000;

    /**
     * Opens the directory at {@code path}; creates it if it does not exist or is empty.
     *
     * @param shardsAsked how many shards it must have, or 0 for any
     * @param shardsNew how many it has if it is created
     * @param mustExist whether to refuse a directory that would have to be created: perhaps a file system is not
     *     mounted
     * @throws IOException if it does not belong to this server, is incomplete, has a newer version or another shard
     *     count; the message contains the remedy
     */
    public static DataDirectory open(Disk disk, Path path, int shardsAsked, int shardsNew, boolean mustExist)
            throws IOException {
        if (disk.exists(path.resolve(FORMAT))) {
            DataDirectory found = read(disk, path);
            found.check(disk, shardsAsked);
            if (version(disk, path) != VERSION) {
                found.stateVersion(disk);
            }
            disk.syncDirectory(path);
            return found;
        }
        if (mustExist) {
            throw holdsNone(path);
        }
        requireNothingElse(disk, path);
        return make(disk, path, shardsNew);
    }

    /** Refuses a directory that contains files of another program or of a person. */
    private static void requireNothingElse(Disk disk, Path path) throws IOException {
        List<String> names = new ArrayList<>(disk.exists(path) ? disk.list(path) : List.of());
        names.removeIf(name ->
                name.equals(LOCK) || name.equals(CLUSTER) || name.equals(FORMAT + ".tmp") || name.equals("lost+found"));
        for (String name : names) {
            if (!isHalfMade(disk, path, name)) {
                throw new IOException("data directory " + path + " has \"" + name + "\" in it but no file " + FORMAT
                        + "; expected an empty directory or one of this server. Name another with --data-dir");
            }
        }
    }

    /** Refuses a path that is not a directory and at which none can be created. */
    static void requireDirectory(Path path) throws IOException {
        String problem = FileProblem.notDirectory(path);
        if (problem != null) {
            throw new IOException("data directory " + problem);
        }
    }

    /**
     * Refuses a directory that {@link #open} would refuse, and changes nothing: called before the lock is taken,
     * because taking it creates a directory and a file.
     *
     * @throws IOException whose message contains the remedy
     */
    public static void requireUsable(Disk disk, Path path, int shardsAsked, boolean mustExist) throws IOException {
        requireDirectory(path);
        int version = version(disk, path);
        if (version >= VERSION_READ) {
            read(disk, path).check(disk, shardsAsked);
        } else if (version == 0 && mustExist) {
            throw holdsNone(path);
        } else if (version == 0) {
            requireNothingElse(disk, path);
        }
    }

    private static IOException holdsNone(Path path) {
        return new IOException("data directory " + path
                + " holds no streams, but --data-dir-must-exist is set; is the file system mounted?");
    }

    /** The name of the file of journal segment {@code number}. */
    public static String segmentName(long number) {
        return String.format(Locale.ROOT, "%016x.wal", number);
    }

    /** The number of the segment with this file name, or -1 if it is not the name of a segment. */
    public static long segmentNumber(String name) {
        return name.matches("[0-9a-f]{16}\\.wal") ? HexFormat.fromHexDigitsToLong(name, 0, 16) : -1;
    }

    /**
     * Whether this is the directory of a shard whose creation was interrupted: its journal and its extents contain no
     * data.
     */
    private static boolean isHalfMade(Disk disk, Path path, String name) throws IOException {
        if (!name.matches("(?U)shard-\\d{3}")) {
            return false;
        }
        Path journal = journal(path.resolve(name));
        Path first = journal.resolve(segmentName(1));
        boolean empty = !disk.exists(journal) || disk.list(journal).isEmpty();
        if (!empty && disk.list(journal).size() == 1 && disk.exists(first)) {
            try (DiskFile file = disk.open(first)) {
                empty = file.size() == 0;
            }
        }
        Path extents = extents(path.resolve(name));
        return empty && (!disk.exists(extents) || disk.list(extents).isEmpty());
    }

    /**
     * Creates a directory and its parents, unless they exist, and makes their names durable: after a power cut, no
     * directory with synced files lacks its name.
     */
    public static void makePath(Disk disk, Path path) throws IOException {
        Deque<Path> missing = new ArrayDeque<>();
        for (Path each = path.toAbsolutePath().normalize();
                each != null && !disk.exists(each);
                each = each.getParent()) {
            missing.push(each);
        }
        disk.createDirectories(path);
        for (Path each : missing) {
            Path parent = each.getParent();
            if (parent != null) {
                disk.syncDirectory(parent);
            }
        }
    }

    /**
     * Makes the name of the directory durable, because a process that ended before that, or a person, may have created
     * it.
     */
    private static void syncParent(Disk disk, Path path) throws IOException {
        Path parent = path.toAbsolutePath().getParent();
        try {
            if (parent != null) {
                disk.syncDirectory(parent);
            }
        } catch (DiskException e) {
            // A parent that this user may not read was created by another user, who is responsible for it.
            if (e.operation() != DiskException.Operation.OPEN) {
                throw e;
            }
        }
    }

    private static DataDirectory make(Disk disk, Path path, int shards) throws IOException {
        if (shards < 1 || shards > SHARDS_MAX) {
            throw new IOException(shards + " shards were asked for, expected 1 to " + SHARDS_MAX);
        }
        makePath(disk, path);
        syncParent(disk, path);
        UUID store = UUID.randomUUID();
        DataDirectory made = new DataDirectory(path, store, shards);
        for (int shard = 0; shard < shards; shard++) {
            Path directory = made.shard(shard);
            disk.createDirectories(journal(directory));
            disk.createDirectories(extents(directory));
            Path first = journal(directory).resolve(segmentName(1));
            if (!disk.exists(first)) {
                disk.create(first).close();
            }
            Manifest.empty(store, shard).write(disk, directory);
            disk.syncDirectory(journal(directory));
            disk.syncDirectory(extents(directory));
        }
        disk.syncDirectory(path);
        TextFile.write(
                disk,
                path.resolve(FORMAT),
                List.of(
                        TITLE + VERSION,
                        "store " + store,
                        "shards " + shards,
                        "created " + Instant.ofEpochMilli(Clock.SYSTEM.nowMillis())));
        return made;
    }

    /**
     * Reads the manifest of a shard.
     *
     * @throws IOException if it does not exist, cannot be read, or belongs to another shard or store
     */
    public Manifest manifest(Disk disk, int shard) throws IOException {
        Manifest manifest = Manifest.read(disk, shard(shard));
        if (!manifest.store().equals(store) || manifest.shard() != shard) {
            throw new IOException(Manifest.in(shard(shard)) + " is of shard " + manifest.shard() + " of store "
                    + manifest.store() + ", expected shard " + shard + " of store " + store
                    + "; put the file back where it came from");
        }
        return manifest;
    }

    /** Whether it is that of a member of a cluster. */
    public boolean isOfMember(Disk disk) throws IOException {
        return disk.exists(path.resolve(CLUSTER));
    }

    /** Writes the format file into a copy that is otherwise complete, which makes it a data directory. */
    public void describe(Disk disk, Path copy) throws IOException {
        TextFile.write(disk, copy.resolve(FORMAT), TextFile.read(disk, path.resolve(FORMAT)));
    }

    /** The lines of the format file. */
    public List<String> format(Disk disk) throws IOException {
        return TextFile.read(disk, path.resolve(FORMAT));
    }

    /** Writes a format file with these lines into a directory that is otherwise complete. */
    public static void describe(Disk disk, Path directory, List<String> format) throws IOException {
        TextFile.write(disk, directory.resolve(FORMAT), format);
    }

    /** Reads the identity of the directory from its format file. */
    public static DataDirectory read(Disk disk, Path path) throws IOException {
        int version = version(disk, path);
        if (version == 0) {
            throw new IOException(path + (disk.exists(path) ? " has no file " + FORMAT : " does not exist")
                    + "; expected a data directory of this server. Name another with --data-dir");
        }
        if (version < VERSION_READ) {
            throw new IOException(path + " has format version " + version + ", expected " + VERSION
                    + "; start the server with it once, which converts it");
        }
        return identity(disk, path);
    }

    /**
     * The format version of the directory at {@code path}, or 0 if it has none.
     *
     * @throws IOException if this server does not know the version
     */
    public static int version(Disk disk, Path path) throws IOException {
        Path file = path.resolve(FORMAT);
        if (!disk.exists(file)) {
            return 0;
        }
        List<String> lines = TextFile.read(disk, file);
        String title = lines.isEmpty() ? "" : lines.get(0);
        Matcher matcher = VERSIONED.matcher(title);
        int version = matcher.matches() ? Digits.toInt(matcher.group(1)) : 0;
        if (version < VERSION_CONVERTED || version > VERSION) {
            throw new IOException(file + " begins with \"" + title + "\", expected \"" + TITLE + VERSION_CONVERTED
                    + "\" to \"" + TITLE + VERSION + "\"; data of a newer version needs the server of that version");
        }
        return version;
    }

    /** Reads the identity of a directory of format version 1 from its format file. */
    public static DataDirectory readVersion1(Disk disk, Path path) throws IOException {
        return identity(disk, path);
    }

    /**
     * States the current version in the format file. If the directory has version 1, everything else in it is already
     * converted; versions 2 and 3 need no conversion. On a full disk, this deletes the reserve of a shard for the space
     * (I11); the reserve is rewritten when there is space again.
     */
    public void stateVersion(Disk disk) throws IOException {
        List<String> lines = new ArrayList<>(TextFile.read(disk, path.resolve(FORMAT)));
        lines.set(0, TITLE + VERSION);
        try {
            TextFile.write(disk, path.resolve(FORMAT), lines);
        } catch (DiskException e) {
            boolean full = Obstacle.of(() -> disk.usableBytes(path), FORMAT_BYTES_MAX, e)
                    .isDiskFull();
            if (!full || !removeReserve(disk)) {
                throw e;
            }
            TextFile.write(disk, path.resolve(FORMAT), lines);
        }
    }

    private boolean removeReserve(Disk disk) throws IOException {
        for (int shard = 0; shard < shards; shard++) {
            Path reserve = shard(shard).resolve(RESERVE);
            if (disk.exists(reserve)) {
                disk.delete(reserve);
                return true;
            }
        }
        return false;
    }

    private static DataDirectory identity(Disk disk, Path path) throws IOException {
        Path file = path.resolve(FORMAT);
        List<String> lines = TextFile.read(disk, file);
        return new DataDirectory(
                path,
                UUID.fromString(TextFile.value(file, lines, "store")),
                Digits.toInt(TextFile.value(file, lines, "shards")));
    }

    private void check(Disk disk, int shardsAsked) throws IOException {
        if (shardsAsked != 0 && shardsAsked != shards) {
            throw new IOException(
                    "data directory " + path + " has " + shards + " shards, but --shards is " + shardsAsked
                            + "; the number is fixed when the directory is made: leave --shards out, or name another directory");
        }
        for (int shard = 0; shard < shards; shard++) {
            Path directory = shard(shard);
            if (!disk.exists(Manifest.in(directory))
                    || !disk.exists(journal(directory))
                    || !disk.exists(extents(directory))) {
                throw new IOException(directory + " is missing or not whole, expected " + shards
                        + " shards with MANIFEST, journal and extents; is a file system not mounted? Put it back, or"
                        + " restore the data directory from a backup");
            }
        }
    }

    /** The directory of a shard. */
    public Path shard(int shard) {
        return path.resolve(String.format(Locale.ROOT, "shard-%03d", shard));
    }

    /** The directory of the journal in a shard's directory. */
    public static Path journal(Path shardDirectory) {
        return shardDirectory.resolve("journal");
    }

    /** The directory of the extent files in a shard's directory. */
    public static Path extents(Path shardDirectory) {
        return shardDirectory.resolve("extents");
    }
}
