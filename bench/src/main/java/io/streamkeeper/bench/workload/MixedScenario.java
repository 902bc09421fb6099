package io.streamkeeper.bench.workload;

import io.streamkeeper.bench.load.LoadClient;
import io.streamkeeper.bench.load.Measurement;
import io.streamkeeper.bench.load.NumberedRange;
import io.streamkeeper.bench.load.NumberedRequest;
import io.streamkeeper.bench.load.Pacing;
import io.streamkeeper.bench.load.Target;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Writers at a fixed rate, catch-up readers in a closed loop and live readers, on the same streams. Writers and live
 * readers have one loop of the generator and catch-up readers another, so that reads do not delay the measurement of
 * the others. Each run has its own streams, which contain {@value #PRELOADED} messages at its beginning.
 */
public final class MixedScenario implements Scenario {
    static final int PRELOADED = 200;

    private static final int SETUP_CONNECTIONS = 64;
    private static final long SETUP_NANOS_MAX = TimeUnit.MINUTES.toNanos(5);
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Target target;
    private final Spec spec;
    private final byte[] message;
    private final LoadClient setup;
    private final LoadClient writers;
    private final LoadClient readers;
    private Requests requests;
    private List<Part> parts = List.of();
    private long missing;

    MixedScenario(Target target, Spec spec) {
        if (spec.rate() < 0 || (spec.producers() && spec.connections() > spec.streams())) {
            throw new IllegalArgumentException("rate is " + spec.rate() + " with " + spec.connections() + " writers of "
                    + spec.streams() + " streams; expected at least 0, and at most one producer for each stream");
        }
        this.target = target;
        this.spec = spec;
        this.message = Stamp.message(spec.bodyBytes());
        this.requests = newRequests();
        this.setup = new LoadClient(SETUP_CONNECTIONS, target.transport());
        this.writers = new LoadClient(spec.connections(), target.transport());
        this.readers = new LoadClient(Math.max(1, spec.readers().catchUp()), target.transport());
    }

    private Requests newRequests() {
        return Requests.of(target, "mixed", spec);
    }

    @Override
    public void prepare() {
        // Each run has its own streams.
    }

    @Override
    public void renew() throws IOException, InterruptedException {
        requests = newRequests();
        sendToEach(requests.create(), 1);
        sendToEach(requests.append(message), PRELOADED);
    }

    private void sendToEach(NumberedRequest request, int times) throws IOException, InterruptedException {
        Measurement sent = setup.run(
                target.http1Address(),
                new NumberedRange(request, 0, spec.streams(), times),
                Pacing.closedLoop(),
                Measurement.whole(),
                SETUP_NANOS_MAX);
        if (sent.failures() > 0) {
            throw new IOException("responses by status during the preparation of streams: " + sent.byStatus()
                    + "; expected 2xx for all");
        }
    }

    @Override
    public Measurement run(Measurement measurement, long nanos) throws IOException, InterruptedException {
        Measurement deliveries = Measurement.inWindows(WINDOW_NANOS);
        Measurement reads = Measurement.inWindows(WINDOW_NANOS);
        StreamWriters appends = new StreamWriters(
                requests.appendByProducer(message), message.length, spec.connections(), spec.streams());
        try (Followers followers = new Followers(writers, target, deliveries)) {
            for (int i = 0; i < spec.readers().subscribers(); i++) {
                followers.add(requests.path(i % spec.streams()), Follower.Mode.BASE64_EVENTS);
            }
            followers.awaitOpen();
            followers.begin();
            CompletableFuture<Void> read = startReads(reads, nanos);
            writers.run(target.http1Address(), appends, pacing(), measurement, nanos);
            LoadClient.await(read);
            missing = followers.awaitDeliveries(expectedDeliveries(appends));
        }
        parts = Stream.of(new Part("deliveries", deliveries), new Part("reads", reads))
                .filter(part -> part.measured().count() > 0)
                .toList();
        return measurement;
    }

    private CompletableFuture<Void> startReads(Measurement reads, long nanos) {
        int connections = spec.readers().catchUp();
        return connections == 0
                ? CompletableFuture.completedFuture(null)
                : readers.start(
                        target.http1Address(),
                        new StreamReaders(requests, connections, spec.streams()),
                        Pacing.closedLoop(),
                        reads,
                        nanos);
    }

    private Pacing pacing() {
        return new Pacing(spec.rate(), spec.readers().inStep() ? Pacing.Schedule.IN_STEP : Pacing.Schedule.EACH);
    }

    private long expectedDeliveries(StreamWriters appends) {
        long expected = 0;
        for (int i = 0; i < spec.readers().subscribers(); i++) {
            expected += appends.acknowledged(i % spec.streams());
        }
        return expected;
    }

    @Override
    public String operations() {
        return "appends";
    }

    @Override
    public List<Part> parts() {
        return parts;
    }

    @Override
    public long missing() {
        return missing;
    }

    @Override
    public void close() {
        setup.close();
        writers.close();
        readers.close();
    }
}
