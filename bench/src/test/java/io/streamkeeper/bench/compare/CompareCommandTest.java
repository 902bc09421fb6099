package io.streamkeeper.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.bench.TestRun;
import io.streamkeeper.bench.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The comparison and its reports, with two servers in this process. */
final class CompareCommandTest {
    @TempDir
    private Path directory;

    @Test
    void mixedRowHasTheLatenciesOfEachKindOfOperationsAndTheMemory() throws IOException {
        TestRun run = run("compare", "--row", "mixed", "--rounds", "1", "--seconds", "1", "--warm-up", "1");
        assertThat(run.status()).as(run.output()).isZero();
        assertThat(run.output())
                .contains("p99 of a second", "peak")
                .containsPattern("\\| one \\| appends \\|")
                .containsPattern("\\| two \\| deliveries \\|")
                .containsPattern("\\| two \\| reads \\|")
                .doesNotContain("errors");
        assertThat(json())
                .contains("\"p99MillisOfSeconds\"", "\"residentBytesMax\"", "\"seconds\"", "\"memory\"")
                .contains("\"operations\" : \"deliveries\"");
        assertPageIsSelfContained();
        assertThat(html())
                .contains(
                        "p99 of deliveries in each second, all rounds", "Resident memory of the server", ">two</text>");
    }

    @Test
    void interferenceMeasuresSaturationAndThenEachStepAtHalfOfIt() throws IOException {
        TestRun run = run("interference", "--step", "0:0,1:2", "--rounds", "1", "--seconds", "1", "--warm-up", "1");
        assertThat(run.status()).as(run.output()).isZero();
        assertThat(run.output())
                .contains("one: ", " appends/s with writers alone", "two: ")
                .containsPattern("\\| 0 \\| 0 \\| one \\|.*\\| 1\\.00 \\(1\\.00–1\\.00\\) \\|")
                .containsPattern("\\| 1 \\| 2 \\| two \\|")
                .doesNotContain("failed");
        double rate = number(json(), "rate");
        double slower = Math.min(saturation(run, "one"), saturation(run, "two"));
        assertThat(rate).isBetween(0.49 * slower, 0.51 * slower);
        assertThat(json()).contains("\"p99Growth\"", "\"deliveryP99Millis\"", "\"seconds\"");
        assertPageIsSelfContained();
        assertThat(html()).contains("p99 of appends by readers:subscribers", ">0:0</text>", ">1:2</text>");
    }

    @Test
    void interferenceTakesARate() throws IOException {
        TestRun run = run(
                "interference", "--rate", "500", "--step", "1:1", "--rounds", "1", "--seconds", "1", "--warm-up", "1");
        assertThat(run.status()).as(run.output()).isZero();
        assertThat(number(json(), "rate")).isEqualTo(500);
        assertThat(run.output()).contains("interference: 500 appends/s").doesNotContain("with writers alone");
        assertThat(json()).contains("\"count\" : 500,");
    }

    @Test
    void malformedStepIsNamedInTheError() {
        TestRun run = run("interference", "--step", "8");
        assertThat(run.status()).isNotZero();
        assertThat(run.output()).contains("step is '8'; expected READERS:SUBSCRIBERS");
    }

    @Test
    void readersAreRefusedByOtherWorkloads() {
        TestRun run = TestRun.of("append", "--readers", "1");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.output()).contains("with append; expected them with mixed only");
    }

    private TestRun run(String... arguments) {
        try (TestServer one = TestServer.start();
                TestServer two = TestServer.start()) {
            List<String> all = new ArrayList<>(List.of(arguments));
            all.addAll(List.of("--peer", one.peer("one"), "--peer", two.peer("two")));
            all.addAll(List.of("--dir", directory.toString()));
            all.addAll(List.of("--json", directory.resolve("json").toString()));
            all.addAll(List.of("--html", directory.resolve("html").toString()));
            return TestRun.of(all.toArray(String[]::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String json() throws IOException {
        return Files.readString(directory.resolve("json"));
    }

    private String html() throws IOException {
        return Files.readString(directory.resolve("html"));
    }

    private void assertPageIsSelfContained() throws IOException {
        assertThat(html()).contains("<svg").doesNotContain("src=", "<link", "<script", "@import", "url(", "NaN");
    }

    private static double saturation(TestRun run, String server) {
        String line = run.output()
                .lines()
                .filter(each -> each.startsWith(server + ": "))
                .findFirst()
                .orElseThrow();
        return number(line.replace(",", ""), server);
    }

    /** The number after a name and a colon. */
    private static double number(String text, String name) {
        var matcher = Pattern.compile(name + "\"? ?: ([0-9.]+)").matcher(text);
        assertThat(matcher.find()).as(text).isTrue();
        return new BigDecimal(matcher.group(1)).doubleValue();
    }
}
