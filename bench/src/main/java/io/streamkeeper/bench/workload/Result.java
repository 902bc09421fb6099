package io.streamkeeper.bench.workload;

import io.streamkeeper.bench.load.Measurement;
import io.streamkeeper.bench.process.ProcessWatch;
import io.streamkeeper.bench.report.Figures;
import io.streamkeeper.bench.report.Report;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * The result of one run of a workload.
 *
 * @param serverSeconds processor time of the server, 0 if its process is not known
 * @param clientSeconds processor time of the load generator
 * @param residentBytes resident memory of the server at each second
 * @param missing messages that did not arrive at live readers
 */
public record Result(
        String operations,
        Measurement measured,
        double serverSeconds,
        double clientSeconds,
        List<Long> residentBytes,
        long missing) {
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final double MICROS = 1e6;

    /** Copies the list. */
    public Result {
        residentBytes = List.copyOf(residentBytes);
    }

    /** Runs a workload once, with or without a progress line. */
    public static Result measure(Scenario scenario, long pid, long nanos, boolean showsProgress)
            throws IOException, InterruptedException {
        try (ProcessWatch server = new ProcessWatch(pid);
                ProcessWatch client = new ProcessWatch(ProcessHandle.current().pid())) {
            Measurement measurement = Measurement.inWindows(WINDOW_NANOS);
            if (showsProgress) {
                measurement.reportTo(new ProgressLine());
            }
            Measurement measured = scenario.run(measurement, nanos);
            long missing = scenario instanceof LiveScenario live ? live.missing() : 0;
            return new Result(
                    scenario.operations(),
                    measured,
                    server.usedSeconds(),
                    client.usedSeconds(),
                    server.residentBytes(),
                    missing);
        }
    }

    /** Processor time of the server per operation, in microseconds. */
    public double serverMicros() {
        return measured.count() == 0 ? 0 : serverSeconds * MICROS / measured.count();
    }

    /** Resident memory of the server at the end. */
    public long residentBytesAtEnd() {
        return residentBytes.isEmpty() ? 0 : residentBytes.get(residentBytes.size() - 1);
    }

    /** Responses other than 2xx, and missing messages. */
    public long errors() {
        return measured.failures() + missing;
    }

    /** Prints two lines. */
    public void print(Report report) {
        Histogram latencies = measured.latencies();
        report.print(
                "%,.0f %s/s, %s/s received; p50 %s, p90 %s, p99 %s, p99.9 %s, max %s; %,d errors%s",
                measured.perSecond(),
                operations,
                Figures.bytes((long) (measured.receivedBytes() / Math.max(measured.seconds(), 1e-9))),
                Figures.millis(latencies.getValueAtPercentile(50)),
                Figures.millis(latencies.getValueAtPercentile(90)),
                Figures.millis(latencies.getValueAtPercentile(99)),
                Figures.millis(latencies.getValueAtPercentile(99.9)),
                Figures.millis(latencies.getMaxValue()),
                errors(),
                errors() == 0 ? "" : " (by status " + measured.byStatus() + ", missing " + missing + ")");
        String server = serverSeconds == 0
                ? "server not measured (--pid)"
                : String.format(
                        Locale.ROOT,
                        "server %.2f cores, %.1f µs per operation, resident %s",
                        serverSeconds / measured.seconds(),
                        serverMicros(),
                        Figures.bytes(residentBytesAtEnd()));
        report.print("%s; client %.2f cores", server, clientSeconds / measured.seconds());
    }

    /** Puts the same figures, and those of each second. */
    public void put(Report.Section section) {
        section.put("operations", operations)
                .put("perSecond", measured.perSecond())
                .put("receivedBytes", measured.receivedBytes())
                .put("errors", errors())
                .put("serverCpuSeconds", serverSeconds)
                .put("serverMicrosEach", serverMicros())
                .put("clientCpuSeconds", clientSeconds)
                .put("residentBytes", residentBytesAtEnd())
                .put(measured.latencies());
        List<Histogram> windows = measured.windows();
        for (int second = 0; second < windows.size(); second++) {
            section.add("seconds")
                    .put("count", windows.get(second).getTotalCount())
                    .put("p50Nanos", windows.get(second).getValueAtPercentile(50))
                    .put("p99Nanos", windows.get(second).getValueAtPercentile(99))
                    .put("residentBytes", second < residentBytes.size() ? residentBytes.get(second) : 0L);
        }
    }
}
