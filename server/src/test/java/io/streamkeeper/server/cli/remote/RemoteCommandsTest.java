package io.streamkeeper.server.cli.remote;

import static io.streamkeeper.server.cli.remote.CommandRig.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.server.cli.remote.CommandRig.Ran;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands for streams, on a server. */
class RemoteCommandsTest {
    @TempDir
    private Path folder;

    private CommandRig rig;

    @BeforeEach
    void startServer() throws IOException {
        rig = CommandRig.start();
    }

    @AfterEach
    void stopServer() {
        rig.close();
    }

    private Ran run(String... args) {
        return rig.run(args);
    }

    private Ran run(byte[] input, String... args) {
        return rig.run(input, args);
    }

    private void done(String... args) {
        rig.done(args);
    }

    @Test
    void aStreamIsCreatedAppendedToReadForkedClosedAndDeleted() {
        done("create", "notes/ä");
        assertThat(run("create", "notes/ä").err()).isEqualTo("ds: the stream exists already, with the same settings\n");
        done("append", "notes/ä", "hello");
        assertThat(run(text("\n1\n2"), "append", "notes/ä").status()).isZero();
        assertThat(run("read", "notes/ä")).isEqualTo(new Ran(0, "hello\n1\n2", ""));
        assertThat(run("stat", "notes/ä").out())
                .startsWith("content-type: text/plain\nnext-offset: ")
                .contains("\nclosed: false\n");
        done("fork", "notes/ä", "copy", "--offset", "-1", "--skip", "2");
        assertThat(run("read", "copy").out()).isEqualTo("he");
        done("append", "copy", "y", "--close");
        done("close", "notes/ä");
        assertThat(run("tail", "-f", "copy", "--offset", "-1").out()).isEqualTo("hey");
        done("rm", "copy", "notes/ä");
        assertThat(run("read", "copy")).isEqualTo(new Ran(3, "", "ds: stream \"copy\" does not exist\n"));
        done("rm", "-f", "copy");
    }

    @Test
    void jsonIsOneMessageALine() {
        done("create", "events", "--type", "json", "--max-messages", "100", "--ttl", "1h");
        assertThat(run(text("{\"n\":1}\n\n[2]\n"), "append", "events")).isEqualTo(new Ran(0, "", ""));
        done("append", "events", "[3,4]");
        assertThat(run("read", "events").out()).isEqualTo("{\"n\":1}\n[2]\n3\n4\n");
        assertThat(run("read", "events", "--raw").out()).isEqualTo("[{\"n\":1},[2],3,4]");
        assertThat(run(text("{\n"), "append", "events").err()).startsWith("ds: line 1 is not JSON");
        assertThat(run("stat", "events").out())
                .containsPattern("ttl: 3600s\nmax-messages: 100\nlast-append: 20[^ ]+Z\ntag: ");
    }

    @Test
    void propertiesAreChangedAndOthersStay() {
        done("create", "set", "--max-messages", "100", "--ttl", "1h");
        String before = run("stat", "set").out();
        String tag = before.substring(before.indexOf("tag: ") + 5).strip();
        done("set", "set", "--ttl", "none", "--max-age", "7d", "--type", "text/markdown", "--if-match", tag);
        assertThat(run("stat", "set").out())
                .contains("content-type: text/markdown\n", "max-age: 604800s\nmax-messages: 100\n")
                .doesNotContain("ttl:");
        assertThat(run("set", "set", "--max-bytes", "1MiB", "--if-match", tag)).satisfies(ran -> {
            assertThat(ran.status()).isEqualTo(4);
            assertThat(ran.err()).startsWith("ds: If-Match is ");
        });
        done("set", "set", "--expires-at", "2100-01-31T12:00:00Z", "--max-messages", "none", "--max-age", "none");
        assertThat(run("stat", "set").out()).contains("expires-at: 2100").doesNotContain("max-");
        assertThat(run("set", "set", "--type", "json").status()).isEqualTo(4);
        assertThat(run("set", "set").status()).isEqualTo(5);
        assertThat(run("set", "set", "--max-messages", "0").status()).isEqualTo(2);
        assertThat(run("set", "none", "--ttl", "1h").status()).isEqualTo(3);
    }

    @Test
    void bytesPassUnchangedWhateverTheirNumber() throws IOException {
        byte[] bytes = new byte[5_000_000];
        new Random(7).nextBytes(bytes);
        Path file = Files.write(folder.resolve("bytes"), bytes);
        done("create", "blob", "--type", "bytes");
        done("append", "blob", "--file", file.toString());
        assertThat(run(bytes, "append", "blob").status()).isZero();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(rig.run(new byte[0], out, "read", "blob").status()).isZero();
        byte[] twice = new byte[2 * bytes.length];
        System.arraycopy(bytes, 0, twice, 0, bytes.length);
        System.arraycopy(bytes, 0, twice, bytes.length, bytes.length);
        assertThat(out.toByteArray()).isEqualTo(twice);
    }

    @Test
    void aRepeatedRunOfAProducerAppendsOnce() {
        done("create", "once");
        byte[] lines = text("1\n2\n3\n");
        String[] command = {"append", "once", "--producer", "import", "--batch", "2"};
        assertThat(run(lines, command)).isEqualTo(new Ran(0, "", ""));
        assertThat(run(lines, command)).isEqualTo(new Ran(0, "", "ds: 2 of 2 batches were in the stream already\n"));
        assertThat(run(text("1\n2\n3\n4\n5\n"), command).err()).contains("2 of 3 batches");
        assertThat(run("read", "once").out()).isEqualTo("1\n2\n3\n5\n");
        assertThat(run(lines, "append", "once", "--producer", "import", "--epoch", "1")
                        .status())
                .isZero();
        assertThat(run(lines, command).status()).isEqualTo(4);
    }

    @Test
    void everyKindOfFailureHasItsStatus() throws IOException {
        done("create", "a");
        assertThat(run("read", "none").status()).isEqualTo(3);
        assertThat(run("append", "none", "x").status()).isEqualTo(3);
        assertThat(run("rm", "none").status()).isEqualTo(3);
        assertThat(run("create", "a", "--type", "json").status()).isEqualTo(4);
        assertThat(run("append", "a", "x", "--type", "json").status()).isEqualTo(4);
        done("close", "a");
        assertThat(run("append", "a", "x").status()).isEqualTo(4);
        assertThat(run("read", "a", "--offset", "x")).satisfies(ran -> {
            assertThat(ran.status()).isEqualTo(5);
            assertThat(ran.err()).startsWith("ds: ").contains("\"x\"");
        });
        assertThat(run("create", "a//b").status()).isEqualTo(5);
        assertThat(run("append", "a", "--file", folder.resolve("none").toString())
                        .status())
                .isEqualTo(1);
        String url;
        try (ServerSocket free = new ServerSocket(0)) {
            url = "http://127.0.0.1:" + free.getLocalPort() + "/v1/stream/";
        }
        rig.use(url);
        assertThat(run("stat", "a"))
                .isEqualTo(new Ran(
                        6,
                        "",
                        "ds: " + url.replace("/v1/stream/", "")
                                + " cannot be reached: nothing accepts connections there; name another server with"
                                + " --url or DS_URL\n"));
    }

    @Test
    void wrongArgumentsAreNamedWithASuggestion() {
        assertThat(run("create", "a", "--tll", "1s"))
                .isEqualTo(new Ran(
                        2, "", "ds: Unknown options: '--tll', '1s'; did you mean --ttl?; see ds create --help\n"));
        assertThat(run("stat").status()).isEqualTo(2);
        assertThat(run("create", "a", "--ttl", "soon").status()).isEqualTo(2);
        assertThat(run("create", "a", "--ttl", "1s", "--expires-at", "2030-01-31T12:00:00Z")
                        .status())
                .isEqualTo(2);
        assertThat(run("stat", "a", "--url", "nowhere").err()).contains("nowhere");
        assertThat(run("append", "a", "\uFFFD").err()).contains("the locale cannot represent");
        assertThat(run("read", "-h").out()).startsWith("Usage: ds read ").contains("http://localhost:4437/v1/stream/");
    }

    @Test
    void anAddressWithoutAPathIsThatOfTheDefaultRoot() {
        done("create", "a");
        String address = rig.url().replace("/v1/stream/", "");
        assertThat(run("ls", "--url", address)).isEqualTo(new Ran(0, "a\n", ""));
        assertThat(run("ls", "--url", address + "/").err()).startsWith("ds: nothing is at \"/\"; streams are below");
    }

    @Test
    void aTokenIsSentAndNeverPrinted() throws IOException {
        List<String> heard = new ArrayList<>();
        Path token = Files.writeString(folder.resolve("token"), "secret-token\n");
        Path bad = Files.writeString(folder.resolve("bad"), "two words");
        heard.add(run("stat", "none", "--token-file", token.toString()).err());
        heard.add(run("stat", "none", "--token-file", bad.toString()).err());
        assertThat(heard).noneMatch(line -> line.contains("secret") || line.contains("two words"));
        assertThat(heard.get(1)).startsWith("ds: the token in " + bad + " is empty, or has a space");
    }

    @Test
    void aReaderThatLeavesEndsTheCommandQuietly() {
        done("create", "long");
        done("append", "long", "x".repeat(100_000));
        OutputStream closedPipe = new OutputStream() {
            @Override
            public void write(int octet) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        for (String[] command :
                List.of(new String[] {"read", "long"}, new String[] {"tail", "-f", "long", "--offset", "-1"})) {
            Ran ran = rig.run(new byte[0], closedPipe, command);
            boolean isFile = Files.isRegularFile(Path.of("/dev/stdout"));
            assertThat(ran.status()).isEqualTo(isFile ? 1 : 0);
            assertThat(ran.err().isEmpty()).isEqualTo(!isFile);
        }
    }
}
