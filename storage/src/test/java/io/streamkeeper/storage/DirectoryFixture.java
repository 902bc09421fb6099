package io.streamkeeper.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.DiskFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** The files of a data directory that a server of an older format version has written, and tables of what it served. */
final class DirectoryFixture {
    private final Map<String, byte[]> files = new HashMap<>();

    /** The directory in the resource {@code name}. */
    DirectoryFixture(String name) {
        try (InputStream in = DirectoryFixture.class.getResourceAsStream(name + ".zip");
                ZipInputStream zip = new ZipInputStream(in, UTF_8)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                files.put(entry.getName(), zip.readAllBytes());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts the directory's files into {@code target}, durably. */
    void unpack(Disk disk, Path target) throws IOException {
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

    /** The columns of each line of a table. */
    List<String[]> table(String file) {
        return new String(files.get(file), UTF_8)
                .lines()
                .map(line -> line.split("\t", -1))
                .toList();
    }
}
