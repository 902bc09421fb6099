package io.streamkeeper.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.Retention;
import io.streamkeeper.server.config.CacheConfig;
import io.streamkeeper.server.config.DataConfig;
import io.streamkeeper.server.config.DataConfig.Durability;
import io.streamkeeper.server.config.HttpLimits;
import io.streamkeeper.server.config.ListenConfig;
import io.streamkeeper.server.config.LiveConfig;
import io.streamkeeper.server.config.ProducerConfig;
import io.streamkeeper.server.config.ReadConfig;
import io.streamkeeper.server.config.RetentionConfig;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.config.Transport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

class ServeCommandTest {
    private static final Map<String, String> NO_ENVIRONMENT = Map.of();

    @TempDir
    private Path folder;

    @Test
    void withoutFlagsTheDefaultsOfTheConfigurationHold() {
        assertThat(config(NO_ENVIRONMENT)).isEqualTo(ServerConfig.defaults());
    }

    @Test
    void everyFlagReachesTheConfiguration() {
        ServerConfig config = config(
                NO_ENVIRONMENT,
                ("--port 0 --host localhost --transport nio --shards 3 --max-connections 7 --max-body 1KiB"
                                + " --max-request-line 2KiB --max-headers 3KiB --max-in-flight 4 --header-timeout 1s"
                                + " --body-timeout 2s --idle-timeout 3s --long-poll-timeout 500ms --sse-session 2m"
                                + " --sse-keep-alive 4 --max-read 5KB --no-gzip --cache-max-age 6s --cache-scope private"
                                + " --cors-origin none --data-dir /d --durability os --data-dir-must-exist"
                                + " --checkpoint-bytes 1MiB --checkpoint-interval 9s --segment-bytes 2MiB --retention logs/**=max-age:1d,max-bytes:1KiB"
                                + " --root /s/ --max-memory 7MiB --shutdown-timeout 8s")
                        .split(" "));
        assertThat(config)
                .isEqualTo(new ServerConfig(
                        new ListenConfig("localhost", 0, Transport.NIO, 3, 7),
                        new HttpLimits(2048, 3072, 1024, 4, 1_000, 2_000, 3_000),
                        new LiveConfig(500, 60_000, 120_000, 4_000),
                        new ReadConfig(5_000, false),
                        new CacheConfig(6, true),
                        new DataConfig(
                                Durability.OS, Path.of("/d"), true, 1 << 20, 9_000, 2 << 20, ProducerConfig.defaults()),
                        new RetentionConfig(
                                List.of(new RetentionConfig.Rule("logs/**", new Retention(86_400, 1_024, -1)))),
                        "/s/",
                        "none",
                        7 << 20,
                        8_000));
    }

    @Test
    void digitsOfOtherScriptsAreNoNumber() {
        assertThat(run(NO_ENVIRONMENT, "--shards", "\u0662"))
                .contains("--shards")
                .contains("is not a whole number");
    }

    /** An empty value comes of a variable of a script that is not set. */
    @Test
    void noFlagTakesAnEmptyValue() {
        for (OptionSpec option : ServeCommand.commandLine().getCommandSpec().options()) {
            String flag = option.longestName();
            if (option.negatable() || option.usageHelp() || option.versionHelp() || flag.equals("--retention")) {
                continue;
            }
            assertThat(run(NO_ENVIRONMENT, flag + "="))
                    .as(flag)
                    .startsWith("2 ")
                    .contains(flag.substring(2))
                    .contains("expected");
            String variable = "DS_" + flag.substring(2).toUpperCase(Locale.ROOT).replace('-', '_');
            assertThat(run(Map.of(variable, ""))).as(variable).startsWith("2 ").contains("expected");
        }
    }

    @Test
    void aDataDirectoryWithoutANameIsNotTheCurrentOne() {
        assertThat(run(NO_ENVIRONMENT, "--data-dir", ""))
                .startsWith("2 ")
                .contains("'--data-dir': '' is no path; expected one, . for the current directory");
        assertThat(run(Map.of("DS_DATA_DIR", " "))).startsWith("2 ").contains("' ' is no path");
        assertThat(run(NO_ENVIRONMENT, "verify", "--data-dir="))
                .startsWith("2 ")
                .contains("'' is no path");
        assertThat(run(NO_ENVIRONMENT, "backup", "--data-dir=d", "--to="))
                .startsWith("2 ")
                .contains("'' is no path");
        assertThat(Path.of("LOCK")).doesNotExist();
    }

    @Test
    void theLastOfTwoEqualFlagsCounts() {
        assertThat(config(NO_ENVIRONMENT, "--host", "a", "--host", "b").listen().host())
                .isEqualTo("b");
    }

    @Test
    void aVariableOfTheEnvironmentStandsForAFlag() {
        assertThat(config(Map.of("DS_LONG_POLL_TIMEOUT", "3s")).live().longPollTimeoutMillis())
                .isEqualTo(3_000);
        assertThat(config(Map.of("DS_GZIP", "false")).read().gzip()).isFalse();
    }

    @Test
    void aFlagWinsOverTheEnvironmentAndThatOverTheFile() throws IOException {
        Path file = Files.writeString(folder.resolve("c.properties"), "port = 1\nshards = 1\nmax-in-flight = 1\n");
        Map<String, String> environment = Map.of("DS_PORT", "2", "DS_SHARDS", "2");
        ServerConfig config = config(environment, "--config", file.toString(), "--port", "3");
        assertThat(config.listen().port()).isEqualTo(3);
        assertThat(config.listen().shards()).isEqualTo(2);
        assertThat(config.http().inFlightRequestsMax()).isEqualTo(1);
    }

    @Test
    void theEnvironmentMayNameTheFile() throws IOException {
        Path file = Files.writeString(folder.resolve("c.properties"), "port = 9\n");
        assertThat(config(Map.of("DS_CONFIG", file.toString())).listen().port()).isEqualTo(9);
    }

    @Test
    void anUnknownKeyOfTheFileIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("c.properties"), "prot = 9\n");
        assertThat(run(NO_ENVIRONMENT, "--config=" + file)).startsWith("2 ").contains("\"prot\"", file.toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "--port x|'x' is not a whole number",
                "--port 70000|port is 70000; expected 0 to 65535",
                "--port|Missing required parameter",
                "--nope|Unknown option: '--nope'",
                "extra|Unmatched argument at index 0: 'extra'",
                "--transport pigeon|'pigeon' is not a transport; expected auto, epoll, io_uring or nio",
                "--max-body 3q|'3q' is not a size; expected one such as 64KiB",
                "--max-body 4GiB|max-body is 4294967296; expected at most",
                "--long-poll-timeout soon|'soon' is not a duration; expected one such as 500ms",
                "--long-poll-timeout 0|long-poll-timeout in ms is 0; expected 1 to",
                "--cache-scope mine|'mine' is not a scope; expected public or private",
                "--cors-origin x|cors-origin is \"x\"; expected *, none, or an origin",
                "--root streams|root is \"streams\"; expected a path that begins and ends with a slash",
                "--log-level loud|'loud' is not a log level; expected error, warn, info or debug",
                "--config /nowhere/at/all|config file /nowhere/at/all does not exist"
            })
    void aBadArgumentIsOneLineThatNamesTheValueAndWhatWasExpected(String arguments, String expected) {
        String said = run(NO_ENVIRONMENT, arguments.split(" "));
        assertThat(said).startsWith("2 durable-streams-server: ").contains(expected);
        assertThat(said.strip().lines()).hasSize(1);
    }

    @Test
    void anUnknownVariableIsWarnedOf() {
        assertThat(run(Map.of("DS_PROT", "1"), "--host", "no-such-host.invalid"))
                .startsWith("1 ")
                .contains("DS_PROT")
                .contains("host no-such-host.invalid cannot be resolved");
    }

    @Test
    void helpShowsEveryFlag() {
        String help = run(NO_ENVIRONMENT, "--help");
        assertThat(help).startsWith("0 ");
        ServeCommand.commandLine().getCommandSpec().options().stream()
                .filter(option -> !option.usageHelp() && !option.versionHelp())
                .forEach(
                        option -> assertThat(help).contains(option.longestName().substring(2)));
    }

    @ParameterizedTest
    @CsvSource({"500ms,500", "2s,2000", "0.5s,500", "1m,60000", "1h,3600000", "7,7000", "1.5,1500"})
    void aDurationHasAUnitOrIsInSeconds(String text, long millis) {
        assertThat(new Durations().convert(text)).isEqualTo(millis);
    }

    @ParameterizedTest
    @CsvSource({"0,0", "17,17", "64KiB,65536", "1MiB,1048576", "8MB,8000000", "2gib,2147483648", "5b,5"})
    void aSizeHasAUnitOrIsInBytes(String text, long bytes) {
        assertThat(new Sizes().convert(text)).isEqualTo(bytes);
    }

    private static ServerConfig config(Map<String, String> environment, String... args) {
        CommandLine line = ServeCommand.commandLine();
        line.setDefaultValueProvider(ConfigSources.of(line.getCommandSpec(), args, environment));
        line.parseArgs(args);
        ServeCommand command = line.getCommand();
        return command.config();
    }

    /** The exit status and all that was said. */
    private static String run(Map<String, String> environment, String... args) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(said, true, StandardCharsets.UTF_8);
        int status = ServeCommand.run(args, environment, stream, stream);
        return status + " " + said.toString(StandardCharsets.UTF_8);
    }
}
