package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConformanceReportTest {

    private static final String PASSED =
            "{'fullName': 'Reads should work', 'status': 'passed', 'failureMessages': [], 'meta': {}}";
    private static final String FAILED = "{'fullName': 'Appends should work', 'status': 'failed', 'meta': {},"
            + " 'failureMessages': ['AssertionError: expected 404 to be 201\\n    at suite.js:1:2', 'another']}";
    private static final String SKIPPED = "{'fullName': 'Reserved subscription APIs wake', 'status': 'skipped',"
            + " 'failureMessages': [], 'meta': {}}";
    private static final String TOO_LATE =
            "{'fullName': 'Forks should work', 'status': 'skipped', 'failureMessages': [], 'meta': {'tooLate': true}}";

    @TempDir
    private Path folder;

    @Test
    void itCountsAndReportsFailuresWithTheirReasons() throws IOException {
        assertThat(report(PASSED, FAILED, SKIPPED, PASSED).text()).isEqualTo("""
                        The official suite against http://localhost:1/s/: 2 passed, 1 failed, 1 skipped, in 84 s

                          failed: Appends should work
                            AssertionError: expected 404 to be 201

                        The reserved subscription APIs are skipped; -Dconformance.subscriptions=false does that.
                        """);
    }

    @Test
    void itNamesTheOptionForSlowerLongPolls() throws IOException {
        String hint = "-Dconformance.longPollSeconds=N";
        assertThat(report(FAILED.replace("AssertionError: expected", "Error: Test timed out in"))
                        .text())
                .contains(hint);
        assertThat(report(FAILED).text()).doesNotContain(hint);
    }

    @Test
    void itReportsTestsWithoutTimeToRun() throws IOException {
        ConformanceReport report = report(PASSED, TOO_LATE, TOO_LATE);
        assertThat(report.tooLate()).isEqualTo(2);
        assertThat(report.text()).isEqualTo("""
                        The official suite against http://localhost:1/s/: 1 passed, 0 failed, 2 skipped, in 84 s; \
                        2 of the skipped for want of time

                        The time was up before every test had begun; -Dconformance.minutes=N gives another.
                        """);
    }

    @Test
    void aLongMessageIsCut() throws IOException {
        String line = "x".repeat(1_000) + "\\n";
        String text = report(FAILED.replace("AssertionError", line.repeat(20))).text();
        assertThat(text.lines().filter(printed -> printed.contains("xxx")))
                .hasSize(6)
                .allMatch(printed -> printed.length() < 310);
    }

    private ConformanceReport report(String... tests) throws IOException {
        Path file = folder.resolve("report.json");
        String json = "{'success': false, 'testResults': [{'name': '/w/conformance.spec.ts', 'message': '',"
                + " 'assertionResults': [" + String.join(",", tests) + "]}]}";
        Files.writeString(file, json.replace('\'', '"'));
        return new ConformanceReport(
                URI.create("http://localhost:1/s/"),
                Duration.ofSeconds(84),
                VitestReport.read(file).file("conformance.spec.ts").tests());
    }
}
