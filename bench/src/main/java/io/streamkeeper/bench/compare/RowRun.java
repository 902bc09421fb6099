package io.streamkeeper.bench.compare;

import io.streamkeeper.bench.report.Charts;
import io.streamkeeper.bench.report.Figures;
import io.streamkeeper.bench.report.Page;
import io.streamkeeper.bench.report.Report;
import io.streamkeeper.bench.report.Spread;
import io.streamkeeper.bench.workload.Result;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** Runs one row: in each round every server in turn, in alternating order. */
final class RowRun {
    private static final long DISK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int COUNT_SECONDS = 3;
    private static final int COUNT_MARGIN_SECONDS = 1;
    private static final double MILLIS = 1e6;

    private final Row row;
    private final CompareConfig config;
    private final Report report;

    RowRun(Row row, CompareConfig config, Report report) {
        this.row = row;
        this.config = config;
        this.report = report;
    }

    void run(List<Peer> peers, Page page) throws IOException, InterruptedException {
        List<PeerRounds> servers = new ArrayList<>();
        try {
            for (Peer peer : peers) {
                if (peer.isFloor() && row.isPaced()) {
                    continue;
                }
                PeerRounds server = new PeerRounds(RunningPeer.start(peer, config.directory()), row);
                servers.add(server);
                server.prepare(TimeUnit.SECONDS.toNanos(config.warmUpSeconds()));
            }
            double diskBefore = DiskRate.syncsPerSecond(config.directory(), DISK_NANOS);
            for (int round = 0; round < config.rounds(); round++) {
                for (int turn = 0; turn < servers.size(); turn++) {
                    int index = round % 2 == 0 ? turn : servers.size() - 1 - turn;
                    servers.get(index).round(TimeUnit.SECONDS.toNanos(config.seconds()));
                }
            }
            double diskAfter = DiskRate.syncsPerSecond(config.directory(), DISK_NANOS);
            if (config.countsSyncs()) {
                for (PeerRounds server : servers) {
                    countSyncs(server);
                }
            }
            print(servers, diskBefore, diskAfter, page);
        } finally {
            for (PeerRounds server : servers) {
                server.close();
            }
        }
    }

    /** Counts the syncs of a server under load. */
    private static void countSyncs(PeerRounds server) throws InterruptedException {
        if (server.pid() == 0 || !server.failure().isEmpty()) {
            return;
        }
        ExecutorService counter = Executors.newSingleThreadExecutor();
        try {
            Future<Long> syncs =
                    counter.submit(() -> SyncCounter.count(server.pid(), COUNT_SECONDS + 2 * COUNT_MARGIN_SECONDS));
            TimeUnit.SECONDS.sleep(COUNT_MARGIN_SECONDS);
            server.runWhileCounting(TimeUnit.SECONDS.toNanos(COUNT_SECONDS), syncs);
        } finally {
            counter.shutdownNow();
        }
    }

    private void print(List<PeerRounds> servers, double diskBefore, double diskAfter, Page page) {
        report.print("%n%s: %s %s", row.name(), row.kind().description(), row.spec());
        Report.Section section = report.root()
                .add("rows")
                .put("row", row.name())
                .put("spec", row.spec().toString())
                .put("diskSyncsPerSecondBefore", diskBefore)
                .put("diskSyncsPerSecondAfter", diskAfter);
        List<List<String>> cells = new ArrayList<>();
        PeerRounds first = servers.get(0);
        for (PeerRounds server : servers) {
            if (server.failure().isEmpty()) {
                cells.add(cells(server, first, section.add("servers")));
            } else {
                report.print("%s failed: %s", server.name(), server.failure());
                section.add("servers").put("server", server.name()).put("failure", server.failure());
            }
        }
        List<String> columns = List.of(
                "server",
                "per second",
                "p50 ms",
                "p99 ms",
                "server µs/op",
                "client µs/op",
                "resident",
                "operations per sync",
                "first / this: rate",
                "p99",
                "CPU");
        report.table(columns, cells);
        report.print("disk: %,.0f syncs/s before, %,.0f after", diskBefore, diskAfter);
        page.heading(row.name() + ": " + row.spec()).table(columns, cells);
        var chart = Charts.latencies("Latency by percentile, all rounds");
        servers.stream()
                .filter(server -> server.failure().isEmpty())
                .forEach(server -> chart.add(Charts.latencyLine(server.name(), server.latencies())));
        page.add(chart);
    }

    private List<String> cells(PeerRounds server, PeerRounds first, Report.Section section) {
        Spread rate = server.spread(result -> result.measured().perSecond());
        Spread p50 = server.spread(result -> percentile(result, 50));
        Spread p99 = server.spread(result -> percentile(result, 99));
        Spread cpu = server.spread(Result::serverMicros);
        Spread client = server.spread(RowRun::clientMicros);
        Spread resident = server.spread(Result::residentBytesAtEnd);
        Spread rateRatio = ratios(first, server, result -> result.measured().perSecond());
        Spread p99Ratio = ratios(first, server, result -> percentile(result, 99));
        Spread cpuRatio = ratios(first, server, Result::serverMicros);
        long errors = server.rounds().stream().mapToLong(Result::errors).sum();
        section.put("server", server.name())
                .put("perSecond", rate)
                .put("p50Millis", p50)
                .put("p99Millis", p99)
                .put("serverMicrosEach", cpu)
                .put("clientMicrosEach", client)
                .put("residentBytes", resident)
                .put("operationsPerSync", server.operationsPerSync())
                .put("errors", errors)
                .put("rateRatio", rateRatio)
                .put("p99Ratio", p99Ratio)
                .put("cpuRatio", cpuRatio);
        return List.of(
                server.name() + (errors == 0 ? "" : " (" + errors + " errors)"),
                rate.text("%,.0f"),
                p50.text("%.2f"),
                p99.text("%.2f"),
                cpu.text("%.1f"),
                String.format(Locale.ROOT, "%.1f", client.median()),
                Figures.bytes((long) resident.median()),
                operationsPerSync(server.operationsPerSync()),
                rateRatio.text("%.2f"),
                p99Ratio.text("%.2f"),
                cpuRatio.text("%.2f"));
    }

    private static String operationsPerSync(double figure) {
        return figure < 0 ? "" : figure == 0 ? "no sync" : String.format(Locale.ROOT, "%,.1f", figure);
    }

    private static double percentile(Result result, double percentile) {
        return result.measured().latencies().getValueAtPercentile(percentile) / MILLIS;
    }

    private static double clientMicros(Result result) {
        return result.measured().count() == 0
                ? 0
                : result.clientSeconds() * MILLIS / result.measured().count();
    }

    /** Divides a figure of one server by that of the other, round by round. */
    private static Spread ratios(PeerRounds of, PeerRounds to, ToDoubleFunction<Result> figure) {
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < Math.min(of.rounds().size(), to.rounds().size()); round++) {
            double divisor = figure.applyAsDouble(to.rounds().get(round));
            ratios.add(divisor == 0 ? 0 : figure.applyAsDouble(of.rounds().get(round)) / divisor);
        }
        return Spread.of(ratios);
    }
}
