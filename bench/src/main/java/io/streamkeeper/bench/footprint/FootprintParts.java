package io.streamkeeper.bench.footprint;

import io.streamkeeper.bench.footprint.Samples.Figure;
import io.streamkeeper.bench.load.LoadClient;
import io.streamkeeper.bench.load.Measurement;
import io.streamkeeper.bench.load.NumberedRange;
import io.streamkeeper.bench.load.NumberedRequest;
import io.streamkeeper.bench.load.Pacing;
import io.streamkeeper.bench.peer.RunningPeer;
import io.streamkeeper.bench.process.LiveHeap;
import io.streamkeeper.bench.workload.Kind;
import io.streamkeeper.bench.workload.Result;
import io.streamkeeper.bench.workload.Scenario;
import io.streamkeeper.bench.workload.Spec;
import io.streamkeeper.bench.workload.Subscribers;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * The parts of a footprint, each on a server that has just started. What one stream or subscriber takes is the
 * difference between all of them and half of them, divided by their number, so that neither the process nor its first
 * buffers count. It is measured as resident memory, which includes the unused part of a heap, and as live objects.
 */
final class FootprintParts {
    private static final int CONNECTIONS = 64;
    private static final int BODY_BYTES = 256;
    private static final int STREAM_BYTES = 100;
    private static final String TYPE = "Content-Type: application/octet-stream\r\n";
    private static final long FILL_NANOS_MAX = TimeUnit.MINUTES.toNanos(30);
    private static final long SETTLE_MILLIS = 2_000;
    private static final double MILLIS = 1e6;

    private final FootprintConfig config;

    FootprintParts(FootprintConfig config) {
        this.config = config;
    }

    void start(RunningPeer peer, Samples samples) throws IOException, InterruptedException {
        samples.add(Figure.START, peer.readyNanos() / MILLIS);
        settle();
        samples.add(Figure.IDLE, (double) peer.residentBytes());
    }

    void append(RunningPeer peer, Samples samples) throws IOException, InterruptedException {
        load(peer, Kind.APPEND, Spec.of(1, CONNECTIONS, BODY_BYTES));
        samples.add(Figure.APPEND, (double) peer.residentBytes());
        samples.add(Figure.APPEND_PEAK, (double) peer.residentBytesMax());
        settle();
        samples.add(Figure.APPEND_LATER, (double) peer.residentBytes());
    }

    void mixed(RunningPeer peer, Samples samples) throws IOException, InterruptedException {
        load(peer, Kind.MIXED, Kind.MIXED.defaults());
        samples.add(Figure.MIXED, (double) peer.residentBytes());
        samples.add(Figure.MIXED_PEAK, (double) peer.residentBytesMax());
        settle();
        samples.add(Figure.MIXED_LATER, (double) peer.residentBytes());
    }

    private void load(RunningPeer peer, Kind kind, Spec spec) throws IOException, InterruptedException {
        try (Scenario scenario = kind.newScenario(peer.target(), spec)) {
            scenario.prepare();
            Result result = Result.measure(scenario, peer.pid(), TimeUnit.SECONDS.toNanos(config.seconds()), false);
            if (result.errors() > 0) {
                throw new IOException(result.errors() + " requests failed under " + kind.title() + "; expected none");
            }
        }
    }

    void streams(RunningPeer peer, Samples samples) throws IOException, InterruptedException {
        int half = config.streams() / 2;
        create(peer, 0, half);
        Memory before = Memory.of(peer);
        create(peer, half, 2 * half);
        samples.add(Figure.STREAMS, (double) peer.residentBytes());
        Memory.of(peer).addEach(before, half, samples, Figure.STREAM, Figure.STREAM_LIVE);
        peer.restart();
        samples.add(Figure.RESTART, peer.readyNanos() / MILLIS);
        settle();
        samples.add(Figure.RESTARTED, (double) peer.residentBytes());
    }

    private static void create(RunningPeer peer, int from, int to) throws IOException, InterruptedException {
        NumberedRequest request = new NumberedRequest(
                "PUT", peer.target().root() + "idle-", "", TYPE, NumberedRequest.body(STREAM_BYTES));
        try (LoadClient client = new LoadClient(CONNECTIONS, peer.target().transport())) {
            Measurement created = client.run(
                    peer.target().http1Address(),
                    new NumberedRange(request, from, to),
                    Pacing.closedLoop(),
                    Measurement.whole(),
                    FILL_NANOS_MAX);
            if (created.failures() > 0) {
                throw new IOException("responses to creates by status: " + created.byStatus()
                        + "; expected 2xx for all " + (to - from));
            }
        }
    }

    void subscribers(RunningPeer peer, Samples samples) throws IOException, InterruptedException {
        int half = config.subscribers() / 2;
        try (Subscribers subscribers = new Subscribers(peer.target())) {
            subscribers.add(half);
            Memory before = Memory.of(peer);
            subscribers.add(half);
            Memory.of(peer).addEach(before, half, samples, Figure.SUBSCRIBER, Figure.SUBSCRIBER_LIVE);
        }
    }

    private static void settle() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
    }

    /** The memory of a server after a collection of its garbage, if it is a JVM: resident, and live objects. */
    private record Memory(long resident, OptionalLong live) {
        static Memory of(RunningPeer peer) throws IOException, InterruptedException {
            settle();
            LiveHeap.bytes(peer.pid()); // the first collection may leave an unused part of the heap resident
            OptionalLong live = LiveHeap.bytes(peer.pid());
            return new Memory(peer.residentBytes(), live);
        }

        void addEach(Memory before, int count, Samples samples, Figure ofResident, Figure ofLive) {
            samples.add(ofResident, (double) (resident - before.resident) / count);
            if (live.isPresent() && before.live.isPresent()) {
                samples.add(ofLive, (double) (live.getAsLong() - before.live.getAsLong()) / count);
            }
        }
    }
}
