package io.streamkeeper.server;

import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * What a run of the official suite has come to, for a person to read.
 *
 * @param streams the URL that streams are below
 * @param time how long it took
 * @param tests every test of the suite
 */
record ConformanceReport(URI streams, Duration time, List<VitestReport.SpecTest> tests) {
    private static final int MESSAGE_LINES_MAX = 6;
    private static final int LINE_CHARACTERS_MAX = 300;

    long passed() {
        return count("passed");
    }

    long failed() {
        return tests.size() - passed() - count("skipped");
    }

    /** Those of the skipped that there was no time for. */
    long tooLate() {
        return tests.stream().filter(VitestReport.SpecTest::tooLate).count();
    }

    /** All of it in one line. */
    String summary() {
        return passed() + " passed, " + failed() + " failed, " + count("skipped") + " skipped, in " + time.toSeconds()
                + " s" + (tooLate() == 0 ? "" : "; " + tooLate() + " of the skipped for want of time");
    }

    /** The summary, each failed test with its message, and options for another run. */
    String text() {
        StringBuilder text = new StringBuilder("The official suite against ").append(streams);
        text.append(": ").append(summary()).append('\n');
        for (VitestReport.SpecTest test : tests) {
            if (!test.status().equals("passed") && !test.status().equals("skipped")) {
                text.append("\n  ")
                        .append(test.status())
                        .append(": ")
                        .append(test.name())
                        .append('\n');
                test.message()
                        .lines()
                        .limit(MESSAGE_LINES_MAX)
                        .forEach(line -> text.append("    ").append(cut(line)).append('\n'));
            }
        }
        if (tests.stream().anyMatch(test -> test.message().contains("Test timed out"))) {
            text.append("\nA server whose long-polls end later than expected lets tests time out;"
                    + " -Dconformance.longPollSeconds=N sets when they end.\n");
        }
        if (tests.stream().anyMatch(ConformanceReport::isLeftOut)) {
            text.append("\nThe reserved subscription APIs are skipped; -Dconformance.subscriptions=false does that.\n");
        }
        if (tooLate() > 0) {
            text.append("\nThe time was up before every test had begun; -Dconformance.minutes=N gives another.\n");
        }
        return text.toString();
    }

    private long count(String status) {
        return tests.stream().filter(test -> test.status().equals(status)).count();
    }

    private static boolean isLeftOut(VitestReport.SpecTest test) {
        return test.status().equals("skipped")
                && !test.tooLate()
                && test.name().startsWith(ConformanceSuite.SUBSCRIPTIONS);
    }

    private static String cut(String line) {
        return line.length() <= LINE_CHARACTERS_MAX ? line : line.substring(0, LINE_CHARACTERS_MAX) + "…";
    }
}
