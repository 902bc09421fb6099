package io.streamkeeper.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.disk.LocalDisk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Command;

/** The tools find the data directory where the server does, and report why they cannot use it. */
class ToolCommandTest {
    @TempDir
    private Path folder;

    private Path data;
    private String identity;

    @BeforeEach
    void makeStore() throws IOException {
        data = folder.resolve("store");
        identity =
                DataDirectory.open(new LocalDisk(), data, 0, 1, false).store().toString();
    }

    @Test
    void theNamesOfTheToolsAreThoseOfTheirAnnotations() {
        Class<?>[] tools = ToolCommand.class.getAnnotation(Command.class).subcommands();
        assertThat(Arrays.stream(tools)
                        .map(tool -> tool.getAnnotation(Command.class).name()))
                .containsExactlyElementsOf(ToolCommand.NAMES);
    }

    @ParameterizedTest
    @ValueSource(strings = {"verify", "backup", "restore", "inspect", "rotate-key"})
    void theHelpOfAToolSaysWhatItDoesWithTheDataDirectory(String tool) {
        String use = tool.equals("restore") ? "The directory to make." : "The data directory.";
        assertThat(run(Map.of(), tool, "--help").replaceAll(" +", " "))
                .startsWith("0 ")
                .contains("--data-dir=DIR " + use + " Default: ./data\n", "--config=FILE The configuration file")
                .doesNotContain("created if");
    }

    @Test
    void anArgumentWithoutAFlagIsRefusedWithTheFlag() {
        assertThat(run(Map.of(), "verify", data.toString()))
                .isEqualTo("2 durable-streams-server: Unmatched argument at index 1: '" + data
                        + "'; the data directory is named with --data-dir; see --help\n");
        assertThat(run(Map.of(), "verify", "--data-dri", data.toString())).contains("--data-dir");
    }

    @Test
    void aSnapshotIsNotRestoredWithoutAProviderForItsObjectStore() {
        Path target = folder.resolve("restored");
        assertThat(run(Map.of(), "restore", "--from", "s3://bucket/prefix", "--data-dir", target.toString()))
                .startsWith("1 ")
                .contains("\"s3://bucket/prefix\"", "expected a URL that begins with objects://");
        assertThat(target).doesNotExist();
        assertThat(run(Map.of("DS_TIER_ENDPOINT", "x"), "restore", "--from", "s3://b", "--data-dir", "d"))
                .startsWith("1 ")
                .contains("http://10.0.0.9:9000");
    }

    @Test
    void theEnvironmentNamesTheDirectory() {
        Map<String, String> environment = Map.of("DS_DATA_DIR", data.toString());
        assertThat(run(environment, "verify")).startsWith("0 ").contains(identity, data.toString());
        assertThat(run(environment, "backup", "--to", folder.resolve("copy").toString()))
                .startsWith("0 ");
        assertThat(run(Map.of(), "verify", "--data-dir", folder.resolve("copy").toString()))
                .contains(identity);
    }

    @Test
    void theConfigurationFileNamesTheDirectory() throws IOException {
        Path file = Files.writeString(folder.resolve("c.properties"), "port = 9\ndata-dir = " + data + "\n");
        assertThat(run(Map.of(), "verify", "--config", file.toString()))
                .startsWith("0 ")
                .contains(identity);
        assertThat(run(Map.of("DS_CONFIG", file.toString()), "verify"))
                .startsWith("0 ")
                .contains(identity);
        String segment = "shard-000/journal/0000000000000001.wal";
        assertThat(run(Map.of("DS_CONFIG", file.toString()), "inspect", segment))
                .startsWith("0 ");
    }

    @Test
    void aFlagWinsOverTheEnvironmentAndThatOverTheFile() throws IOException {
        Path file = Files.writeString(folder.resolve("c.properties"), "data-dir = /nowhere/file\n");
        Map<String, String> environment = Map.of(
                "DS_CONFIG",
                file.toString(),
                "DS_DATA_DIR",
                folder.resolve("none").toString());
        assertThat(run(environment, "verify")).startsWith("1 ").contains(folder.resolve("none") + " does not exist");
        assertThat(run(environment, "verify", "--data-dir", data.toString())).startsWith("0 ");
    }

    @Test
    void restoreTakesItsTargetFromTheSameSources() {
        Path target = folder.resolve("restored");
        assertThat(run(Map.of("DS_DATA_DIR", target.toString()), "restore", "--from", data.toString()))
                .startsWith("0 ");
        assertThat(run(Map.of(), "verify", "--data-dir", target.toString())).contains(identity);
    }

    @Test
    void onlyFlagsOfTheServerComeFromTheEnvironment() {
        assertThat(run(Map.of("DS_TO", folder.resolve("x").toString(), "DS_DATA_DIR", data.toString()), "backup"))
                .startsWith("2 ")
                .contains("--to", "DS_TO");
        assertThat(run(Map.of("DS_CONFIG", "/nowhere/at/all"), "verify"))
                .startsWith("2 ")
                .contains("config file /nowhere/at/all does not exist");
    }

    @ParameterizedTest
    @ValueSource(strings = {"store/copy", "store", "store/shard-000/extents/x", "link/copy", "beside/../store/x", "."})
    void aBackupIntoTheStoreOrAroundItIsRefused(String target) throws IOException {
        Files.createSymbolicLink(folder.resolve("link"), data);
        List<Path> before = files();
        assertThat(run(Map.of(), "backup", "--data-dir", data.toString(), "--to", folder + "/" + target))
                .startsWith("1 ")
                .contains("which is to be copied; name a directory beside it");
        assertThat(run(Map.of(), "restore", "--from", data.toString(), "--data-dir", folder + "/" + target))
                .startsWith("1 ");
        assertThat(files()).isEqualTo(before);
    }

    @Test
    void aBackupThatFailsLeavesNothingThatLooksComplete() throws IOException {
        Files.delete(data.resolve("shard-000/MANIFEST"));
        Path target = folder.resolve("copy");
        assertThat(run(Map.of(), "backup", "--data-dir", data.toString(), "--to", target.toString()))
                .startsWith("1 ");
        assertThat(target.resolve("FORMAT")).doesNotExist();
        assertThat(run(Map.of(), "verify", "--data-dir", target.toString()))
                .startsWith("1 ")
                .contains("has no file FORMAT");
    }

    @Test
    void theKeyOfWebhooksIsReplacedAndTheOldOneIsKept() throws IOException {
        Path file = data.resolve("webhook-keys");
        String first = run(Map.of("DS_DATA_DIR", data.toString()), "rotate-key");
        assertThat(first).matches("0 ds_[A-Za-z0-9_-]{43}\n");
        String second = run(Map.of(), "rotate-key", "--data-dir", data.toString());
        assertThat(second).matches("0 ds_[A-Za-z0-9_-]{43}\n").isNotEqualTo(first);
        assertThat(Files.readString(file))
                .contains(
                        "signs " + second.strip().substring(2),
                        "verifies " + first.strip().substring(2));

        run(Map.of(), "rotate-key", "--revoke", "--data-dir", data.toString());
        assertThat(Files.readString(file)).contains("signs ").doesNotContain("verifies ");

        Files.writeString(file, "mine");
        assertThat(run(Map.of(), "rotate-key", "--data-dir", data.toString()))
                .startsWith("1 ")
                .contains(file + ": its first line is not");
        assertThat(file).hasContent("mine");
        assertThat(run(Map.of(), "rotate-key", "--data-dir", folder.toString())).contains("has no file FORMAT");
        assertThat(run(Map.of(), "verify", "--data-dir", data.toString())).startsWith("0 ");
    }

    @Test
    void aMissingDirectoryIsNamed() {
        assertThat(run(Map.of(), "verify", "--data-dir", "/nowhere/data"))
                .startsWith("1 /nowhere/data does not exist; expected a data directory");
    }

    @Test
    void aFileIsNoDirectory() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        assertThat(run(Map.of(), "--port=0", "--data-dir", file.toString()))
                .startsWith("1 durable-streams-server: data directory " + file + " is a file, expected a directory");
        assertThat(run(Map.of(), "--port=0", "--data-dir", file + "/in"))
                .startsWith("1 ")
                .contains(file + "/in cannot be used: " + file + " is a file");
        assertThat(run(Map.of(), "verify", "--data-dir", file + "/in"))
                .startsWith("1 ")
                .contains(file.toString());
        assertThat(run(Map.of(), "backup", "--data-dir", data.toString(), "--to", file + "/in"))
                .startsWith("1 ")
                .contains(file + " is a file, expected a directory");
    }

    @Test
    void aConfigFileThatIsADirectoryIsNamed() {
        assertThat(run(Map.of(), "--config", folder.toString()))
                .startsWith("2 ")
                .contains(folder + " is a directory, expected a properties file");
    }

    @Test
    void aDirectoryThatMustExistIsNotMade() {
        Path missing = folder.resolve("missing");
        assertThat(run(Map.of(), "--port=0", "--data-dir-must-exist", "--data-dir", missing.toString()))
                .startsWith("1 ")
                .contains("is the file system mounted?");
        assertThat(missing).doesNotExist();
    }

    @Test
    void aPortInUseIsSaidWithWhatToDo() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            for (String transport : List.of("nio", "auto")) {
                assertThat(run(
                                Map.of(),
                                "--durability=memory",
                                "--transport",
                                transport,
                                "--port",
                                Integer.toString(taken.getLocalPort())))
                        .startsWith("1 ")
                        .contains("cannot listen on 127.0.0.1 port " + taken.getLocalPort())
                        .contains("stop the process that listens there, or name another port with --port");
            }
        }
        assertThat(run(Map.of(), "--durability=memory", "--host", "192.0.2.1", "--port=0", "--allow-anonymous"))
                .startsWith("1 ")
                .contains("192.0.2.1 is not an address of this machine; name one with --host");
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.sorted().toList();
        }
    }

    /** The exit status and the whole output. */
    private static String run(Map<String, String> environment, String... args) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(said, true, StandardCharsets.UTF_8);
        int status = ServeCommand.run(args, environment, stream, stream);
        return status + " " + said.toString(StandardCharsets.UTF_8);
    }
}
