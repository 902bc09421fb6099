package io.streamkeeper.server.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The documents of the repository. */
final class Documents {
    /** The repository, from the directory in which the tests of a module run. */
    static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();

    static final Path README = REPOSITORY.resolve("README.md");

    private static final Path EXAMPLES = REPOSITORY.resolve("examples/README.md");
    private static final Path PAGES = REPOSITORY.resolve("docs");

    private Documents() {}

    static List<Markdown> all() throws IOException {
        List<Markdown> documents = new ArrayList<>();
        documents.add(Markdown.read(README));
        documents.add(Markdown.read(EXAMPLES));
        documents.addAll(pages());
        return documents;
    }

    /** The pages of {@code docs}. */
    static List<Markdown> pages() throws IOException {
        List<Markdown> pages = new ArrayList<>();
        try (Stream<Path> files = Files.list(PAGES)) {
            for (Path file : files.filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList()) {
                pages.add(Markdown.read(file));
            }
        }
        return pages;
    }

    /** A page of {@code docs}, as text. */
    static String page(String name) throws IOException {
        return Files.readString(PAGES.resolve(name));
    }
}
