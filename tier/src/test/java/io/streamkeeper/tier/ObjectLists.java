package io.streamkeeper.tier;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The lists of objects of a data directory, as the tests of the tier read them. */
final class ObjectLists {
    private ObjectLists() {}

    /** The lists of objects and of snapshots of a data directory, as text. */
    static String in(Path data) {
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
