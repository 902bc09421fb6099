package io.streamkeeper.storage;

import io.streamkeeper.storage.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A data directory that a server of format version 1 has written, with a table of what it served from it.
 *
 * <ul>
 *   <li>{@code normal}: two shards, stopped once and killed once, so that a part is in extents and a part in the
 *   journal.
 *   <li>{@code gap}: retention has left a gap in a stream's extents; that server could not open it again.
 *   <li>{@code forks}: two shards with forks at offsets, with and without sub-offsets, and a fork of one of them; it
 *       has offsets only.
 *   <li>{@code digits}: written in a locale with other digits, which are in the names of the shards' directories.
 * </ul>
 */
public final class Version1Fixture {
    /** What was served of a stream: a column each. */
    public record Served(
            String path, int status, String contentType, String tail, boolean closed, long bytes, String sha256) {
        public long tailPosition() {
            return Long.parseLong(tail.substring(tail.indexOf('_') + 1));
        }
    }

    private final DirectoryFixture directory;
    private final String name;

    public Version1Fixture(String name) {
        this.name = name;
        this.directory = new DirectoryFixture("v1-" + name);
    }

    /** Puts the directory's files into {@code target}, durably. */
    public void unpack(Disk disk, Path target) throws IOException {
        directory.unpack(disk, target);
    }

    /** What was served of each stream. */
    public List<Served> served() {
        List<Served> streams = new ArrayList<>();
        for (String[] columns : directory.table(name + ".tsv")) {
            boolean there = columns[1].equals("200");
            streams.add(new Served(
                    columns[0],
                    Integer.parseInt(columns[1]),
                    columns[2],
                    columns[3],
                    columns[4].equals("true"),
                    there ? Long.parseLong(columns[11]) : 0,
                    there ? columns[12] : ""));
        }
        return streams;
    }

    /** Offsets that appends were answered with, by path in order. */
    public Map<String, List<String>> offsets() {
        Map<String, List<String>> offsets = new HashMap<>();
        for (String[] columns : directory.table(name + "-offsets.tsv")) {
            offsets.computeIfAbsent(columns[0], path -> new ArrayList<>()).add(columns[1]);
        }
        return offsets;
    }
}
