package io.streamkeeper.bench.compare;

import io.streamkeeper.bench.report.Chart;
import io.streamkeeper.bench.report.Charts;
import io.streamkeeper.bench.report.Figures;
import io.streamkeeper.bench.report.Page;
import io.streamkeeper.bench.report.Report;
import io.streamkeeper.bench.report.Spread;
import io.streamkeeper.bench.workload.Part;
import io.streamkeeper.bench.workload.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The tables and charts of one row: a line for each server, and one for each kind of operations if there are several. */
final class RowReport {
    private static final List<String> COLUMNS = List.of(
            "server",
            "per second",
            "p50 ms",
            "p99 ms",
            "p99 of a second",
            "server µs/op",
            "client µs/op",
            "resident",
            "peak",
            "operations per sync",
            "first / this: rate",
            "p99",
            "CPU");
    private static final List<String> PART_COLUMNS = List.of(
            "server",
            "operations",
            "per second",
            "p50 ms",
            "p99 ms",
            "max ms",
            "p99 of a second",
            "first / this: rate",
            "p50",
            "p99");

    private final Row row;
    private final List<PeerRounds> servers;
    private final List<PeerRounds> succeeded;

    RowReport(Row row, List<PeerRounds> servers) {
        this.row = row;
        this.servers = servers;
        this.succeeded =
                servers.stream().filter(server -> server.failure().isEmpty()).toList();
    }

    void print(Report report, Page page, double diskBefore, double diskAfter) {
        report.print("%n%s: %s %s", row.name(), row.kind().description(), row.spec());
        Report.Section section = report.root()
                .add("rows")
                .put("row", row.name())
                .put("spec", row.spec().toString())
                .put("diskSyncsPerSecondBefore", diskBefore)
                .put("diskSyncsPerSecondAfter", diskAfter);
        page.heading(row.name() + ": " + row.spec());
        for (PeerRounds server : servers) {
            if (!server.failure().isEmpty()) {
                report.print("%s failed: %s", server.name(), server.failure());
                section.add("servers").put("server", server.name()).put("failure", server.failure());
            }
        }
        if (!succeeded.isEmpty()) {
            printTables(report, page, section);
            addCharts(page);
        }
        report.print("disk: %,.0f syncs/s before, %,.0f after", diskBefore, diskAfter);
    }

    private void printTables(Report report, Page page, Report.Section section) {
        List<List<String>> cells = new ArrayList<>();
        List<List<String>> partCells = new ArrayList<>();
        for (PeerRounds server : succeeded) {
            Report.Section ofServer = section.add("servers");
            cells.add(cells(server, ofServer));
            for (int part = 0; part < server.partNames().size(); part++) {
                partCells.add(partCells(server, part, ofServer.add("parts")));
            }
        }
        report.table(COLUMNS, cells);
        page.table(COLUMNS, cells);
        if (partCells.size() > cells.size()) {
            report.print("");
            report.table(PART_COLUMNS, partCells);
            page.table(PART_COLUMNS, partCells);
        }
    }

    private List<String> cells(PeerRounds server, Report.Section section) {
        Spread rate = server.spread(result -> result.measured().perSecond());
        Spread p50 = server.spread(result -> part(result, 0).millis(50));
        Spread p99 = server.spread(result -> part(result, 0).millis(99));
        Spread p99OfSeconds = Spread.of(server.p99Millis(0));
        Spread cpu = server.spread(Result::serverMicros);
        Spread client = server.spread(Result::clientMicros);
        Spread resident = server.spread(Result::residentBytesAtEnd);
        Spread peak = server.spread(Result::residentBytesMax);
        Spread rateRatio = ratios(server, result -> result.measured().perSecond());
        Spread p99Ratio = ratios(server, result -> part(result, 0).millis(99));
        Spread cpuRatio = ratios(server, Result::serverMicros);
        long errors = server.rounds().stream().mapToLong(Result::errors).sum();
        section.put("server", server.name())
                .put("perSecond", rate)
                .put("p50Millis", p50)
                .put("p99Millis", p99)
                .put("p99MillisOfSeconds", p99OfSeconds)
                .put("serverMicrosEach", cpu)
                .put("clientMicrosEach", client)
                .put("residentBytes", resident)
                .put("residentBytesMax", peak.max())
                .put("operationsPerSync", server.operationsPerSync())
                .put("errors", errors)
                .put("rateRatio", rateRatio)
                .put("p99Ratio", p99Ratio)
                .put("cpuRatio", cpuRatio);
        server.rounds().forEach(round -> round.put(section.add("rounds")));
        return List.of(
                server.name() + (errors == 0 ? "" : " (" + errors + " errors)"),
                rate.text("%,.0f"),
                p50.text("%.2f"),
                p99.text("%.2f"),
                p99OfSeconds.text("%.2f"),
                cpu.text("%.1f"),
                String.format(Locale.ROOT, "%.1f", client.median()),
                Figures.bytes((long) resident.median()),
                Figures.bytes((long) peak.max()),
                operationsPerSync(server.operationsPerSync()),
                rateRatio.text("%.2f"),
                p99Ratio.text("%.2f"),
                cpuRatio.text("%.2f"));
    }

    private List<String> partCells(PeerRounds server, int index, Report.Section section) {
        Spread rate = server.spread(result -> part(result, index).measured().perSecond());
        Spread p50 = server.spread(result -> part(result, index).millis(50));
        Spread p99 = server.spread(result -> part(result, index).millis(99));
        Spread max = server.spread(result -> part(result, index).millis(100));
        Spread p99OfSeconds = Spread.of(server.p99Millis(index));
        Spread rateRatio =
                ratios(server, result -> part(result, index).measured().perSecond());
        Spread p50Ratio = ratios(server, result -> part(result, index).millis(50));
        Spread p99Ratio = ratios(server, result -> part(result, index).millis(99));
        String operations = server.partNames().get(index);
        section.put("operations", operations)
                .put("perSecond", rate)
                .put("p50Millis", p50)
                .put("p99Millis", p99)
                .put("maxMillis", max)
                .put("p99MillisOfSeconds", p99OfSeconds)
                .put("rateRatio", rateRatio)
                .put("p50Ratio", p50Ratio)
                .put("p99Ratio", p99Ratio);
        return List.of(
                server.name(),
                operations,
                rate.text("%,.0f"),
                p50.text("%.2f"),
                p99.text("%.2f"),
                max.text("%.2f"),
                p99OfSeconds.text("%.2f"),
                rateRatio.text("%.2f"),
                p50Ratio.text("%.2f"),
                p99Ratio.text("%.2f"));
    }

    private void addCharts(Page page) {
        List<String> parts = succeeded.get(0).partNames();
        for (int i = 0; i < parts.size(); i++) {
            int index = i;
            Chart latencies = Charts.latencies("Latency of " + parts.get(index) + " by percentile, all rounds");
            Chart seconds = Charts.millisOverTime("p99 of " + parts.get(index) + " in each second, all rounds");
            for (PeerRounds server : succeeded) {
                latencies.add(Charts.latencyLine(server.name(), server.latencies(index)));
                seconds.add(Charts.overTime(server.name(), server.p99Millis(index), value -> value));
            }
            page.add(latencies).add(seconds);
        }
        Chart memory = Charts.memory("Resident memory of the server in each second, all rounds");
        succeeded.stream()
                .filter(server -> server.pid() != 0)
                .forEach(server -> memory.add(Charts.memoryLine(server.name(), server.residentBytes())));
        page.add(memory);
    }

    private static Part part(Result result, int index) {
        return result.all().get(index);
    }

    private static String operationsPerSync(double figure) {
        return figure < 0 ? "" : figure == 0 ? "no sync" : String.format(Locale.ROOT, "%,.1f", figure);
    }

    /** A figure of the first server divided by that of another, round by round. */
    private Spread ratios(PeerRounds to, ToDoubleFunction<Result> figure) {
        return succeeded.get(0).ratios(to, figure);
    }
}
