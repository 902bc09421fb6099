package io.streamkeeper.bench.workload;

import io.streamkeeper.bench.load.Target;
import io.streamkeeper.bench.process.SizeConverter;
import io.streamkeeper.bench.report.Charts;
import io.streamkeeper.bench.report.Figures;
import io.streamkeeper.bench.report.Page;
import io.streamkeeper.bench.report.Report;
import io.streamkeeper.bench.report.ResultFiles;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Runs one workload on one server. */
@Command(mixinStandardHelpOptions = true, sortOptions = false)
public final class WorkloadCommand implements Callable<Integer> {
    private static final int SUSTAINED_SECONDS = 300;
    private static final int SECONDS = 15;
    private static final int PARTS = 3;

    @CommandLine.Spec
    private CommandSpec spec = CommandSpec.create();

    private final Kind kind;

    @Option(
            names = "--url",
            defaultValue = "http://127.0.0.1:4437/v1/stream/",
            description = "URL of the server's streams; https connects with TLS, and trusts every certificate. Default:"
                    + " ${DEFAULT-VALUE}")
    private String url = "";

    @Option(names = "--pid", description = "Process of the server, to measure its processor time and memory.")
    private long pid;

    @Option(names = "--streams", description = "Number of streams.")
    private int streams;

    @Option(names = "--connections", description = "Number of connections or, with live reads, of readers.")
    private int connections;

    @Option(
            names = "--http2",
            description = "Use HTTP/2: by ALPN with https, by prior knowledge with http. Not with live reads, which"
                    + " use HTTP/1.1.")
    private boolean http2;

    @Option(
            names = "--streams-per-connection",
            paramLabel = "N",
            defaultValue = "1",
            description = "With --http2: requests that are pending on one connection. Default: ${DEFAULT-VALUE}")
    private int streamsPerConnection;

    @Option(
            names = "--bytes",
            converter = SizeConverter.class,
            description = "Bytes of an append, or of a stream that is read, such as 256 or 10MiB.")
    private long bytes;

    @Option(names = "--batch", description = "Messages per append; with more than one, the streams are JSON.")
    private int batch;

    @Option(names = "--producers", description = "Append as idempotent producers.")
    private boolean producers;

    @Option(
            names = "--rate",
            description = "Requests per second, where the latency of a request counts from the time that it is due;"
                    + " 0 for a closed loop.")
    private double rate;

    @Option(
            names = "--readers",
            description = "Mixed only: number of connections that read whole streams in a closed loop.")
    private int readers;

    @Option(names = "--subscribers", description = "Mixed only: number of readers of server-sent events.")
    private int subscribers;

    @Option(
            names = "--in-step",
            description = "Mixed only: all writers send at the same times, instead of evenly spread.")
    private boolean inStep;

    @Option(
            names = "--warm-up",
            defaultValue = "5",
            description = "Seconds before the measurement. Default: ${DEFAULT-VALUE}")
    private int warmUpSeconds;

    @Option(names = "--seconds", description = "Length of the measurement in seconds.")
    private int seconds;

    @Mixin
    private ResultFiles files = new ResultFiles();

    private WorkloadCommand(Kind kind) {
        this.kind = kind;
        Spec defaults = kind.defaults();
        streams = defaults.streams();
        connections = defaults.connections();
        bytes = defaults.bodyBytes();
        batch = defaults.batch();
        rate = defaults.rate();
        producers = defaults.producers();
        readers = defaults.readers().catchUp();
        subscribers = defaults.readers().subscribers();
        seconds = kind.equals(Kind.SUSTAINED) ? SUSTAINED_SECONDS : SECONDS;
    }

    /** Adds a command for each workload. */
    public static void addTo(CommandLine line) {
        for (Kind kind : Kind.ALL) {
            CommandLine command = new CommandLine(new WorkloadCommand(kind));
            command.getCommandSpec().usageMessage().description(kind.description());
            line.addSubcommand(kind.title(), command);
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Report report = new Report(spec.commandLine().getOut());
        Spec.Readers others = new Spec.Readers(readers, subscribers, inStep);
        Spec size = new Spec(streams, connections, Math.toIntExact(bytes), batch, producers, rate, others);
        if (!kind.equals(Kind.MIXED) && !others.equals(Spec.Readers.NONE)) {
            throw new IllegalArgumentException(
                    "--readers, --subscribers or --in-step with " + kind.title() + "; expected them with mixed only");
        }
        Target target = target();
        report.print("%s on %s by %s: %s", kind.title(), url, target.transport(), size);
        try (Scenario scenario = kind.newScenario(target, size)) {
            scenario.prepare();
            if (warmUpSeconds > 0) {
                Result.measure(scenario, pid, TimeUnit.SECONDS.toNanos(warmUpSeconds), true);
            }
            Result result = Result.measure(scenario, pid, TimeUnit.SECONDS.toNanos(seconds), true);
            result.print(report);
            printDrift(report, result);
            report.root()
                    .put("workload", kind.title())
                    .put("url", url)
                    .put("transport", target.transport().toString())
                    .put("size", size.toString());
            result.put(report.root());
            files.write(report, page(size, result));
            return result.errors() == 0 ? 0 : 1;
        }
    }

    private Target target() {
        Target target = Target.of(url);
        if (!http2 && streamsPerConnection != 1) {
            throw new IllegalArgumentException(
                    "--streams-per-connection is " + streamsPerConnection + " without --http2; expected both");
        }
        return http2 ? target.overHttp2(streamsPerConnection) : target;
    }

    private void printDrift(Report report, Result result) {
        var windows = result.measured().windows();
        if (!kind.equals(Kind.SUSTAINED) || windows.size() < PARTS) {
            return;
        }
        int part = windows.size() / PARTS;
        Histogram first = new Histogram(2);
        Histogram last = new Histogram(2);
        windows.subList(0, part).forEach(first::add);
        windows.subList(windows.size() - part, windows.size()).forEach(last::add);
        var memory = result.residentBytes();
        report.print(
                "last third against first: p50 x %.2f, p99 x %.2f, resident memory x %.2f",
                ratio(last.getValueAtPercentile(50), first.getValueAtPercentile(50)),
                ratio(last.getValueAtPercentile(99), first.getValueAtPercentile(99)),
                memory.size() < 2 ? 1 : ratio(memory.get(memory.size() - 1), memory.get(memory.size() / PARTS)));
    }

    private static double ratio(long of, long to) {
        return to == 0 ? 0 : (double) of / to;
    }

    private Page page(Spec size, Result result) {
        Page page = new Page(kind.title() + " on " + url, size.toString());
        page.table(
                List.of("operations", "per second", "p50", "p90", "p99", "p99.9", "max", "p99 of a second"),
                result.all().stream().map(WorkloadCommand::cells).toList());
        page.table(
                List.of("errors", "server µs/op", "resident", "peak"),
                List.of(List.of(
                        Long.toString(result.errors()),
                        String.format(Locale.ROOT, "%.1f", result.serverMicros()),
                        Figures.bytes(result.residentBytesAtEnd()),
                        Figures.bytes(result.residentBytesMax()))));
        for (Part part : result.all()) {
            page.heading(part.name());
            page.add(Charts.latencies(
                    "Latency by percentile", part.name(), part.measured().latencies()));
            page.add(Charts.rates("Throughput", part.name(), part.measured().windows()));
            page.add(Charts.percentiles("Latency over time", part.measured().windows()));
        }
        if (!result.residentBytes().isEmpty()) {
            page.heading("memory")
                    .add(Charts.memory("Resident memory of the server")
                            .add(Charts.memoryLine("resident", result.residentBytes())));
        }
        return page;
    }

    private static List<String> cells(Part part) {
        Histogram latencies = part.measured().latencies();
        return List.of(
                part.name(),
                String.format(Locale.ROOT, "%,.0f", part.measured().perSecond()),
                Figures.millis(latencies.getValueAtPercentile(50)),
                Figures.millis(latencies.getValueAtPercentile(90)),
                Figures.millis(latencies.getValueAtPercentile(99)),
                Figures.millis(latencies.getValueAtPercentile(99.9)),
                Figures.millis(latencies.getMaxValue()),
                part.p99OfSeconds().text("%.2f ms"));
    }
}
