package io.streamkeeper.bench.workload;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.bench.load.LoadClient;
import io.streamkeeper.bench.load.Measurement;
import io.streamkeeper.bench.load.NumberedRange;
import io.streamkeeper.bench.load.Pacing;
import io.streamkeeper.bench.load.Target;
import io.streamkeeper.bench.load.Workload;
import io.streamkeeper.bench.receiver.Receiver;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Appends to streams each of which has a subscription of its own, whose webhooks a receiver in this process answers with
 * "done" at once. Everything is on one loop.
 */
public final class WebhookScenario implements Scenario {
    private static final long SETUP_NANOS_MAX = TimeUnit.MINUTES.toNanos(5);
    private static final long DELIVERY_NANOS_MAX = TimeUnit.SECONDS.toNanos(10);
    private static final long CHECK_MILLIS = 10;
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Target target;
    private final Spec spec;
    private final Requests requests;
    private final LoadClient client;
    private final WebhookAppends appends;
    private List<Part> parts = List.of();
    private long missing;

    WebhookScenario(Target target, Spec spec) {
        this.target = target;
        this.spec = spec;
        this.requests = Requests.of(target, "webhooks", spec);
        this.client = new LoadClient(spec.connections(), target.transport());
        this.appends = new WebhookAppends(requests.append(), spec.streams(), spec.connections());
    }

    @Override
    public void prepare() throws IOException, InterruptedException {
        Receiver receiver = Receiver.start(client.loop(), 0, Receiver.Answer.DONE, this::arrived);
        sendToEach(new NumberedRange(requests.create(), 0, spec.streams()), "creates");
        sendToEach(new SubscriptionCreates(target, requests, receiver.url(), spec.streams()), "subscriptions");
    }

    private void sendToEach(Workload workload, String what) throws IOException, InterruptedException {
        Measurement sent =
                client.run(target.http1Address(), workload, Pacing.closedLoop(), Measurement.whole(), SETUP_NANOS_MAX);
        if (sent.failures() > 0) {
            throw new IOException("responses to " + what + " by status: " + sent.byStatus()
                    + "; expected 2xx (a server of this project needs --allow-local-webhooks)");
        }
    }

    private void arrived(ByteBuf body) {
        long now = System.nanoTime();
        try {
            WebhookBody.read(body, (path, tail) -> appends.delivered(path, tail, now));
        } catch (IOException e) {
            throw new IllegalArgumentException("a webhook has no body of the protocol: " + e.getMessage(), e);
        }
    }

    @Override
    public Measurement run(Measurement measurement, long nanos) throws IOException, InterruptedException {
        Measurement appended = Measurement.inWindows(WINDOW_NANOS);
        onLoop(() -> {
            measurement.begin(System.nanoTime());
            appends.begin(measurement);
        });
        client.run(target.http1Address(), appends, new Pacing(spec.rate()), appended, nanos);
        if (appended.failures() > 0) {
            throw new IOException("responses to appends by status: " + appended.byStatus() + "; expected 2xx");
        }
        missing = awaitDeliveries();
        parts = List.of(new Part("appends", appended));
        return measurement;
    }

    private void onLoop(Runnable task) throws IOException, InterruptedException {
        LoadClient.await(CompletableFuture.runAsync(task, client.loop()));
    }

    /** Waits until webhooks have named all appends, for a limited time; returns the number of missing ones. */
    private long awaitDeliveries() throws InterruptedException {
        long limit = System.nanoTime() + DELIVERY_NANOS_MAX;
        long open = open();
        while (open > 0 && System.nanoTime() < limit) {
            TimeUnit.MILLISECONDS.sleep(CHECK_MILLIS);
            open = open();
        }
        return open;
    }

    private long open() {
        return CompletableFuture.supplyAsync(appends::open, client.loop()).join();
    }

    @Override
    public String operations() {
        return "webhooks";
    }

    @Override
    public List<Part> parts() {
        return parts;
    }

    @Override
    public long missing() {
        return missing;
    }

    /** Stops the receiver too. The subscriptions remain, with nothing to do. */
    @Override
    public void close() {
        client.close();
    }
}
