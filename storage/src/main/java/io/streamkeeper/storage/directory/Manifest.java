package io.streamkeeper.storage.directory;

import io.streamkeeper.protocol.Digits;
import io.streamkeeper.storage.disk.DamagedFileException;
import io.streamkeeper.storage.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The list of the current extent files of a shard, and the last record that they include. A file that it does not list
 * does not exist for the server; so a checkpoint or a compaction takes effect at the moment in which a new manifest
 * replaces the old one.
 *
 * @param store the data directory's identity
 * @param shard the shard
 * @param checkpointLsn every record up to this one is in an extent
 * @param firstSegment the first journal segment that contains, or may later contain, a record after {@code
 *     checkpointLsn}
 * @param lastGeneration no stream that the extents contain, or contained before, has a higher generation
 * @param nextFile no extent file has had this number or a higher one
 * @param applied the place in the replicated log up to which a start replays all shards at least: nothing in the extents
 *     is newer; {@link LogPlace#NONE} if the log is one of files
 * @param extents the files, in the order of their numbers
 */
public record Manifest(
        UUID store,
        int shard,
        long checkpointLsn,
        long firstSegment,
        long lastGeneration,
        long nextFile,
        LogPlace applied,
        List<ExtentRef> extents) {
    private static final String TITLE = "streamkeeper manifest ";
    private static final int VERSION = 2;
    private static final String APPLIED = "applied ";
    private static final String NAME = "MANIFEST";
    private static final String CONVERTED = "MANIFEST.new";

    /**
     * An extent file.
     *
     * @param file its number
     * @param bytes its length
     * @param newestMillis no append in it was made after this time, in milliseconds since 1970; {@link #UNKNOWN} if
     *     that is not known
     */
    public record ExtentRef(long file, long bytes, long newestMillis) {
        /** The time of a file that was written by a server which did not note it. */
        public static final long UNKNOWN = Long.MAX_VALUE;

        /** A file whose newest append is not known. */
        public ExtentRef(long file, long bytes) {
            this(file, bytes, UNKNOWN);
        }

        private String line() {
            String line = "extent " + file + " " + bytes;
            return newestMillis == UNKNOWN ? line : line + " " + newestMillis;
        }

        private static ExtentRef of(String line) {
            String[] words = line.split(" ", -1);
            long millis = words.length > 3 ? Digits.toLong(words[3]) : UNKNOWN;
            return new ExtentRef(Digits.toLong(words[1]), Digits.toLong(words[2]), millis);
        }
    }

    public Manifest {
        extents = List.copyOf(extents);
    }

    /** The manifest of a shard whose log is one of files. */
    public Manifest(
            UUID store,
            int shard,
            long checkpointLsn,
            long firstSegment,
            long lastGeneration,
            long nextFile,
            List<ExtentRef> extents) {
        this(store, shard, checkpointLsn, firstSegment, lastGeneration, nextFile, LogPlace.NONE, extents);
    }

    /** The manifest of an empty shard. */
    public static Manifest empty(UUID store, int shard) {
        return new Manifest(store, shard, 0, 1, 0, 1, List.of());
    }

    /** The same manifest of a shard whose log is a replicated one. */
    public Manifest appliedUpTo(LogPlace place) {
        return new Manifest(store, shard, checkpointLsn, firstSegment, lastGeneration, nextFile, place, extents);
    }

    /** The path of the manifest of a shard. */
    public static Path in(Path shardDirectory) {
        return shardDirectory.resolve(NAME);
    }

    /** Whether, after this exception of {@link #write}, it is not known which manifest is current. */
    public static boolean isUncertain(Throwable e) {
        return e instanceof TextFile.Uncertain;
    }

    /** Makes this the current manifest. */
    public void write(Disk disk, Path shardDirectory) throws IOException {
        TextFile.write(disk, in(shardDirectory), lines());
    }

    /** Writes this as the manifest of a conversion, which {@link #adoptConverted} makes current. */
    public void writeConverted(Disk disk, Path shardDirectory) throws IOException {
        TextFile.write(disk, shardDirectory.resolve(CONVERTED), lines());
    }

    /** Whether a manifest of a conversion exists that is not current yet. */
    public static boolean hasConverted(Disk disk, Path shardDirectory) throws IOException {
        return disk.exists(shardDirectory.resolve(CONVERTED));
    }

    /** Makes the manifest of a conversion the current one. */
    public static void adoptConverted(Disk disk, Path shardDirectory) throws IOException {
        disk.rename(shardDirectory.resolve(CONVERTED), in(shardDirectory));
        disk.syncDirectory(shardDirectory);
    }

    /** The lines of the file, without the checksum. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(TITLE + VERSION);
        lines.add("store " + store);
        lines.add("shard " + shard);
        lines.add("checkpoint-lsn " + checkpointLsn);
        lines.add("first-segment " + firstSegment);
        lines.add("last-generation " + lastGeneration);
        lines.add("next-file " + nextFile);
        if (!applied.equals(LogPlace.NONE)) {
            lines.add(APPLIED + applied.term() + " " + applied.index());
        }
        extents.forEach(extent -> lines.add(extent.line()));
        return lines;
    }

    /** Reads the current manifest. */
    public static Manifest read(Disk disk, Path shardDirectory) throws IOException {
        return read(disk, shardDirectory, VERSION);
    }

    /** Reads the manifest of a shard of format version 1. */
    public static Manifest readVersion1(Disk disk, Path shardDirectory) throws IOException {
        return read(disk, shardDirectory, 1);
    }

    private static Manifest read(Disk disk, Path shardDirectory, int version) throws IOException {
        Path file = in(shardDirectory);
        return of(file.toString(), TextFile.read(disk, file), version);
    }

    /**
     * The manifest with these lines.
     *
     * @param file its name in messages
     */
    static Manifest of(String file, List<String> lines) throws IOException {
        return of(file, lines, VERSION);
    }

    private static Manifest of(String file, List<String> lines, int version) throws IOException {
        if (lines.isEmpty() || !lines.get(0).equals(TITLE + version)) {
            throw new IOException(file + " begins with \"" + (lines.isEmpty() ? "" : lines.get(0)) + "\", expected \""
                    + TITLE + version
                    + "\"; a server of this version that starts converts data of an older one, data of a"
                    + " newer one needs that version");
        }
        try {
            return new Manifest(
                    UUID.fromString(TextFile.value(file, lines, "store")),
                    (int) number(file, lines, "shard"),
                    number(file, lines, "checkpoint-lsn"),
                    number(file, lines, "first-segment"),
                    number(file, lines, "last-generation"),
                    number(file, lines, "next-file"),
                    applied(lines),
                    extents(lines));
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            throw new DamagedFileException(file, 0, "a line cannot be read: " + e.getMessage());
        }
    }

    private static long number(String file, List<String> lines, String word) throws IOException {
        return Digits.toLong(TextFile.value(file, lines, word));
    }

    private static LogPlace applied(List<String> lines) {
        for (String line : lines) {
            if (line.startsWith(APPLIED)) {
                String[] words = line.split(" ", -1);
                return new LogPlace(Digits.toLong(words[1]), Digits.toLong(words[2]));
            }
        }
        return LogPlace.NONE;
    }

    private static List<ExtentRef> extents(List<String> lines) {
        List<ExtentRef> extents = new ArrayList<>();
        for (String line : lines) {
            if (line.startsWith("extent ")) {
                extents.add(ExtentRef.of(line));
            }
        }
        return extents;
    }
}
