package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command line, by its launcher, on a packaged server that is killed and started again. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class CommandLineIT {
    private static final Duration WAIT_MAX = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private String url;

    private PackagedServer start(int port) throws IOException {
        PackagedServer server = PackagedServer.start(
                PackagedServer.runningJava(),
                folder.resolve("log"),
                List.of(
                        "--port",
                        Integer.toString(port),
                        "--data-dir",
                        folder.resolve("data").toString()));
        url = server.uri().toString();
        return server;
    }

    /** Starts a command of bash, in which {@code ds} is the launcher. */
    private Process begin(String command) throws IOException {
        Path bin = Path.of(System.getProperty("streamkeeper.bin")).toAbsolutePath();
        ProcessBuilder bash = new ProcessBuilder("bash", "-o", "pipefail", "-c", "PATH=" + bin + ":$PATH; " + command)
                .directory(folder.toFile())
                .redirectErrorStream(true);
        bash.environment().put("DS_URL", url);
        bash.environment().put("JAVA_HOME", System.getProperty("java.home"));
        bash.environment().put("STREAMKEEPER_JAR", PackagedServer.jar().toString());
        return bash.start();
    }

    /** The output of a command that ends with status 0. */
    private String run(String command) throws IOException, InterruptedException {
        Process process = begin(command);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s printed %s", command, output).isZero();
        return output;
    }

    private static String numbers(int first, int last) {
        return IntStream.rangeClosed(first, last)
                .mapToObj(Integer::toString)
                .collect(Collectors.joining("\n", "", "\n"));
    }

    @Test
    void anAppendAndATailContinueAfterTheServerIsKilledWithoutAGapOrADouble() throws Exception {
        PackagedServer server = start(0);
        int port = server.uri().getPort();
        try {
            run("ds create n --type json");
            Process tail = begin("ds tail -f n --offset -1 2>tail-messages >tailed");
            Process append = begin("seq 1 20000 | ds append n --batch 20 --close");
            Path tailed = folder.resolve("tailed");
            await().atMost(WAIT_MAX).until(() -> Files.exists(tailed) && Files.size(tailed) > 2_000);
            assertThat(append.isAlive()).as("the append is not complete yet").isTrue();
            server.kill();
            server = start(port);
            assertThat(append.waitFor()).isZero();
            assertThat(tail.waitFor()).isZero();
            assertThat(Files.readString(tailed)).isEqualTo(numbers(1, 20_000));
            assertThat(Files.readString(folder.resolve("tail-messages")))
                    .isEqualTo("ds: the server is away; waiting for it\nds: the server is back\n");
            assertThat(run("ds read n")).isEqualTo(numbers(1, 20_000));
        } finally {
            server.close();
        }
    }

    @Test
    void pipesEndQuietlyAndBytesPassUnchanged() throws Exception {
        try (PackagedServer server = start(0)) {
            run("ds create b --type bytes");
            assertThat(run("head -c 3000000 /dev/urandom > bytes; ds append b < bytes; ds read b | cmp - bytes"))
                    .isEmpty();
            assertThat(run("ds read b | head -c 4 | wc -c").strip()).isEqualTo("4");
            assertThat(run("for i in 1 2 3; do echo $i; sleep 0.2; done | ds append b --close"))
                    .isEmpty();
            assertThat(run("ds tail -f b --offset -1 | head -c 100 | wc -c").strip())
                    .isEqualTo("100");
            assertThat(server.stop()).isZero();
        }
    }

    @Test
    void theLauncherListsTheCommandsAndTheirCompletionIsBash() throws Exception {
        url = "http://127.0.0.1:1/";
        assertThat(run("ds"))
                .contains("create", "append", "verify", "Exit status")
                .doesNotContain("\u001b");
        assertThat(run("ds completion | bash -n && echo valid")).isEqualTo("valid\n");
        assertThat(run("ds completion")).contains("--max-messages");
        assertThat(run("ds serve --version")).startsWith("Streamkeeper ");
        assertThat(run("ds stat x || echo $?")).contains("cannot be reached").endsWith("\n6\n");
        assertThat(run("ds bench --help || true")).contains("durable-streams-bench");
    }
}
