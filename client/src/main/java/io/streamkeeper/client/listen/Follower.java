package io.streamkeeper.client.listen;

import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.api.StreamException.OffsetGone;
import io.streamkeeper.client.api.StreamException.Unavailable;
import io.streamkeeper.client.api.StreamMetadata;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pulls one batch after another from feeds and passes them to a listener. Its state belongs to its serial executor,
 * except for {@code status} and {@code place}, which any thread may read.
 *
 * <p>The place advances to the offset after a batch only when the listener has processed that batch: if a feed breaks
 * at any moment, the next feed begins exactly there. {@code now} is resolved to an offset when the stream is found for
 * the first time, and never again. An offset also identifies its stream: if the stream was deleted and created again,
 * the server answers that the offset is gone, whatever its metadata says.
 *
 * <pre>
 *   IDLE ──resume──▶ CONNECTING ──found──▶ STREAMING ──closed, error, gone, stop──▶ IDLE
 *                      ▲     └─passing failure─▶ DISCONNECTED ◀─passing failure─┘
 *                      └───────── after some time ────┘
 * </pre>
 */
final class Follower implements Listening {
    private static final Logger LOG = LoggerFactory.getLogger(Follower.class);

    private static final long RETRY_MILLIS_MIN = 250;
    private static final long RETRY_MILLIS_MAX = 5_000;
    private static final int DOUBLINGS_MAX = 5;

    /** The longest wait before a retry, whatever a server requests. */
    private static final long RETRY_AFTER_MILLIS_MAX = 60_000;

    private final String path;
    private final From start;
    private final Supplier<Feed> feeds;
    private final StreamListener listener;
    private final SerialExecutor serial;
    private volatile Status status = Status.IDLE;
    private volatile From place;
    private @Nullable Feed feed;
    private long demand;
    private boolean pulling;
    private int failures;
    private int tries;

    /**
     * A follower that is idle.
     *
     * @param feeds creates a feed for each attempt
     * @param executor calls the listener
     * @param demand batches that may be read before {@link #request} adds more
     */
    Follower(String path, From start, Supplier<Feed> feeds, StreamListener listener, Executor executor, long demand) {
        this.path = Objects.requireNonNull(path, "path");
        this.start = Objects.requireNonNull(start, "from");
        this.place = start;
        this.feeds = feeds;
        this.listener = Objects.requireNonNull(listener, "listener");
        this.serial = new SerialExecutor(executor);
        this.demand = demand;
    }

    // ---- called by any thread ----

    @Override
    public String path() {
        return path;
    }

    @Override
    public Status status() {
        return status;
    }

    @Override
    public String offset() {
        return place.offset();
    }

    @Override
    public void resume() {
        resumeIf(() -> true);
    }

    /** Resumes if {@code first}, which runs on the serial executor, returns true. */
    void resumeIf(BooleanSupplier first) {
        serial.execute(() -> {
            if (status == Status.IDLE && first.getAsBoolean()) {
                failures = 0;
                connect();
            }
        });
    }

    @Override
    public CompletableFuture<String> stop() {
        return stopAt(() -> place);
    }

    @Override
    public CompletableFuture<String> reset() {
        return stopAt(() -> start);
    }

    private CompletableFuture<String> stopAt(Supplier<From> newPlace) {
        CompletableFuture<String> stopped = new CompletableFuture<>();
        serial.execute(() -> {
            end();
            place = newPlace.get();
            stopped.complete(place.offset());
        });
        return stopped;
    }

    /** Ends with an error, unless it has already ended. */
    void abort(Throwable failure) {
        serial.execute(() -> {
            if (status != Status.IDLE) {
                fail(failure);
            }
        });
    }

    /** Adds to the number of batches that may be read. */
    void request(long batches) {
        serial.execute(() -> {
            demand = Long.MAX_VALUE - demand < batches ? Long.MAX_VALUE : demand + batches;
            pull();
        });
    }

    // ---- called by the serial executor only ----

    private void connect() {
        enter(Status.CONNECTING);
        Feed opened;
        try {
            opened = feeds.get();
        } catch (RuntimeException e) {
            fail(e);
            return;
        }
        feed = opened;
        ask(opened, asked -> asked.open(place), this::found);
    }

    private void found(StreamMetadata stream) {
        if (place.equals(From.now())) {
            place = From.offset(stream.nextOffset());
        }
        enter(Status.STREAMING);
        pull();
    }

    private void pull() {
        Feed open = feed;
        if (open == null || pulling || demand == 0 || status != Status.STREAMING) {
            return;
        }
        pulling = true;
        ask(open, pulled -> pulled.next(place), this::take);
    }

    /** Ignores the answer of a feed that has been replaced in the meantime. */
    private <T> void ask(Feed asked, Function<Feed, CompletableFuture<T>> question, Consumer<T> answer) {
        CompletableFuture<T> answered;
        try {
            answered = question.apply(asked);
        } catch (RuntimeException e) {
            answered = CompletableFuture.failedFuture(e);
        }
        answered.whenComplete((value, failure) -> serial.execute(() -> {
            if (asked != feed) {
                return;
            }
            if (failure == null) {
                answer.accept(value);
            } else {
                failed(asked, failure);
            }
        }));
    }

    private void take(Batch batch) {
        pulling = false;
        failures = 0;
        if (!batch.isEmpty()) {
            try {
                listener.onData(batch);
            } catch (Throwable e) {
                fail(e);
                return;
            }
            demand = demand == Long.MAX_VALUE ? demand : demand - 1;
        }
        place = From.offset(batch.nextOffset());
        if (batch.closed()) {
            end();
            guarded(() -> listener.onComplete(batch.nextOffset()));
        } else {
            pull();
        }
    }

    private void failed(Feed broken, Throwable thrown) {
        Throwable failure =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (failure instanceof OffsetGone gone) {
            gone(gone);
        } else if (failure instanceof StreamException passing && broken.isPassing(passing)) {
            LOG.debug("stream {} is not available now: {}", path, passing.getMessage());
            leave();
            enter(Status.DISCONNECTED);
            int next = ++tries;
            CompletableFuture.delayedExecutor(retryMillis(passing), TimeUnit.MILLISECONDS, serial)
                    .execute(() -> retry(next));
        } else {
            fail(failure);
        }
    }

    /**
     * The wait before a retry. It doubles with each failure, and is at least what the server requests; a part is
     * random, so that the listeners of a server that was down do not all reconnect at once.
     */
    private long retryMillis(StreamException failure) {
        long millis = Math.min(RETRY_MILLIS_MAX, RETRY_MILLIS_MIN << Math.min(DOUBLINGS_MAX, failures++));
        Duration asked = failure instanceof Unavailable unavailable ? unavailable.retryAfter() : null;
        long least = asked == null ? millis / 2 : Math.min(RETRY_AFTER_MILLIS_MAX, asked.toMillis());
        return Math.max(millis / 2, least) + ThreadLocalRandom.current().nextLong(millis / 2);
    }

    /** Skips the retry if the listening was stopped in the meantime. */
    private void retry(int next) {
        if (status == Status.DISCONNECTED && next == tries) {
            connect();
        }
    }

    private void gone(OffsetGone gone) {
        leave();
        From next;
        try {
            next = listener.onGone(gone);
        } catch (Throwable e) {
            fail(e);
            return;
        }
        if (next == null) {
            end();
        } else if (next.equals(place)) {
            fail(gone);
        } else {
            place = next;
            connect();
        }
    }

    private void fail(Throwable failure) {
        end();
        guarded(() -> listener.onError(failure));
    }

    private void end() {
        leave();
        enter(Status.IDLE);
    }

    private void leave() {
        Feed left = feed;
        feed = null;
        pulling = false;
        if (left != null) {
            left.close();
        }
    }

    private void enter(Status next) {
        if (status != next) {
            status = next;
            guarded(() -> listener.onStatus(next));
        }
    }

    /** Logs an exception that the listener throws in {@code call}, and otherwise ignores it. */
    private void guarded(Runnable call) {
        try {
            call.run();
        } catch (Throwable e) {
            LOG.warn("a listener of stream {} failed", path, e);
        }
    }
}
