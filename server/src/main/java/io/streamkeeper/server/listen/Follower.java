package io.streamkeeper.server.listen;

import io.streamkeeper.server.api.Batch;
import io.streamkeeper.server.api.From;
import io.streamkeeper.server.api.StreamException;
import io.streamkeeper.server.api.StreamException.OffsetGone;
import io.streamkeeper.server.api.StreamMetadata;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pulls one batch after the other out of feeds and hands them to a listener. Its state belongs to its serial executor, but
 * for status and place, which any thread may look at.
 *
 * <p>The place moves only when the listener has taken a batch, and a batch comes together with the offset behind it: so a
 * feed that breaks, at whatever moment, is followed by one that begins exactly there. {@code now} is turned into an offset
 * when the stream is found, not again at a later try.
 *
 * <pre>
 *   IDLE ──resume──▶ CONNECTING ──found──▶ STREAMING ──closed, error, gone, stop──▶ IDLE
 *                      ▲     └─passing failure─▶ DISCONNECTED ◀─passing failure─┘
 *                      └───────── after a while ──────┘
 * </pre>
 */
final class Follower implements Listening {
    private static final Logger LOG = LoggerFactory.getLogger(Follower.class);

    private static final long RETRY_MILLIS_MIN = 250;
    private static final long RETRY_MILLIS_MAX = 5_000;
    private static final int DOUBLINGS_MAX = 5;

    private final String path;
    private final From start;
    private final Supplier<Feed> feeds;
    private final StreamListener listener;
    private final Executor executor;
    private final SerialExecutor serial;
    private volatile Status status = Status.IDLE;
    private volatile From place;
    private @Nullable Feed feed;
    private long demand;
    private boolean pulling;
    private int failures;

    /**
     * A follower that is idle.
     *
     * @param feeds makes a feed for each try
     * @param executor on which the listener is told
     * @param demand batches that may be read before {@link #request} asks for more
     */
    Follower(String path, From start, Supplier<Feed> feeds, StreamListener listener, Executor executor, long demand) {
        this.path = path;
        this.start = start;
        this.place = start;
        this.feeds = feeds;
        this.listener = listener;
        this.executor = executor;
        this.serial = new SerialExecutor(executor);
        this.demand = demand;
    }

    // ---- what others ask, from any thread ----

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
        serial.execute(() -> {
            if (status == Status.IDLE) {
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

    /** Lets so many more batches be read. */
    void request(long batches) {
        serial.execute(() -> {
            demand = Long.MAX_VALUE - demand < batches ? Long.MAX_VALUE : demand + batches;
            pull();
        });
    }

    // ---- the serial executor's ----

    private void connect() {
        enter(Status.CONNECTING);
        Feed opened = feeds.get();
        feed = opened;
        opened.open()
                .whenComplete((stream, failure) -> onTurn(opened, () -> {
                    if (failure == null) {
                        found(stream);
                    } else {
                        failed(opened, failure);
                    }
                }));
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
        open.next(place)
                .whenComplete((batch, failure) -> onTurn(open, () -> {
                    pulling = false;
                    if (failure == null) {
                        take(batch);
                    } else {
                        failed(open, failure);
                    }
                }));
    }

    /** What comes from a feed that was left meanwhile is dropped. */
    private void onTurn(Feed from, Runnable task) {
        serial.execute(() -> {
            if (from == feed) {
                task.run();
            }
        });
    }

    private void take(Batch batch) {
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
            tell(() -> listener.onComplete(batch.nextOffset()));
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
            LOG.debug("stream {} cannot be had now: {}", path, passing.getMessage());
            leave();
            enter(Status.DISCONNECTED);
            CompletableFuture.delayedExecutor(retryMillis(), TimeUnit.MILLISECONDS, executor)
                    .execute(() -> serial.execute(this::retry));
        } else {
            fail(failure);
        }
    }

    /** Doubles with each failure; somewhat random, so that listeners of a server that was down do not come all at once. */
    private long retryMillis() {
        long millis = Math.min(RETRY_MILLIS_MAX, RETRY_MILLIS_MIN << Math.min(DOUBLINGS_MAX, failures++));
        return millis / 2 + ThreadLocalRandom.current().nextLong(millis / 2);
    }

    private void retry() {
        if (status == Status.DISCONNECTED) {
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
        } else {
            place = next;
            connect();
        }
    }

    private void fail(Throwable failure) {
        end();
        tell(() -> listener.onError(failure));
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
            tell(() -> listener.onStatus(next));
        }
    }

    /** What the listener throws where it is only told something is its own affair. */
    private void tell(Runnable telling) {
        try {
            telling.run();
        } catch (RuntimeException e) {
            LOG.warn("a listener of stream {} failed", path, e);
        }
    }
}
