package io.streamkeeper.protocol.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * Folders for what a test cannot keep in a {@code @TempDir}, such as the data of a server that all tests of a class
 * share. All are in one folder, which is removed when the JVM exits: what a test creates and does not use is removed as
 * well. Any thread may call it.
 */
public final class TestFolders {
    private static final Path ALL = makeAll();

    private TestFolders() {}

    private static Path makeAll() {
        try {
            Path all = Files.createTempDirectory("streamkeeper");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(all)));
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A new, empty folder, whose name begins with {@code name}. */
    public static Path create(String name) {
        try {
            return Files.createTempDirectory(ALL, name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes a folder and all that is in it. */
    public static void remove(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
