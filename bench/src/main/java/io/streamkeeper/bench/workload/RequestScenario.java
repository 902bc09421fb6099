package io.streamkeeper.bench.workload;

import io.streamkeeper.bench.load.LoadClient;
import io.streamkeeper.bench.load.Measurement;
import io.streamkeeper.bench.load.NumberedRange;
import io.streamkeeper.bench.load.NumberedRequest;
import io.streamkeeper.bench.load.Pacing;
import io.streamkeeper.bench.load.RandomPick;
import io.streamkeeper.bench.load.Target;
import io.streamkeeper.bench.load.Workload;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Connections that send requests in a closed loop or at a fixed rate. */
public final class RequestScenario implements Scenario {
    private static final long PREPARE_NANOS_MAX = TimeUnit.MINUTES.toNanos(30);
    private static final int PREPARE_CONNECTIONS = 64;
    private static final long SEED = 1;
    private static final int PIECE_BYTES = 1 << 20;

    /** Creates the streams that the workload needs. */
    private interface Preparation {
        void run(RequestScenario scenario) throws IOException, InterruptedException;
    }

    private final Target target;
    private final Spec spec;
    private final String operations;
    private final Workload workload;
    private final Preparation preparation;
    private final LoadClient client;

    private RequestScenario(Target target, Spec spec, String operations, Workload workload, Preparation preparation) {
        this.target = target;
        this.spec = spec;
        this.operations = operations;
        this.workload = workload;
        this.preparation = preparation;
        this.client = new LoadClient(spec.connections(), target.transport());
    }

    /** Appends to existing streams. */
    public static RequestScenario append(Target target, Spec spec) {
        Requests requests = Requests.of(target, "append", spec);
        return append(target, requests, requests.create(), spec);
    }

    /** The same with paths of two segments. Each stream has a message, so that its subscriptions begin with work. */
    public static RequestScenario appendGrouped(Target target, Spec spec) {
        Requests requests = Requests.grouped(target, "append", spec);
        return append(target, requests, requests.create(NumberedRequest.body(spec.bodyBytes())), spec);
    }

    private static RequestScenario append(Target target, Requests requests, NumberedRequest create, Spec spec) {
        return new RequestScenario(
                target,
                spec,
                "appends",
                spec.producers()
                        ? new ProducerAppends(requests.append(), exchanges(target, spec), SEED)
                        : new RandomPick(requests.append(), RandomPick.all(spec.streams()), SEED),
                scenario -> scenario.sendEach(create, 0, spec.streams()));
    }

    /** Creates empty streams. */
    public static RequestScenario create(Target target, Spec spec) {
        Requests requests = Requests.of(target, "create", spec);
        return new RequestScenario(target, spec, "creates", allNumbers(requests.create()), scenario -> {});
    }

    /** Reads streams of {@code bodyBytes} that were just written. */
    public static RequestScenario readHot(Target target, Spec spec) {
        Requests requests = Requests.of(target, "read", spec);
        NumberedRequest create = requests.create(NumberedRequest.body(spec.bodyBytes()));
        return new RequestScenario(
                target,
                spec,
                "reads",
                new RandomPick(requests.read(), RandomPick.all(spec.streams()), SEED),
                scenario -> scenario.sendEach(create, 0, spec.streams()));
    }

    /** Reads streams of {@code bodyBytes} whole. */
    public static RequestScenario catchUp(Target target, Spec spec) {
        Requests requests = Requests.of(target, "catch-up", spec);
        int pieces = Math.max(1, spec.bodyBytes() / PIECE_BYTES);
        int pieceBytes = spec.bodyBytes() / pieces;
        NumberedRequest append = requests.append(NumberedRequest.body(pieceBytes));
        return new RequestScenario(
                target,
                spec,
                "streams read",
                new CatchUps(requests, exchanges(target, spec), (long) pieces * pieceBytes),
                scenario -> {
                    scenario.sendEach(requests.create(), 0, spec.streams());
                    for (int piece = 0; piece < pieces; piece++) {
                        scenario.sendEach(append, 0, spec.streams());
                    }
                });
    }

    /** Creates streams, appends to each ten times, reads it, and deletes it. */
    public static RequestScenario churn(Target target, Spec spec) {
        Requests requests = Requests.of(target, "churn", spec);
        return new RequestScenario(
                target, spec, "requests", new Lifecycles(requests, exchanges(target, spec)), scenario -> {});
    }

    /** The size for a workload that has state for each exchange: with each of them in place of a connection. */
    private static Spec exchanges(Target target, Spec spec) {
        return spec.over(
                Math.multiplyExact(spec.connections(), target.transport().streams()));
    }

    /** All stream numbers in order; each run continues after the last number of the run before. */
    private static NumberedRange allNumbers(NumberedRequest request) {
        return new NumberedRange(request, 0, NumberedRequest.NUMBER_MAX + 1);
    }

    private void sendEach(NumberedRequest request, int from, int to) throws IOException, InterruptedException {
        try (LoadClient preparing = new LoadClient(
                1
                        + (Math.min(PREPARE_CONNECTIONS, to - from) - 1)
                                / target.transport().streams(),
                target.transport())) {
            Measurement measured = preparing.run(
                    target.address(),
                    new NumberedRange(request, from, to),
                    Pacing.closedLoop(),
                    Measurement.whole(),
                    PREPARE_NANOS_MAX);
            if (measured.failures() > 0 || measured.count() != to - from) {
                throw new IOException("responses by status during the preparation of streams: " + measured.byStatus()
                        + "; expected 2xx for all " + (to - from));
            }
        }
    }

    @Override
    public void prepare() throws IOException, InterruptedException {
        preparation.run(this);
    }

    @Override
    public Measurement run(Measurement measurement, long nanos) throws IOException, InterruptedException {
        return client.run(target.address(), workload, new Pacing(spec.rate()), measurement, nanos);
    }

    @Override
    public String operations() {
        return operations;
    }

    @Override
    public void close() {
        client.close();
    }
}
