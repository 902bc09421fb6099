package io.streamkeeper.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.bench.process.DeviceWrites;
import io.streamkeeper.bench.process.DiskUsage;
import io.streamkeeper.bench.process.ServerOptions;
import io.streamkeeper.bench.process.ServerProcess;
import io.streamkeeper.bench.process.ServerSetup;
import io.streamkeeper.bench.process.SizeConverter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class CommandLineTest {
    @Test
    void allArgumentsAfterJmhArePassedToJmh() {
        CommandLine line = Main.commandLine();
        line.parseArgs("jmh", "-f", "1", "BlockCopy.*", "-p", "bodyBytes=256", "-h", "--x=y");
        JmhCommand jmh = line.getSubcommands().get("jmh").getCommand();
        assertThat(jmh.arguments()).containsExactly("-f", "1", "BlockCopy.*", "-p", "bodyBytes=256", "-h", "--x=y");
    }

    @Test
    void defaultsOfEveryCommandAreValid() {
        for (String command : List.of("cardinality", "churn", "latency", "load")) {
            Main.commandLine().parseArgs("storage", command);
        }
    }

    @Test
    void serverOptionsBecomeFlagsOfTheServer() {
        ServerOptions options = options(
                "--durability",
                "os",
                "--checkpoint-bytes=4MiB",
                "--segment-bytes",
                "1MiB",
                "--server-option=--shards=1");
        assertThat(options.flags())
                .containsExactly(
                        "--log-level",
                        "info",
                        "--durability",
                        "os",
                        "--checkpoint-bytes",
                        "4MiB",
                        "--segment-bytes",
                        "1MiB",
                        "--shards=1");
    }

    @Test
    void noStoreFlagsOmitsTheFlagsOfTheStore() {
        assertThat(options("--no-store-flags", "--durability", "os").flags()).containsExactly("--log-level", "info");
    }

    @Test
    void commandStartsTheJarOnAFreePort() {
        ServerSetup setup = new ServerSetup(
                Path.of("/jdk/bin/java"), List.of("-Xmx1g"), Path.of("s.jar"), List.of("--shards=1"), Path.of("d"));
        assertThat(String.join(" ", setup.command()))
                .isEqualTo("/jdk/bin/java -Xmx1g -jar s.jar --port 0 --shards=1 --data-dir d");
    }

    @Test
    void missingJarIsNamedInTheError() {
        assertThatThrownBy(() -> options("--jar", "no/such.jar").setup()).hasMessageContaining("no/such.jar");
    }

    @Test
    void storageWithoutSubcommandIsAUsageError() {
        StringWriter err = new StringWriter();
        CommandLine line = Main.commandLine().setErr(new PrintWriter(err));
        assertThat(line.execute("storage")).isEqualTo(2);
        assertThat(err.toString()).contains("cardinality");
    }

    @Test
    void sizesHaveUnits() {
        SizeConverter sizes = new SizeConverter();
        assertThat(sizes.convert("256MiB")).isEqualTo(256L << 20);
        assertThat(sizes.convert("1kb")).isEqualTo(1000);
        assertThat(sizes.convert("17")).isEqualTo(17);
        assertThatThrownBy(() -> sizes.convert("1 apple")).hasMessageContaining("1 apple");
    }

    @Test
    void portIsParsedFromTheReadyLine() {
        assertThat(ServerProcess.readyPort("Streamkeeper 1.0 is ready on http://127.0.0.1:4437/v1/stream/"))
                .isEqualTo(4437);
        assertThat(ServerProcess.readyPort("Streamkeeper is not ready")).isEqualTo(-1);
    }

    @Test
    void diskUsageIsParsedFromTheOutputOfDu() {
        assertThat(DiskUsage.parse("8192\t./data\n")).isEqualTo(8192);
        assertThatThrownBy(() -> DiskUsage.parse("")).hasMessageContaining("expected a size");
    }

    @Test
    void deviceNumberAndSectorCountAreParsed() {
        assertThat(DeviceWrites.major(0xfe01)).isEqualTo(254);
        assertThat(DeviceWrites.minor(0xfe01)).isEqualTo(1);
        assertThat(DeviceWrites.minor(0x10fe01)).isEqualTo(257);
        assertThat(DeviceWrites.parse("   10    20   30   40   50   60   70   80 \n"))
                .isEqualTo(70 * 512);
    }

    private static ServerOptions options(String... arguments) {
        ServerOptions options = new ServerOptions();
        new CommandLine(options).parseArgs(arguments);
        return options;
    }
}
