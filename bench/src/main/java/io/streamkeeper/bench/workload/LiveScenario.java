package io.streamkeeper.bench.workload;

import io.streamkeeper.bench.load.LoadClient;
import io.streamkeeper.bench.load.Measurement;
import io.streamkeeper.bench.load.NumberedRange;
import io.streamkeeper.bench.load.Pacing;
import io.streamkeeper.bench.load.Target;
import io.streamkeeper.bench.load.Workload;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Readers that follow streams while messages are appended. A latency is the time from the append to the
 * arrival of its message at one reader.
 */
public final class LiveScenario implements Scenario {
    private static final int WRITERS = 8;

    /** Enough of them for a server to be busy in a closed loop. */
    private static final int CLOSED_LOOP_WRITERS = 64;

    private static final long SETUP_NANOS_MAX = TimeUnit.MINUTES.toNanos(5);
    private static final long SETTLE_MILLIS = 500;

    private final Target target;
    private final Spec spec;
    private final How how;
    private final Requests requests;
    private final Workload appends;
    private final LoadClient client;
    private long missing;

    private enum How {
        LONG_POLL,
        EVENTS,
        EVENTS_OF_MANY
    }

    private LiveScenario(Target target, Spec spec, How how) {
        if (spec.rate() <= 0 && how == How.LONG_POLL) {
            throw new IllegalArgumentException("rate is " + spec.rate() + "; expected more than 0 for long-polls");
        }
        this.target = target;
        this.spec = spec;
        this.how = how;
        this.requests = Requests.ofText(target, "live", spec);
        byte[] message = Stamp.message(spec.bodyBytes());
        this.appends = new Stamped(requests.append(message), message.length, spec.streams());
        this.client = new LoadClient(spec.rate() <= 0 ? CLOSED_LOOP_WRITERS : WRITERS, target.transport());
    }

    /** Readers of server-sent events: {@code connections} readers of {@code streams} streams. */
    public static LiveScenario events(Target target, Spec spec) {
        return new LiveScenario(target, spec, How.EVENTS);
    }

    /** Readers of server-sent events: {@code connections} readers, each of all {@code streams} streams. */
    public static LiveScenario eventsOfMany(Target target, Spec spec) {
        return new LiveScenario(target, spec, How.EVENTS_OF_MANY);
    }

    /** Readers that use long-polls. */
    public static LiveScenario longPoll(Target target, Spec spec) {
        return new LiveScenario(target, spec, How.LONG_POLL);
    }

    @Override
    public void prepare() throws IOException, InterruptedException {
        Measurement created = client.run(
                target.http1Address(),
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
                add(followers, i);
            }
            if (how == How.LONG_POLL) {
                TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
            } else {
                followers.awaitOpen();
            }
            followers.begin();
            Pacing pacing = spec.rate() <= 0 ? Pacing.closedLoop() : new Pacing(spec.rate());
            Measurement written = client.run(target.http1Address(), appends, pacing, Measurement.whole(), nanos);
            if (written.failures() > 0) {
                throw new IOException("responses to appends by status: " + written.byStatus() + "; expected 2xx");
            }
            int copies = how == How.EVENTS_OF_MANY ? spec.connections() : spec.connections() / spec.streams();
            missing = followers.awaitDeliveries(written.count() * copies);
        }
        return measurement;
    }

    private void add(Followers followers, int reader) throws IOException, InterruptedException {
        switch (how) {
            case LONG_POLL -> followers.add(requests.path(reader % spec.streams()), Follower.Mode.LONG_POLL);
            case EVENTS -> followers.add(requests.path(reader % spec.streams()), Follower.Mode.EVENTS);
            case EVENTS_OF_MANY -> {
                int begin = target.root().length();
                followers.addMany(IntStream.range(0, spec.streams())
                        .mapToObj(stream -> requests.path(stream).substring(begin) + "@now")
                        .toList());
            }
        }
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
