package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The official conformance suite against any server. Of the profile {@code conformance} this is the only test, and of
 * other builds none. System properties say what is run:
 *
 * <ul>
 *   <li>{@code url}, the URL that streams are below, with or without a slash at its end; without a path, {@code
 *       /v1/stream/} is taken
 *   <li>{@code conformance.subscriptions}, {@code false} for all but the reserved subscription APIs
 *   <li>{@code conformance.filter}, a regular expression that the names of the tests have to contain a match of
 *   <li>{@code conformance.longPollSeconds}, after how long the server answers a long-poll that nothing came for: 20
 *   <li>{@code conformance.minutes}, how long tests may be begun: 10; what is left then is reported as skipped
 * </ul>
 */
class ConformanceOfUrl {

    private static final String USUAL_ROOT = "/v1/stream/";

    /** What a test may take that has no deadline of its own, and may wait for a long-poll to end. */
    private static final Duration TEST_MAX_BESIDE_LONG_POLL = Duration.ofSeconds(10);

    /** For what has begun in time, and for the end of the run. */
    private static final Duration LAST_TEST_MAX = Duration.ofMinutes(3);

    /** What the system properties say. */
    private record Options(
            URI streams, boolean subscriptions, String filter, Duration longPollTimeout, Duration suiteMax) {

        static Options given() {
            return new Options(
                    withRoot(System.getProperty("url")),
                    !System.getProperty("conformance.subscriptions", "true").equals("false"),
                    System.getProperty("conformance.filter", ""),
                    Duration.ofSeconds(number("conformance.longPollSeconds", 20)),
                    Duration.ofMinutes(number("conformance.minutes", 10)));
        }
    }

    @Test
    void theServerPasses() throws IOException, InterruptedException {
        Options options = Options.given();
        if (ConformanceSuite.npmIsMissing()) {
            fail(ConformanceSuite.NPM_IS_MISSING);
        }
        ConformanceSuite suite = ConformanceSuite.install();
        String problem = suite.problem(options.streams());
        if (!problem.isEmpty()) {
            fail(problem);
        }

        System.out.println("The official suite runs against " + options.streams() + ", for at most "
                + options.suiteMax().toMinutes() + " min");
        long start = System.nanoTime();
        ConformanceSuite.Ran ran = run(suite, options);
        Duration time = Duration.ofNanos(System.nanoTime() - start);

        assertThat(ran.report()).as(ran::printed).exists();
        VitestReport.SpecFile file = VitestReport.read(ran.report()).file(ConformanceSuite.SPEC);
        ConformanceReport report = new ConformanceReport(options.streams(), time, file.tests());
        System.out.println(report.text());
        if (report.failed() > 0 || report.tooLate() > 0) {
            fail(report.summary());
        }
        if (report.passed() == 0 && !options.filter().isEmpty()) {
            fail("no test has a name that matches -Dconformance.filter=" + options.filter());
        }
        assertThat(report.passed())
                .as(() -> "tests that have passed; vitest printed\n" + ran.printed())
                .isPositive();
        assertThat(ran.exit())
                .as(() -> "status of vitest, which printed\n" + ran.printed())
                .isZero();
    }

    private static ConformanceSuite.Ran run(ConformanceSuite suite, Options options)
            throws IOException, InterruptedException {
        Duration testMax = options.longPollTimeout().plus(TEST_MAX_BESIDE_LONG_POLL);
        List<String> arguments = new ArrayList<>(List.of("--testTimeout=" + testMax.toMillis(), ConformanceSuite.SPEC));
        if (!options.filter().isEmpty()) {
            arguments.add("--testNamePattern=" + options.filter());
        }
        Map<String, String> environment = Map.of(
                "STREAMKEEPER_SUBSCRIPTIONS",
                Boolean.toString(options.subscriptions()),
                "STREAMKEEPER_SUITE_MS",
                Long.toString(options.suiteMax().toMillis()));
        return suite.run(
                "url",
                options.streams(),
                options.longPollTimeout(),
                options.suiteMax().plus(options.longPollTimeout()).plus(LAST_TEST_MAX),
                environment,
                arguments);
    }

    /** The URL that was given, with a slash at its end, and with the usual root where it has none. */
    static URI withRoot(String url) {
        URI given = URI.create(url);
        String path = given.getRawPath();
        if (path.isEmpty() || path.equals("/")) {
            return given.resolve(USUAL_ROOT);
        }
        return path.endsWith("/") ? given : given.resolve(path + "/");
    }

    private static int number(String property, int otherwise) {
        String text = System.getProperty(property, String.valueOf(otherwise));
        if (!text.matches("[1-9][0-9]{0,3}")) {
            fail("-D" + property + " is \"" + text + "\"; expected a whole number from 1 to 9999");
        }
        return Integer.parseInt(text);
    }
}
