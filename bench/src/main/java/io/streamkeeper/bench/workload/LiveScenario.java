package io.streamkeeper.bench.workload;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.streamkeeper.bench.load.LoadClient;
import io.streamkeeper.bench.load.Measurement;
import io.streamkeeper.bench.load.NumberedRange;
import io.streamkeeper.bench.load.Pacing;
import io.streamkeeper.bench.load.Target;
import io.streamkeeper.bench.load.Workload;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Readers that follow streams while messages are appended at a fixed rate. A latency is the time from the append to the
 * arrival of its message at one reader.
 */
public final class LiveScenario implements Scenario {
    private static final int WRITERS = 8;
    private static final long SETUP_NANOS_MAX = TimeUnit.MINUTES.toNanos(5);
    private static final long SETTLE_MILLIS = 500;
    private static final long DELIVERY_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);
    private static final long CHECK_MILLIS = 10;

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
                target.address(),
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
        CompletableFuture<Void> failure = new CompletableFuture<>();
        List<Follower> followers = new ArrayList<>();
        List<Channel> channels = connect(followers, measurement, failure);
        try {
            TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
            LoadClient.await(CompletableFuture.runAsync(() -> measurement.begin(System.nanoTime()), client.loop()));
            Measurement written =
                    client.run(target.address(), appends, new Pacing(spec.rate()), Measurement.whole(), nanos);
            if (written.failures() > 0) {
                throw new IOException("responses to appends by status: " + written.byStatus() + "; expected 2xx");
            }
            awaitDeliveries(measurement, written.count() * (spec.connections() / spec.streams()), failure);
        } finally {
            LoadClient.await(CompletableFuture.runAsync(() -> stop(followers, channels), client.loop()));
        }
        return measurement;
    }

    private List<Channel> connect(List<Follower> followers, Measurement measurement, CompletableFuture<Void> failure)
            throws IOException, InterruptedException {
        List<Channel> channels = new ArrayList<>();
        for (int i = 0; i < spec.connections(); i++) {
            Follower follower = new Follower(requests.path(i % spec.streams()), events, measurement, failure);
            ChannelFuture connected =
                    client.connect(target.address(), channel -> follower).await();
            if (!connected.isSuccess()) {
                throw new IOException("connection " + i + " failed: " + connected.cause());
            }
            followers.add(follower);
            channels.add(connected.channel());
        }
        return channels;
    }

    private void awaitDeliveries(Measurement measurement, long expected, CompletableFuture<Void> failure)
            throws IOException, InterruptedException {
        long limit = System.nanoTime() + DELIVERY_NANOS_MAX;
        long delivered = 0;
        while (delivered < expected && System.nanoTime() < limit) {
            delivered = CompletableFuture.supplyAsync(measurement::count, client.loop())
                    .join();
            if (failure.isDone()) {
                LoadClient.await(failure);
            }
            TimeUnit.MILLISECONDS.sleep(CHECK_MILLIS);
        }
        missing += Math.max(0, expected - delivered);
    }

    private static void stop(List<Follower> followers, List<Channel> channels) {
        for (int i = 0; i < channels.size(); i++) {
            followers.get(i).stop(channels.get(i));
        }
    }

    /** The number of messages that did not arrive at a reader. */
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
