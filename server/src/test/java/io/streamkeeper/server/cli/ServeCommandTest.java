package io.streamkeeper.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.Retention;
import io.streamkeeper.server.config.DataConfig.Durability;
import io.streamkeeper.server.config.RetentionConfig;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.config.Transport;
import io.streamkeeper.server.setting.Durations;
import io.streamkeeper.server.setting.Setting;
import io.streamkeeper.server.setting.Sizes;
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
                ("--port 0 --host localhost --transport nio --shards 3 --max-connections 7 --admin-listen [::1]:9 --max-body 1KiB"
                                + " --max-request-line 2KiB --max-headers 3KiB --max-in-flight 4 --header-timeout 1s"
                                + " --body-timeout 2s --idle-timeout 3s --long-poll-timeout 500ms --long-poll-timeout-max 50s --sse-session 2m"
                                + " --sse-keep-alive 4 --max-read 5KB --no-gzip --cache-max-age 6s --cache-scope private"
                                + " --allow-anonymous --token-file t --policy-file p --signing-keys s --audit-log a --jwt-key k --jwt-jwks https://j --jwt-issuer i --jwt-audience u --jwt-prefix-claim c --jwt-leeway 1s --jwks-refresh 11s --jwks-stale 12s --cors-origin none --allowed-hosts a.example,b.example --data-dir /d --durability os --storage mirrored --data-dir-must-exist"
                                + " --checkpoint-bytes 1MiB --checkpoint-interval 9s --segment-bytes 2MiB --state-offsets --max-producers 5 --keep-producers 2m --retention logs/**=max-age:1d,max-bytes:1KiB"
                                + " --root /s/ --max-memory 7MiB --shutdown-timeout 8s")
                        .split(" "));
        assertThat(config)
                .isEqualTo(ServerConfig.builder()
                        .listen(listen -> listen.host("localhost")
                                .port(0)
                                .transport(Transport.NIO)
                                .shards(3)
                                .connectionsMax(7)
                                .adminListen("[::1]:9"))
                        .http(http -> http.requestLineBytesMax(2048)
                                .headerBytesMax(3072)
                                .bodyBytesMax(1024)
                                .inFlightRequestsMax(4)
                                .headerTimeoutMillis(1_000)
                                .bodyStallTimeoutMillis(2_000)
                                .idleTimeoutMillis(3_000))
                        .live(live -> live.longPollTimeoutMillis(500)
                                .longPollTimeoutMillisMax(50_000)
                                .sseSessionMillis(120_000)
                                .sseKeepAliveMillis(4_000))
                        .read(read -> read.readBytesMax(5_000).gzip(false))
                        .cache(cache -> cache.maxAgeSeconds(6).isPrivate(true))
                        .data(data -> data.durability(Durability.OS)
                                .storage("mirrored")
                                .directory(Path.of("/d"))
                                .mustExist(true)
                                .checkpointBytes(1 << 20)
                                .checkpointMillis(9_000)
                                .segmentBytes(2 << 20)
                                .stateOffsets(true)
                                .producers(
                                        producers -> producers.producersMax(5).keptMillis(120_000)))
                        .retention(new RetentionConfig(
                                List.of(new RetentionConfig.Rule("logs/**", new Retention(86_400, 1_024, -1)))))
                        .root("/s/")
                        .security(security -> security.allowAnonymous(true)
                                .corsOrigins("none")
                                .allowedHosts("a.example,b.example")
                                .tokens("t")
                                .policy("p")
                                .signingKeys("s")
                                .audit("a")
                                .jwt(jwt -> jwt.key("k")
                                        .jwks("https://j")
                                        .issuer("i")
                                        .audience("u")
                                        .prefixClaim("c")
                                        .leewaySeconds(1)
                                        .jwksRefreshSeconds(11)
                                        .jwksStaleSeconds(12)))
                        .memoryBytesMax(7 << 20)
                        .shutdownTimeoutMillis(8_000)
                        .build());
    }

    @Test
    void digitsOfOtherScriptsAreNoNumber() {
        assertThat(run(NO_ENVIRONMENT, "--shards", "\u0662"))
                .contains("--shards")
                .contains("is not a whole number");
    }

    /** An empty value comes from an unset variable of a script. */
    @Test
    void noFlagTakesAnEmptyValue() {
        for (OptionSpec option :
                ServeFlags.commandLine(ProcessSettings.all()).getCommandSpec().options()) {
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
                "--prot 1|did you mean --port?",
                "apend x|'apend' is neither a command nor a flag; did you mean append?",
                "extra|'extra' is neither a command nor a flag",
                "--transport pigeon|'pigeon' is not a transport; expected auto, epoll, io_uring or nio",
                "--max-body 3q|'3q' is not a size; expected one such as 64KiB",
                "--max-body 4GiB|max-body is 4294967296; expected 0 to 1073741824",
                "--max-headers 1|max-headers is 1; expected 64 to 1048576",
                "--idle-timeout 0|idle-timeout in ms is 0; expected 1 to 86400000",
                "--host=|host is \"\"; expected a name or an address",
                "--retention logs|'logs' is not a rule of retention; expected a pattern",
                "--gzip=maybe|'maybe' is not a boolean",
                "--long-poll-timeout soon|'soon' is not a duration; expected one such as 500ms",
                "--long-poll-timeout 0|long-poll-timeout in ms is 0; expected 1 to",
                "--cache-scope mine|'mine' is not a scope; expected public or private",
                "--cors-origin x|cors-origin is \"x\"; expected reads, *, none, or origins",
                "--cors-origin https://a.example,x|expected reads, *, none, or origins",
                "--allowed-hosts a:1|allowed-hosts is \"a:1\"; expected none, or names",
                "--host 0.0.0.0|host is \"0.0.0.0\", which other machines reach",
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
        ServeFlags.commandLine(ProcessSettings.all()).getCommandSpec().options().stream()
                .filter(option -> !option.usageHelp() && !option.versionHelp())
                .forEach(
                        option -> assertThat(help).contains(option.longestName().substring(2)));
    }

    @ParameterizedTest
    @CsvSource({"500ms,500", "2s,2000", "0.5s,500", "1m,60000", "1h,3600000", "7,7000", "1.5,1500"})
    void aDurationHasAUnitOrIsInSeconds(String text, long millis) {
        assertThat(Durations.parse(text)).isEqualTo(millis);
    }

    @ParameterizedTest
    @CsvSource({"0,0", "17,17", "64KiB,65536", "1MiB,1048576", "8MB,8000000", "2gib,2147483648", "5b,5"})
    void aSizeHasAUnitOrIsInBytes(String text, long bytes) {
        assertThat(Sizes.parse(text)).isEqualTo(bytes);
    }

    /** What the library and, if it reads the command line, the faster reader make of it: the same. */
    private static ServerConfig config(Map<String, String> environment, String... args) {
        List<Setting<?>> settings = ProcessSettings.all();
        ConfigSources sources = ConfigSources.of(settings, args, environment);
        ServerConfig config = ServerConfig.of(
                ServeFlags.parse(settings, args, sources, System.out).orElseThrow());
        PlainFlags.read(settings, args, sources)
                .ifPresent(plain -> assertThat(ServerConfig.of(plain)).isEqualTo(config));
        return config;
    }

    /** The exit status and the whole output. */
    private static String run(Map<String, String> environment, String... args) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(said, true, StandardCharsets.UTF_8);
        int status = ServeCommand.run(args, environment, stream, stream);
        return status + " " + said.toString(StandardCharsets.UTF_8);
    }
}
