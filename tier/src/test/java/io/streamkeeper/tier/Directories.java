package io.streamkeeper.tier;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What the tests of the tier do with data directories. */
final class Directories {
    private Directories() {}

    static void delete(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /** The lists of objects and of snapshots of a data directory, as text. */
    static String objectLists(Path data) {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> entries = Files.list(data)) {
            List<Path> lists = entries.map(
                            each -> each.getFileName().toString().startsWith("shard-") ? each.resolve("OBJECTS") : each)
                    .filter(each -> each.endsWith("OBJECTS") || each.endsWith("SNAPSHOTS"))
                    .toList();
            for (Path list : lists) {
                all.append(Files.exists(list) ? Files.readString(list, UTF_8) : "");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all.toString();
    }
}
