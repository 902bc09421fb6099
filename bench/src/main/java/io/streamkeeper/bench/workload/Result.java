package io.streamkeeper.bench.workload;

import io.streamkeeper.bench.load.Measurement;
import io.streamkeeper.bench.process.ProcessWatch;
import io.streamkeeper.bench.report.Figures;
import io.streamkeeper.bench.report.Report;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * The result of one run of a workload.
 *
 * @param serverSeconds processor time of the server, 0 if its process is not known
 * @param clientSeconds processor time of the load generator
 * @param residentBytes resident memory of the server at each second
 * @param residentBytesMax the highest resident memory of the server since its start
 * @param parts what the run measured besides
 * @param missing messages that did not arrive at live readers
 */
public record Result(
        String operations,
        Measurement measured,
        List<Part> parts,
        double serverSeconds,
        double clientSeconds,
        List<Long> residentBytes,
        long residentBytesMax,
        long missing) {
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final double MICROS = 1e6;

    /** Copies the lists. */
    public Result {
        parts = List.copyOf(parts);
        residentBytes = List.copyOf(residentBytes);
    }

    /** Runs a workload once, with or without a progress line. */
    public static Result measure(Scenario scenario, long pid, long nanos, boolean showsProgress)
            throws IOException, InterruptedException {
        scenario.renew();
        try (ProcessWatch server = new ProcessWatch(pid);
                ProcessWatch client = new ProcessWatch(ProcessHandle.current().pid())) {
            Measurement measurement = Measurement.inWindows(WINDOW_NANOS);
            if (showsProgress) {
                measurement.reportTo(new ProgressLine());
            }
            Measurement measured = scenario.run(measurement, nanos);
            return new Result(
                    scenario.operations(),
                    measured,
                    scenario.parts(),
                    server.usedSeconds(),
                    client.usedSeconds(),
                    server.residentBytes(),
                    server.residentBytesMax(),
                    scenario.missing());
        }
    }

    /** The number of all operations, those of the parts included. */
    public long count() {
        return measured.count()
                + parts.stream().mapToLong(part -> part.measured().count()).sum();
    }

    /** Processor time of the server per operation, in microseconds. */
    public double serverMicros() {
        return serverSeconds * MICROS / Math.max(1, count());
    }

    /** Processor time of the load generator per operation, in microseconds. */
    public double clientMicros() {
        return clientSeconds * MICROS / Math.max(1, count());
    }

    /** Resident memory of the server at the end. */
    public long residentBytesAtEnd() {
        return residentBytes.isEmpty() ? 0 : residentBytes.get(residentBytes.size() - 1);
    }

    /** Responses other than 2xx, and missing messages. */
    public long errors() {
        return measured.failures()
                + parts.stream().mapToLong(part -> part.measured().failures()).sum()
                + missing;
    }

    /** All kinds of operations, first those of the measurement. */
    public List<Part> all() {
        return Stream.concat(Stream.of(new Part(operations, measured)), parts.stream())
                .toList();
    }

    /** Prints a line for each kind of operations, and one for the processes. */
    public void print(Report report) {
        all().forEach(part -> print(part, report));
        if (errors() > 0) {
            report.print("%,d errors (by status %s, missing %d)", errors(), measured.byStatus(), missing);
        }
        String server = serverSeconds == 0
                ? "server not measured (--pid)"
                : String.format(
                        Locale.ROOT,
                        "server %.2f cores, %.1f µs per operation, resident %s, at most %s",
                        serverSeconds / measured.seconds(),
                        serverMicros(),
                        Figures.bytes(residentBytesAtEnd()),
                        Figures.bytes(residentBytesMax));
        report.print("%s; client %.2f cores", server, clientSeconds / measured.seconds());
    }

    private static void print(Part part, Report report) {
        Measurement measured = part.measured();
        Histogram latencies = measured.latencies();
        report.print(
                "%,.0f %s/s, %s/s received; p50 %s, p90 %s, p99 %s, p99.9 %s, max %s; p99 of a second %s",
                measured.perSecond(),
                part.name(),
                Figures.bytes((long) (measured.receivedBytes() / Math.max(measured.seconds(), 1e-9))),
                Figures.millis(latencies.getValueAtPercentile(50)),
                Figures.millis(latencies.getValueAtPercentile(90)),
                Figures.millis(latencies.getValueAtPercentile(99)),
                Figures.millis(latencies.getValueAtPercentile(99.9)),
                Figures.millis(latencies.getMaxValue()),
                part.p99OfSeconds().text("%.2f ms"));
    }

    /** Puts the same figures, and those of each second. */
    public void put(Report.Section section) {
        section.put("operations", operations)
                .put("errors", errors())
                .put("serverCpuSeconds", serverSeconds)
                .put("serverMicrosEach", serverMicros())
                .put("clientCpuSeconds", clientSeconds)
                .put("residentBytes", residentBytesAtEnd())
                .put("residentBytesMax", residentBytesMax);
        new Part(operations, measured).put(section);
        for (int second = 0; second < residentBytes.size(); second++) {
            section.add("memory").put("second", second).put("residentBytes", residentBytes.get(second));
        }
        parts.forEach(part -> part.put(section.add("parts").put("operations", part.name())));
    }
}
