package io.streamkeeper.server.cli.remote;

import static io.streamkeeper.server.cli.remote.CommandRig.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.server.cli.remote.CommandRig.Ran;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The commands that list streams and print a part of one. */
class ReadingCommandsTest {
    private CommandRig rig;

    @BeforeEach
    void startServer() throws IOException {
        rig = CommandRig.start();
    }

    @AfterEach
    void stopServer() {
        rig.close();
    }

    private static String numbers(int first, int last) {
        return IntStream.rangeClosed(first, last)
                .mapToObj(Integer::toString)
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private void create(String... paths) {
        for (String path : paths) {
            rig.done("create", path);
        }
    }

    @Test
    void lsListsAllStreamsOrThoseOfAPrefixInTheOrderOfTheirPaths() {
        create("b", "a/2", "a/1/x", "a/ä");
        assertThat(rig.run("ls")).isEqualTo(new Ran(0, "a/1/x\na/2\na/ä\nb\n", ""));
        assertThat(rig.run("ls", "a/")).isEqualTo(new Ran(0, "a/1/x\na/2\na/ä\n", ""));
        assertThat(rig.run("ls", "c")).isEqualTo(new Ran(0, "", ""));
        assertThat(rig.run("ls", "--after", "a/2")).isEqualTo(new Ran(0, "a/ä\nb\n", ""));
    }

    @Test
    void onATerminalDataAndMessagesEndTheirLines() {
        create("t");
        rig.done("append", "t", "no end");
        ByteArrayOutputStream screen = new ByteArrayOutputStream();

        rig.run(new byte[0], new Terminal(screen), "read", "t");
        rig.run(new byte[0], new Terminal(screen), "tail", "t");
        rig.run(new byte[0], new Terminal(screen), "append", "t", "\n");
        rig.run(new byte[0], new Terminal(screen), "read", "t");

        assertThat(screen.toString(StandardCharsets.UTF_8)).isEqualTo("no end\nno end\nno end\n");
        assertThat(rig.run("read", "t", "--offset", "-1").out()).isEqualTo("no end\n");
    }

    @Test
    void onATerminalAMessageAfterDataHasALineOfItsOwn() throws IOException {
        ByteArrayOutputStream screen = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(screen);
        Console console = new Console(
                Map.of(),
                InputStream.nullInputStream(),
                terminal,
                new PrintStream(screen, true, StandardCharsets.UTF_8));

        console.data().write(CommandRig.text("no end"));
        console.say("next");
        console.say("last");

        assertThat(screen.toString(StandardCharsets.UTF_8)).isEqualTo("no end\nds: next\nds: last\n");
    }

    @Test
    void withoutATerminalDataIsPrintedAsItIs() {
        create("t");
        rig.done("append", "t", "no end");
        assertThat(rig.run("read", "t").out()).isEqualTo("no end");
    }

    @Test
    void lsPrintsOneLevelOfTheTreeInOneOrder() {
        create("a/1/x", "a/1/y", "a/0", "a/2", "a/3/z");
        assertThat(rig.run("ls", "-d", "a/").out()).isEqualTo("a/0\na/1/\na/2\na/3/\n");
        assertThat(rig.run("ls", "--level").out()).isEqualTo("a/\n");
    }

    @Test
    void controlCharactersOfAPathArePrintedAsEscapes() {
        create("c/\u009b2J\u0085", "c/\u0080/x");
        assertThat(rig.run("ls", "--level", "c/").out()).isEqualTo("c/\\u0080/\nc/\\u009b2J\\u0085\n");
        assertThat(rig.run("ls", "-l", "c/").out()).contains("  c/\\u009b2J\\u0085\n");
        assertThat(rig.run("ls", "--json", "c/").out())
                .contains("\"path\":\"c/\\u0080/x\"", "\"path\":\"c/\\u009b2J\\u0085\"")
                .hasLineCount(2);
        assertThat(rig.run("ls", "--limit", "1").err()).contains("'c/\\u0080/x'");
    }

    @Test
    void lsGoesThroughAllPages() {
        String all = IntStream.range(0, 1_205)
                .mapToObj(i -> String.format("many/%04d", i))
                .peek(path -> rig.done("create", path))
                .collect(Collectors.joining("\n", "", "\n"));
        assertThat(rig.run("ls", "many/").out()).isEqualTo(all);
        Ran some = rig.run("ls", "--limit", "1001");
        assertThat(some.out().lines()).hasSize(1_001);
        assertThat(some.err()).isEqualTo("ds: more streams follow; continue with --after 'many/1000'\n");
        assertThat(rig.run("ls", "--limit", "1205").err()).isEmpty();
    }

    @Test
    void lsDescribesStreamsInColumnsAndAsJson() {
        rig.done("create", "a/x", "--type", "json", "--ttl", "1h", "--max-bytes", "1KiB", "--closed");
        create("b");
        rig.done("append", "b", "hello");
        assertThat(rig.run("ls", "-l").out().lines())
                .satisfiesExactly(
                        closed -> assertThat(closed)
                                .matches(" {11}0 {2}20[0-9T:-]+Z {2}closed {2}application/json {10}a/x"),
                        open -> assertThat(open).matches(" {11}5 {2}20[0-9T:-]+Z {2}open {4}text/plain {16}b"));
        assertThat(rig.run("ls", "-l", "-d").out().lines().findFirst()).hasValue(" ".repeat(70) + "a/");
        assertThat(rig.run("ls", "--json", "a").out())
                .matches("\\{\"path\":\"a/x\",\"contentType\":\"application/json\",\"nextOffset\":\"[0-9_]+\","
                        + "\"earliestOffset\":\"[0-9_]+\",\"closed\":true,\"bytes\":0,\"createdAt\":\"[^\"]+\","
                        + "\"ttlSeconds\":3600,\"retention\":\\{\"maxBytes\":1024},"
                        + "\"metadataTag\":\"[0-9]+:[0-9a-f]{16}\"}\n");
        assertThat(rig.run("ls", "--json", "--level").out()).startsWith("{\"prefix\":\"a/\"}\n{\"path\":\"b\",");
        assertThat(rig.run("ls", "--json", "-l").status()).isEqualTo(2);
        assertThat(rig.run("ls", "--limit", "0").status()).isEqualTo(2);
        assertThat(rig.run("ls", "x".repeat(2_000)).status()).isEqualTo(5);
    }

    @Test
    void tailPrintsTheLastMessages() {
        rig.done("create", "n", "--type", "json");
        rig.run(text(numbers(1, 25)), "append", "n");
        assertThat(rig.run("tail", "n")).isEqualTo(new Ran(0, numbers(16, 25), ""));
        assertThat(rig.run("tail", "-n", "2", "n").out()).isEqualTo(numbers(24, 25));
        assertThat(rig.run("tail", "-n", "100", "n").out()).isEqualTo(numbers(1, 25));
        assertThat(rig.run("tail", "-n", "0", "n").out()).isEmpty();
        assertThat(rig.run("read", "-n", "3", "n").out()).isEqualTo(numbers(23, 25));
        assertThat(rig.run("tail", "-n", "-1", "n").status()).isEqualTo(2);
        assertThat(rig.run("tail", "-n", "1", "--offset", "-1", "n").status()).isEqualTo(2);
        assertThat(rig.run("tail", "none").status()).isEqualTo(3);
    }

    @Test
    void tailPrintsTheLastLinesOfText() {
        create("t", "long", "empty");
        rig.run(text("1\n2\n3"), "append", "t");
        assertThat(rig.run("tail", "-n", "1", "t").out()).isEqualTo("3");
        rig.done("append", "t", "\n");
        assertThat(rig.run("tail", "-n", "1", "t").out()).isEqualTo("3\n");
        assertThat(rig.run("tail", "-n", "2", "t").out()).isEqualTo("2\n3\n");
        assertThat(rig.run("tail", "t").out()).isEqualTo("1\n2\n3\n");
        assertThat(rig.run("tail", "empty")).isEqualTo(new Ran(0, "", ""));
        rig.run(text(numbers(1, 40_000)), "append", "long");
        assertThat(rig.run("tail", "-n", "30000", "long").out()).isEqualTo(numbers(10_001, 40_000));
        assertThat(rig.run("tail", "-n", "40000", "long").out()).isEqualTo(numbers(1, 40_000));
    }

    @Test
    void tailFollowsAfterTheLastMessagesOrLines() {
        rig.done("create", "n", "--type", "json");
        rig.run(text(numbers(1, 5)), "append", "n", "--close");
        assertThat(rig.run("tail", "-f", "-n", "2", "n")).isEqualTo(new Ran(0, numbers(4, 5), ""));
        assertThat(rig.run("tail", "-f", "n").out()).isEmpty();
        create("t");
        rig.run(text("ä\nö\nü\n"), "append", "t", "--close");
        assertThat(rig.run("tail", "-f", "-n", "2", "t").out()).isEqualTo("ö\nü\n");
    }

    @Test
    void aReadBeginsAtATime() {
        rig.done("create", "n", "--type", "json");
        rig.done("append", "n", "[1,2]");
        assertThat(rig.run("read", "n", "--since", "2001-01-01T00:00:00Z").out())
                .isEqualTo("1\n2\n");
        assertThat(rig.run("read", "n", "--since", "2100-01-01T00:00:00+01:00").out())
                .isEmpty();
        assertThat(rig.run("read", "n", "--since", "soon"))
                .isEqualTo(new Ran(2, "", "ds: --since is 'soon'; expected a moment such as 2030-01-31T12:00:00Z\n"));
    }
}
