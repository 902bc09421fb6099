package io.streamkeeper.cluster.state;

import io.streamkeeper.cluster.LogPosition;
import io.streamkeeper.protocol.Digits;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.storage.directory.TextFile;
import io.streamkeeper.storage.disk.DamagedFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * What a state consists of, as lines:
 *
 * <pre>
 *   streamkeeper-state 1
 *   id UUID                 identifies it at the member that keeps its files
 *   member NAME             that member
 *   group UUID              identifies the log of the cluster
 *   store UUID              the identity that its files contain
 *   shards NUMBER
 *   end TERM INDEX          the last entry of its part of the log, which is committed
 *   file BYTES NAME         each file, with its path below the directory of the state
 * </pre>
 *
 * <p>The files are those of a data directory without journals, {@code FORMAT} and {@code shard-000/…}; {@code log/…},
 * the part of the log that the shards need from their extents on; and {@code LEADER}.
 */
record StateDescription(UUID id, String member, UUID group, UUID store, int shards, LogPosition end, List<File> files) {
    static final String LOG = "log";
    static final String FORMAT = "FORMAT";
    static final String LEADER = "LEADER";

    private static final String TITLE = "streamkeeper-state 1";
    private static final Pattern EXTENT = Pattern.compile("shard-[0-9]{3}/extents/[0-9a-f]{16}\\.ext");
    private static final Pattern NAME = Pattern.compile("FORMAT|LEADER|shard-[0-9]{3}/MANIFEST|" + EXTENT
            + "|log/(?:raft-meta\\.conf|log_[0-9]{1,18}-[0-9]{1,18}|log_inprogress_[0-9]{1,18})");

    /**
     * A file.
     *
     * @param name its path, with slashes
     * @param bytes its length
     */
    record File(String name, long bytes) {
        /** Whether it never changes, and no other file of the same store and member has its name. */
        boolean isExtent() {
            return EXTENT.matcher(name).matches();
        }
    }

    StateDescription {
        files = List.copyOf(files);
    }

    long bytes() {
        return files.stream().mapToLong(File::bytes).sum();
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>(List.of(
                TITLE,
                "id " + id,
                "member " + member,
                "group " + group,
                "store " + store,
                "shards " + shards,
                "end " + end.term() + " " + end.index()));
        files.forEach(file -> lines.add("file " + file.bytes() + " " + file.name()));
        return lines;
    }

    /**
     * The description of these lines.
     *
     * @param from where they come from, for messages
     * @throws IOException if they are no description, or name a file that no state has
     */
    static StateDescription of(Path from, List<String> lines) throws IOException {
        if (lines.isEmpty() || !lines.get(0).equals(TITLE)) {
            throw new IOException(from + " begins with " + Quoted.of(lines.isEmpty() ? "" : lines.get(0))
                    + "; expected " + Quoted.of(TITLE));
        }
        try {
            String[] end = TextFile.value(from, lines, "end").split(" ", -1);
            List<File> files = new ArrayList<>();
            for (String line : lines) {
                if (line.startsWith("file ")) {
                    files.add(fileOf(line));
                }
            }
            return new StateDescription(
                    UUID.fromString(TextFile.value(from, lines, "id")),
                    TextFile.value(from, lines, "member"),
                    UUID.fromString(TextFile.value(from, lines, "group")),
                    UUID.fromString(TextFile.value(from, lines, "store")),
                    Digits.toInt(TextFile.value(from, lines, "shards")),
                    new LogPosition(Digits.toLong(end[0]), Digits.toLong(end[1])),
                    files);
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            throw new DamagedFileException(from, 0, "a line cannot be read: " + e.getMessage());
        }
    }

    private static File fileOf(String line) {
        String[] words = line.split(" ", -1);
        if (words.length != 3 || !NAME.matcher(words[2]).matches()) {
            throw new IllegalArgumentException(Quoted.of(line) + " names no file of a state");
        }
        return new File(words[2], Digits.toLong(words[1]));
    }
}
