package io.streamkeeper.server.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinksTest {
    @TempDir
    Path directory;

    @Test
    void everyLinkLeadsToAFileAndAHeadingThatAreThere() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Markdown document : Documents.all()) {
            broken.addAll(broken(document));
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void theReadmeLeadsToEveryPage() throws IOException {
        List<String> targets = Markdown.read(Documents.README).links().stream()
                .map(Markdown.Link::target)
                .toList();
        assertThat(targets)
                .containsAll(Documents.pages().stream()
                        .map(page -> "docs/" + page.name())
                        .toList());
    }

    @Test
    void aLinkToAMissingFileIsFound() throws IOException {
        assertThat(brokenLinksOf("see [here](missing.md)")).containsExactly("page.md:1: missing.md");
    }

    @Test
    void aMissingImageIsFound() throws IOException {
        assertThat(brokenLinksOf("\n<img src=\"a.png\" alt=\"\">\n![b](b.png)"))
                .containsExactly("page.md:2: a.png", "page.md:3: b.png");
    }

    @Test
    void aLinkToAMissingHeadingIsFound() throws IOException {
        assertThat(brokenLinksOf("# What to know\n[a](#what-to-know), [b](#what-to-do)"))
                .containsExactly("page.md:2: #what-to-do");
    }

    @Test
    void aLinkToAMissingHeadingOfAnotherPageIsFound() throws IOException {
        Files.writeString(directory.resolve("other.md"), "## `If-Match` and *more*");
        assertThat(brokenLinksOf("[a](other.md#if-match-and-more) [b](other.md#else)"))
                .containsExactly("page.md:1: other.md#else");
    }

    @Test
    void otherSitesAndCodeAreNotLookedAt() throws IOException {
        assertThat(brokenLinksOf("[a](https://example.com/x) `[b](c)`\n```text\n[d](e)\n```"))
                .isEmpty();
    }

    private List<String> brokenLinksOf(String text) throws IOException {
        Path page = directory.resolve("page.md");
        Files.writeString(page, text);
        return broken(Markdown.read(page));
    }

    private static List<String> broken(Markdown document) throws IOException {
        List<String> broken = new ArrayList<>();
        for (Markdown.Link link : document.links()) {
            if (!leads(document, URI.create(link.target()))) {
                broken.add(document.name() + ":" + link.line() + ": " + link.target());
            }
        }
        return broken;
    }

    private static boolean leads(Markdown document, URI target) throws IOException {
        if (target.isAbsolute()) {
            return true;
        }
        Path file =
                target.getPath().isEmpty() ? document.path() : document.path().resolveSibling(target.getPath());
        return Files.exists(file)
                && (target.getFragment() == null
                        || Markdown.read(file).anchors().contains(target.getFragment()));
    }
}
