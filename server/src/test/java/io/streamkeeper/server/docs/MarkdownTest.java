package io.streamkeeper.server.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class MarkdownTest {
    private static Markdown parse(String text) {
        return Markdown.parse(Path.of("page.md"), text);
    }

    @Test
    void blocksHaveALanguageAndALine() {
        assertThat(parse("a\n```sh\nb\n\nc\n```\n~~~\n```\n~~~").blocks())
                .containsExactly(
                        new Markdown.Block("sh", 3, List.of("b", "", "c")), new Markdown.Block("", 8, List.of("```")));
    }

    @Test
    void aBlockWithinAListIsIndented() {
        assertThat(parse("* a\n\n  ```sh\n  b\n    c\nd\n\n  ```\n").blocks())
                .containsExactly(new Markdown.Block("sh", 4, List.of("b", "  c", "d", "")));
    }

    @Test
    void aBlockThatDoesNotEndIsRefused() {
        assertThatThrownBy(() -> parse("```sh\na")).hasMessage("page.md:1: the block does not end");
    }

    @Test
    void linksAreFoundWithTheirLines() {
        assertThat(parse("[![a](b.png)](c.md#d)\n<a href=\"e\">\n`[f](g)`\n```text\n[h](i)\n```\n[j](<k>)")
                        .links())
                .containsExactly(
                        new Markdown.Link(1, "b.png"),
                        new Markdown.Link(1, "c.md#d"),
                        new Markdown.Link(2, "e"),
                        new Markdown.Link(7, "k"));
    }

    @Test
    void headingsHaveTheAnchorsThatGitHubGivesThem() {
        assertThat(parse(
                                "# A tour\n## `--max-read`, and more: *all*\n## A tour\n## [Links](x.md) é_1\n```sh\n# no\n```")
                        .anchors())
                .containsExactlyInAnyOrder("a-tour", "--max-read-and-more-all", "a-tour-1", "links-é_1");
    }
}
