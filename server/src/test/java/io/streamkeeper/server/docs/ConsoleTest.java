package io.streamkeeper.server.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConsoleTest {
    private static final String CREATE =
            "$ curl -X PUT localhost:4437/v1/stream/s -H 'Content-Type: text/plain' -d 'abc'\n";

    @TempDir
    Path directory;

    private static Markdown document(String... blocks) {
        StringBuilder text = new StringBuilder("# A page\n");
        for (String block : blocks) {
            text.append("```console\n").append(block).append("\n```\n");
        }
        return Markdown.parse(Path.of("page.md"), text.toString());
    }

    private void run(String... blocks) throws IOException, InterruptedException {
        Path home = Files.createTempDirectory(directory, "page");
        try (DocumentServer server = DocumentServer.start(home.resolve("streams"))) {
            Console.run(document(blocks), home, server);
        }
    }

    private ThrowableAssert.ThrowingCallable running(String... blocks) {
        return () -> run(blocks);
    }

    @Test
    void commandsHaveTheirLinesAndThoseBehindABackslash() {
        assertThat(Console.steps(document("$ one \\\n  more\nfirst\n\n$ two\nsecond", "$ three")))
                .extracting(Console.Step::command)
                .containsExactly("one \\\n  more", "two", "three");
        assertThat(Console.steps(document("$ one \\\n  more\nfirst\n\n$ two\nsecond", "$ three")))
                .extracting(Console.Step::line)
                .containsExactly(3, 7, 11);
    }

    @Test
    void aBlockBeginsWithACommand() {
        assertThatThrownBy(running("what is printed", "$ true"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("page.md:3");
    }

    @Test
    void blocksShareAServer() throws Exception {
        run(CREATE, "$ curl localhost:4437/v1/stream/s\nabc");
    }

    @Test
    void whatIsPrintedAndNotWrittenFails() {
        assertThatThrownBy(running(CREATE + "$ curl localhost:4437/v1/stream/s\nabd"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("page.md:4: $ curl localhost:4437/v1/stream/s")
                .hasMessageContaining("--- written\nabd\n--- printed\nabc");
    }

    @Test
    void aCommandThatHasNoLinesPrintsNone() {
        assertThatThrownBy(running("$ curl localhost:4437/v1/stream/missing"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("stream_not_found");
    }

    @Test
    void aCommandThatFailsIsAFailure() {
        assertThatThrownBy(running("$ false"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("status 1");
    }

    @Test
    void theServersAddressIsTheDocumentedOne() throws Exception {
        run(CREATE.replace("-X", "-i -X") + "HTTP/1.1 201 Created\nLocation: http://localhost:4437/v1/stream/s");
    }

    @Test
    void offsetsOfAnAnswerServeInTheNextCommand() throws Exception {
        run(
                CREATE.replace("-X", "-i -X")
                        + "HTTP/1.1 201 Created\nStream-Next-Offset: 1111111111111111_0000000000000006",
                "$ curl -X POST localhost:4437/v1/stream/s -H 'Content-Type: text/plain' -d 'def'\n"
                        + "$ curl 'localhost:4437/v1/stream/s?offset=1111111111111111_0000000000000006'\ndef");
    }

    @Test
    void variablesAndFunctionsServeInLaterCommands() throws Exception {
        run(
                CREATE + "$ field() { tr -d '\\r' | sed -n \"s/^$1: //p\"; }\n"
                        + "$ tail=$(curl -sI localhost:4437/v1/stream/s | field Stream-Next-Offset)",
                "$ curl -X POST localhost:4437/v1/stream/s -H 'Content-Type: text/plain' -d 'def'\n"
                        + "$ curl \"localhost:4437/v1/stream/s?offset=$tail\"\ndef");
    }

    @Test
    void anEventStreamEndsByItself() throws Exception {
        run(CREATE + "$ curl -N 'localhost:4437/v1/stream/s?offset=-1&live=sse'\nretry: …\n\nevent: data\ndata:abc\n…");
    }

    @Test
    void aCommandMayGoOnBesideTheNext() throws Exception {
        run("""
                $ curl -X PUT localhost:4437/v1/stream/s -H 'Content-Type: text/plain'
                $ curl 'localhost:4437/v1/stream/s?offset=-1&live=long-poll' &
                $ curl -X POST localhost:4437/v1/stream/s -H 'Content-Type: text/plain' -d 'x' && echo first
                first
                x""");
    }

    @Test
    void whatGoesOnIsLookedAt() {
        assertThatThrownBy(running("$ echo a &", "$ true\nb")).isInstanceOf(AssertionError.class);
        assertThatThrownBy(running("$ echo a &\na\n$ true")).isInstanceOf(AssertionError.class);
        assertThatThrownBy(running("$ echo a &")).isInstanceOf(AssertionError.class);
    }

    @Test
    void theToolsKnowTheServersDirectory() throws Exception {
        run(CREATE + "$ java -jar durable-streams-server.jar verify --data-dir ./data\n…\nall is well");
    }
}
