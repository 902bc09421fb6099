package io.streamkeeper.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.DiskFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * A data directory that a server of format version 1 has written, with a table of what it served from it.
 *
 * <ul>
 *   <li>{@code normal}: two shards, stopped once and killed once, so that a part is in extents and a part in the journal.
 *   <li>{@code gap}: retention has left a gap in a stream's extents; that server could not open it again.
 *   <li>{@code forks}: two shards with forks at offsets, with and without sub-offsets, and a fork of one of them; it has
 *       offsets only.
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

    private final Map<String, byte[]> files = new HashMap<>();
    private final String name;

    public Version1Fixture(String name) {
        this.name = name;
        try (InputStream in = Version1Fixture.class.getResourceAsStream("v1-" + name + ".zip");
                ZipInputStream zip = new ZipInputStream(in, UTF_8)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                files.put(entry.getName(), zip.readAllBytes());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts the directory's files into {@code target}, durably. */
    public void unpack(Disk disk, Path target) throws IOException {
        disk.createDirectories(target);
        for (Map.Entry<String, byte[]> entry : files.entrySet()) {
            if (entry.getKey().endsWith(".tsv")) {
                continue;
            }
            Path file = target.resolve(entry.getKey());
            disk.createDirectories(file.getParent());
            if (file.getFileName().toString().equals("MANIFEST")) {
                disk.createDirectories(file.resolveSibling("journal"));
                disk.createDirectories(file.resolveSibling("extents"));
            }
            try (DiskFile made = disk.create(file)) {
                made.writeFully(0, ByteBuffer.wrap(entry.getValue()));
                made.sync();
            }
            disk.syncDirectory(file.getParent());
        }
        disk.syncDirectory(target);
    }

    /** What was served of each stream. */
    public List<Served> served() {
        List<Served> streams = new ArrayList<>();
        for (String[] columns : table(name + ".tsv")) {
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
        for (String[] columns : table(name + "-offsets.tsv")) {
            offsets.computeIfAbsent(columns[0], path -> new ArrayList<>()).add(columns[1]);
        }
        return offsets;
    }

    private List<String[]> table(String file) {
        return new String(files.get(file), UTF_8)
                .lines()
                .map(line -> line.split("\t", -1))
                .toList();
    }
}
