package io.streamkeeper.bench.compare;

import io.streamkeeper.bench.report.Chart;
import io.streamkeeper.bench.report.Charts;
import io.streamkeeper.bench.report.Figures;
import io.streamkeeper.bench.report.Page;
import io.streamkeeper.bench.report.Report;
import io.streamkeeper.bench.report.Spread;
import io.streamkeeper.bench.workload.Part;
import io.streamkeeper.bench.workload.Result;
import io.streamkeeper.bench.workload.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The table and the curves of an interference: a line for each step and server. */
final class InterferenceReport {
    private static final List<String> COLUMNS = List.of(
            "readers",
            "subscribers",
            "server",
            "appends/s",
            "p50 ms",
            "p99 ms",
            "p99 of a second",
            "p99 / first step's",
            "delivery p99 ms",
            "reads/s",
            "server µs/op",
            "resident",
            "peak",
            "first / this: p50",
            "p99");

    private final double rate;
    private final List<Spec.Readers> readers;
    private final List<List<PeerRounds>> steps;

    /**
     * A report of finished rounds.
     *
     * @param steps for each step its servers, in the same order
     */
    InterferenceReport(double rate, List<Spec.Readers> readers, List<List<PeerRounds>> steps) {
        this.rate = rate;
        this.readers = readers;
        this.steps = steps;
    }

    void print(Report report, Page page) {
        report.print(
                "%n%s: %,.0f appends/s beside a growing number of readers and subscribers", Interference.NAME, rate);
        Report.Section section = report.root().add(Interference.NAME).put("rate", rate);
        List<List<String>> cells = new ArrayList<>();
        for (int step = 0; step < steps.size(); step++) {
            for (int server = 0; server < steps.get(step).size(); server++) {
                PeerRounds rounds = steps.get(step).get(server);
                if (rounds.failure().isEmpty()) {
                    cells.add(cells(step, server, section.add("steps")));
                } else {
                    report.print("%s failed with %s: %s", rounds.name(), readers.get(step), rounds.failure());
                    section.add("steps").put("server", rounds.name()).put("failure", rounds.failure());
                }
            }
        }
        report.table(COLUMNS, cells);
        page.heading(String.format(Locale.ROOT, "%s at %,.0f appends/s", Interference.NAME, rate));
        page.table(COLUMNS, cells);
        page.add(curves("p50 of appends by readers:subscribers", 50))
                .add(curves("p99 of appends by readers:subscribers", 99));
        addSeconds(page);
    }

    private List<String> cells(int step, int server, Report.Section section) {
        PeerRounds rounds = steps.get(step).get(server);
        Spread rates = rounds.spread(result -> result.measured().perSecond());
        Spread p50 = rounds.spread(result -> appends(result).millis(50));
        Spread p99 = rounds.spread(result -> appends(result).millis(99));
        Spread p99OfSeconds = Spread.of(rounds.p99Millis(0));
        Spread deliveryP99 = rounds.spread(result -> figure(result, "deliveries", part -> part.millis(99)));
        Spread reads = rounds.spread(
                result -> figure(result, "reads", part -> part.measured().perSecond()));
        Spread cpu = rounds.spread(Result::serverMicros);
        Spread resident = rounds.spread(Result::residentBytesAtEnd);
        Spread peak = rounds.spread(Result::residentBytesMax);
        String growth = ratios(rounds, steps.get(0).get(server), 99, section, "p99Growth");
        String p50Ratio = ratios(steps.get(step).get(0), rounds, 50, section, "p50Ratio");
        String p99Ratio = ratios(steps.get(step).get(0), rounds, 99, section, "p99Ratio");
        long errors = rounds.rounds().stream().mapToLong(Result::errors).sum();
        section.put("server", rounds.name())
                .put("readers", readers.get(step).catchUp())
                .put("subscribers", readers.get(step).subscribers())
                .put("perSecond", rates)
                .put("p50Millis", p50)
                .put("p99Millis", p99)
                .put("p99MillisOfSeconds", p99OfSeconds)
                .put("deliveryP99Millis", deliveryP99)
                .put("readsPerSecond", reads)
                .put("serverMicrosEach", cpu)
                .put("residentBytes", resident)
                .put("residentBytesMax", peak.max())
                .put("errors", errors);
        rounds.rounds().forEach(round -> round.put(section.add("rounds")));
        return List.of(
                Integer.toString(readers.get(step).catchUp()),
                Integer.toString(readers.get(step).subscribers()),
                rounds.name() + (errors == 0 ? "" : " (" + errors + " errors)"),
                rates.text("%,.0f"),
                p50.text("%.2f"),
                p99.text("%.2f"),
                p99OfSeconds.text("%.2f"),
                growth,
                deliveryP99.text("%.2f"),
                reads.text("%,.0f"),
                cpu.text("%.1f"),
                Figures.bytes((long) resident.median()),
                Figures.bytes((long) peak.max()),
                p50Ratio,
                p99Ratio);
    }

    private static Part appends(Result result) {
        return result.all().get(0);
    }

    /** A figure of a kind of operations; 0 if the step has none of them. */
    private static double figure(Result result, String name, ToDoubleFunction<Part> figure) {
        return result.parts().stream()
                .filter(part -> part.name().equals(name))
                .mapToDouble(figure)
                .findFirst()
                .orElse(0);
    }

    /** The ratio of a percentile of appends; empty if one of the servers failed. */
    private static String ratios(
            PeerRounds of, PeerRounds divisor, double percentile, Report.Section section, String name) {
        if (of.rounds().isEmpty() || divisor.rounds().isEmpty()) {
            return "";
        }
        Spread ratios = of.ratios(divisor, result -> appends(result).millis(percentile));
        section.put(name, ratios);
        return ratios.text("%.2f");
    }

    private Chart curves(String title, double percentile) {
        Chart chart = new Chart(title, this::stepLabel, value -> String.format(Locale.ROOT, "%.2f ms", value));
        chart.xSteps(Math.max(1, steps.size() - 1));
        for (int server = 0; server < steps.get(0).size(); server++) {
            List<Chart.Point> points = new ArrayList<>();
            for (int step = 0; step < steps.size(); step++) {
                PeerRounds rounds = steps.get(step).get(server);
                if (rounds.failure().isEmpty()) {
                    double median = rounds.spread(result -> appends(result).millis(percentile))
                            .median();
                    points.add(new Chart.Point(step, median));
                }
            }
            chart.add(new Chart.Line(steps.get(0).get(server).name(), points));
        }
        return chart;
    }

    private String stepLabel(double step) {
        Spec.Readers at = readers.get((int) Math.min(readers.size() - 1, Math.round(step)));
        return at.catchUp() + ":" + at.subscribers();
    }

    private void addSeconds(Page page) {
        for (int step = 0; step < steps.size(); step++) {
            Chart chart = Charts.millisOverTime(String.format(
                    Locale.ROOT,
                    "p99 of appends in each second, all rounds, with %d readers and %d subscribers",
                    readers.get(step).catchUp(),
                    readers.get(step).subscribers()));
            steps.get(step).stream()
                    .filter(rounds -> rounds.failure().isEmpty())
                    .forEach(rounds -> chart.add(Charts.overTime(rounds.name(), rounds.p99Millis(0), value -> value)));
            page.add(chart);
        }
    }
}
