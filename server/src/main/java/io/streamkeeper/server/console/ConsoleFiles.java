package io.streamkeeper.server.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The files of the console, which are resources of this package. Immutable. */
final class ConsoleFiles {
    /** The page itself, which is the file of the path without a name. */
    static final String PAGE = "index.html";

    /** A class path cannot be listed, so this is the list. */
    static final List<String> NAMES = List.of(
            PAGE,
            "actions.mjs",
            "buffer.mjs",
            "charts.mjs",
            "cluster.mjs",
            "console.css",
            "dialogs.mjs",
            "dom.mjs",
            "events.mjs",
            "icon.svg",
            "json.mjs",
            "list.mjs",
            "look.css",
            "main.mjs",
            "message.mjs",
            "metrics.mjs",
            "poll.mjs",
            "requests.mjs",
            "session.mjs",
            "stream.mjs",
            "subscribing.mjs",
            "subscription.mjs",
            "subscriptions.mjs",
            "tree.mjs");

    private final Map<String, ConsoleFile> files;

    private ConsoleFiles(Map<String, ConsoleFile> files) {
        this.files = files;
    }

    /** Reads the files; blocks. */
    static ConsoleFiles read() {
        return new ConsoleFiles(NAMES.stream().collect(Collectors.toMap(Function.identity(), ConsoleFiles::read)));
    }

    private static ConsoleFile read(String name) {
        try (InputStream in = ConsoleFiles.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the jar has no file " + name + " of the console");
            }
            return new ConsoleFile(name, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The file of a name; null if there is none. */
    @Nullable
    ConsoleFile find(String name) {
        return files.get(name.isEmpty() ? PAGE : name);
    }
}
