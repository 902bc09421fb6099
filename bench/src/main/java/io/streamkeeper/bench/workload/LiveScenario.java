package io.streamkeeper.bench.workload;

import io.streamkeeper.bench.load.LoadClient;
import io.streamkeeper.bench.load.Measurement;
import io.streamkeeper.bench.load.NumberedRange;
import io.streamkeeper.bench.load.Pacing;
import io.streamkeeper.bench.load.Target;
import io.streamkeeper.bench.load.Workload;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Readers that follow streams while messages are appended at a fixed rate. A latency is the time from the append to the
 * arrival of its message at one reader.
 */
public final class LiveScenario implements Scenario {
    private static final int WRITERS = 8;
    private static final long SETUP_NANOS_MAX = TimeUnit.MINUTES.toNanos(5);
    private static final long SETTLE_MILLIS = 500;

    private final Target target;
    private final Spec spec;
    private final boolean events;
    private final Requests requests;
    private final Workload appends;
    private final LoadClient client;
    private long missing;

    private LiveScenario(Target target, Spec spec, boolean events) {
        if (spec.rate() <= 0) {
            throw new IllegalArgumentException("rate is " + spec.rate() + "; expected more than 0 for live reads");
        }
        this.target = target;
        this.spec = spec;
        this.events = events;
        this.requests = Requests.ofText(target, "live", spec);
        byte[] message = Stamp.message(spec.bodyBytes());
        this.appends = new Stamped(requests.append(message), message.length, spec.streams());
        this.client = new LoadClient(WRITERS);
    }

    /** Readers of server-sent events: {@code connections} readers of {@code streams} streams. */
    public static LiveScenario events(Target target, Spec spec) {
        return new LiveScenario(target, spec, true);
    }

    /** Readers that use long-polls. */
    public static LiveScenario longPoll(Target target, Spec spec) {
        return new LiveScenario(target, spec, false);
    }

    @Override
    public void prepare() throws IOException, InterruptedException {
        Measurement created = client.run(
                target.plainAddress(),
                new NumberedRange(requests.create(), 0, spec.streams()),
                Pacing.closedLoop(),
                Measurement.whole(),
                SETUP_NANOS_MAX);
        if (created.failures() > 0) {
            throw new IOException("responses to creates by status: " + created.byStatus() + "; expected 2xx");
        }
    }

    @Override
    public Measurement run(Measurement measurement, long nanos) throws IOException, InterruptedException {
        try (Followers followers = new Followers(client, target, measurement)) {
            for (int i = 0; i < spec.connections(); i++) {
                followers.add(
                        requests.path(i % spec.streams()), events ? Follower.Mode.EVENTS : Follower.Mode.LONG_POLL);
            }
            if (events) {
                followers.awaitOpen();
            } else {
                TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
            }
            followers.begin();
            Measurement written =
                    client.run(target.plainAddress(), appends, new Pacing(spec.rate()), Measurement.whole(), nanos);
            if (written.failures() > 0) {
                throw new IOException("responses to appends by status: " + written.byStatus() + "; expected 2xx");
            }
            missing = followers.awaitDeliveries(written.count() * (spec.connections() / spec.streams()));
        }
        return measurement;
    }

    @Override
    public long missing() {
        return missing;
    }

    @Override
    public String operations() {
        return "deliveries";
    }

    @Override
    public void close() {
        client.close();
    }
}
