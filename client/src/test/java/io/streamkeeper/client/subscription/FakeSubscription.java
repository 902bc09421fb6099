package io.streamkeeper.client.subscription;

import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.listen.Listening;
import io.streamkeeper.client.listen.StreamListener;
import io.streamkeeper.client.listen.StreamSource;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** One pull-wake subscription and its streams of text, in memory. An offset is a number of characters. */
final class FakeSubscription implements SubscriptionCalls, StreamSource {
    /** What the worker did, in order. */
    final List<String> log = new CopyOnWriteArrayList<>();

    private final Map<String, StringBuilder> streams = new TreeMap<>();
    private final Map<String, Integer> acked = new HashMap<>();
    private final Duration lease;
    private int generation;
    private boolean isHeld;
    private @Nullable StreamException failure;
    private @Nullable StreamListener listener;

    FakeSubscription(Duration lease) {
        this.lease = lease;
    }

    WorkerStreams streams() {
        return new WorkerStreams(this, this, this::read);
    }

    /** Appends, and wakes the worker. */
    void append(String path, String text) {
        StreamListener told;
        synchronized (this) {
            streams.computeIfAbsent(path, any -> new StringBuilder()).append(text);
            told = listener;
        }
        if (told != null) {
            told.onData(json("[{\"type\":\"wake\",\"subscription_id\":\"other\"},{},7,"
                    + "{\"type\":\"wake\",\"x\":{\"y\":[]},\"subscription_id\":\"jobs\"}]"));
        }
    }

    private static Batch json(String text) {
        return new Batch(ContentType.JSON, text.getBytes(StandardCharsets.UTF_8), "1", true, false);
    }

    /** The next call fails. */
    synchronized void failNext(StreamException next) {
        failure = next;
    }

    /** The lease of the worker ends, as if it had not extended it. */
    synchronized void fence() {
        isHeld = false;
    }

    synchronized int acked(String path) {
        return acked.getOrDefault(path, 0);
    }

    synchronized void remove(String path) {
        streams.remove(path);
    }

    private synchronized Batch read(String path, From from) {
        StringBuilder text = streams.get(path);
        if (text == null) {
            throw StreamException.of(Refusal.of(ErrorCode.STREAM_NOT_FOUND, path));
        }
        // One character at a time, so that a stream has several batches.
        int start = Integer.parseInt(from.offset());
        int end = Math.min(start + 1, text.length());
        return new Batch(
                ContentType.parse("text/plain"),
                text.substring(start, end).getBytes(StandardCharsets.UTF_8),
                Integer.toString(end),
                end == text.length(),
                false);
    }

    private synchronized void failIfAsked() {
        StreamException next = failure;
        failure = null;
        if (next != null) {
            throw next;
        }
    }

    @Override
    public synchronized Claim claim(String id, String worker) {
        failIfAsked();
        List<LinkedStream> pending = new ArrayList<>();
        streams.forEach((path, text) -> {
            if (text.length() > acked(path)) {
                pending.add(new LinkedStream(
                        path, false, Integer.toString(acked(path)), Integer.toString(text.length()), true));
            }
        });
        if (pending.isEmpty()) {
            throw StreamException.of(Refusal.of(ErrorCode.NO_PENDING_WORK, "none"));
        }
        isHeld = true;
        generation++;
        log.add("claim by " + worker);
        return new Claim(id, "w" + generation, generation, "t", lease, pending);
    }

    private synchronized void acknowledge(Claim claim, Map<String, String> offsets) {
        failIfAsked();
        if (!isHeld || claim.generation() != generation) {
            throw StreamException.of(Refusal.of(ErrorCode.FENCED, "late"));
        }
        offsets.forEach((path, offset) -> acked.put(path, Integer.parseInt(offset)));
    }

    @Override
    public void ack(Claim claim, Map<String, String> offsets) {
        acknowledge(claim, offsets);
        log.add("ack " + new TreeMap<>(offsets));
    }

    @Override
    public synchronized boolean done(Claim claim, Map<String, String> offsets) {
        acknowledge(claim, offsets);
        isHeld = false;
        log.add("done " + new TreeMap<>(offsets));
        return false;
    }

    @Override
    public synchronized void release(Claim claim) {
        acknowledge(claim, Map.of());
        isHeld = false;
        log.add("release");
    }

    @Override
    public Subscription get(String id) {
        failIfAsked();
        return new Subscription(
                id,
                SubscriptionType.PULL_WAKE,
                "**",
                null,
                "wakes",
                lease,
                null,
                null,
                new SubscriptionState(false, null, null, 0, null, null),
                0,
                List.of());
    }

    @Override
    public synchronized Listening listen(String path, From from, StreamListener told) {
        log.add("listen to " + path + " from " + from.offset());
        listener = told;
        return new Listening() {
            @Override
            public String path() {
                return path;
            }

            @Override
            public Status status() {
                return Status.STREAMING;
            }

            @Override
            public String offset() {
                return "1";
            }

            @Override
            public CompletableFuture<String> stop() {
                log.add("stop");
                return CompletableFuture.completedFuture("1");
            }

            @Override
            public void resume() {}

            @Override
            public CompletableFuture<String> reset() {
                return stop();
            }
        };
    }

    // ---- calls that no worker makes ----

    @Override
    public Flow.Publisher<Batch> publisher(String path, From from) {
        throw new UnsupportedOperationException();
    }

    @Override
    public SubscriptionResult create(String id, SubscriptionOptions options) {
        throw new UnsupportedOperationException();
    }

    @Override
    public SubscriptionPage list(@Nullable String after, int limit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(String id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void addStreams(String id, List<String> paths) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void removeStream(String id, String path) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void seek(String id, String path, String offset) {
        throw new UnsupportedOperationException();
    }
}
