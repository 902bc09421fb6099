package io.streamkeeper.bench.workload;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.streamkeeper.bench.load.LoadClient;
import io.streamkeeper.bench.load.Measurement;
import io.streamkeeper.bench.load.Target;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The live readers of one run, which record the latency of each message that they receive. Used by the thread of the
 * scenario; the readers and the measurement belong to the client's loop until {@link #close}.
 */
final class Followers implements AutoCloseable {
    private static final long OPEN_SECONDS_MAX = 60;
    private static final long DELIVERY_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);
    private static final long CHECK_MILLIS = 10;

    private final LoadClient client;
    private final Target target;
    private final Measurement measurement;
    private final CompletableFuture<Void> failure = new CompletableFuture<>();
    private final List<Follower> followers = new ArrayList<>();
    private final List<Channel> channels = new ArrayList<>();

    Followers(LoadClient client, Target target, Measurement measurement) {
        this.client = client;
        this.target = target;
        this.measurement = measurement;
    }

    /** Adds a reader of a stream, which begins at its tail. */
    void add(String path, Follower.Mode mode) throws IOException, InterruptedException {
        add(Follower.of(path, mode, measurement, failure));
    }

    /** Adds a reader of many streams, which begins at their tails; each has an offset after an at sign. */
    void addMany(List<String> streams) throws IOException, InterruptedException {
        add(Follower.ofMany(target.root(), streams, measurement, failure));
    }

    private void add(Follower follower) throws IOException, InterruptedException {
        ChannelFuture connected = client.connect(
                        target.http1Address(), channel -> follower, failure::completeExceptionally)
                .await();
        if (!connected.isSuccess()) {
            throw new IOException("the connection of reader " + followers.size() + " failed: " + connected.cause());
        }
        followers.add(follower);
        channels.add(connected.channel());
    }

    /** Waits until every reader receives what is appended; a long-poll has no response before its first message. */
    void awaitOpen() throws IOException, InterruptedException {
        CompletableFuture<?>[] opened = followers.stream().map(Follower::opened).toArray(CompletableFuture<?>[]::new);
        CompletableFuture<Object> first = CompletableFuture.anyOf(CompletableFuture.allOf(opened), failure);
        try {
            first.get(OPEN_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IOException("a live read failed: " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new IOException("a live read has no response after " + OPEN_SECONDS_MAX + " s", e);
        }
    }

    /** Begins the measurement. */
    void begin() throws IOException, InterruptedException {
        LoadClient.await(CompletableFuture.runAsync(() -> measurement.begin(System.nanoTime()), client.loop()));
    }

    /** Waits until {@code expected} messages have arrived, for a limited time; returns the number of missing ones. */
    long awaitDeliveries(long expected) throws IOException, InterruptedException {
        long limit = System.nanoTime() + DELIVERY_NANOS_MAX;
        long delivered = delivered();
        while (delivered < expected && System.nanoTime() < limit) {
            TimeUnit.MILLISECONDS.sleep(CHECK_MILLIS);
            delivered = delivered();
        }
        return Math.max(0, expected - delivered);
    }

    private long delivered() throws IOException, InterruptedException {
        if (failure.isDone()) {
            LoadClient.await(failure);
        }
        return CompletableFuture.supplyAsync(measurement::count, client.loop()).join();
    }

    /** Closes the connections. */
    @Override
    public void close() {
        CompletableFuture.runAsync(this::stop, client.loop()).join();
    }

    private void stop() {
        for (int i = 0; i < channels.size(); i++) {
            followers.get(i).stop(channels.get(i));
        }
    }
}
