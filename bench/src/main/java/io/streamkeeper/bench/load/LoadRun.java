package io.streamkeeper.bench.load;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One run of a workload with several exchanges. Owned by its loop; other threads use only {@link #finished}.
 *
 * <p>The run begins when all connections are open. In a closed loop, an exchange sends its next request when it
 * receives a response. At a fixed rate, any idle exchange or, by {@link Pacing.Schedule}, one certain exchange sends
 * the next request when it is due; while it is not idle, requests are late, but none is skipped. The run stops sending at its time limit or at the end of the
 * workload, and ends when all requests are answered.
 */
public final class LoadRun {
    private static final long DRAIN_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final EventLoop loop;
    private final Workload workload;
    private final Pacing pacing;
    private final Measurement measurement;
    private final long limitNanos;
    private final List<Exchange> exchanges = new ArrayList<>();
    private final ArrayDeque<Exchange> idle = new ArrayDeque<>();
    private final CompletableFuture<Void> finished = new CompletableFuture<>();
    private final int expected;
    private final long[] sent;
    private long startNanos;
    private long nextIndex;
    private int retired;
    private boolean exhausted;
    private boolean timerRuns;

    public LoadRun(
            EventLoop loop, int expected, Workload workload, Pacing pacing, Measurement measurement, long limitNanos) {
        this.loop = loop;
        this.expected = expected;
        this.sent = new long[expected];
        this.workload = workload;
        this.pacing = pacing;
        this.measurement = measurement;
        this.limitNanos = limitNanos;
    }

    /** Completes at the end of the run. */
    public CompletableFuture<Void> finished() {
        return finished;
    }

    void connected(Exchange exchange) {
        exchanges.add(exchange);
        if (exchanges.size() == expected) {
            begin();
        }
    }

    private void begin() {
        startNanos = System.nanoTime();
        measurement.begin(startNanos);
        ScheduledFuture<?> reporting = loop.scheduleAtFixedRate(
                () -> measurement.progress().report(measurement, System.nanoTime()), 1, 1, TimeUnit.SECONDS);
        finished.whenComplete((done, failure) -> reporting.cancel(false));
        loop.schedule(this::giveUp, limitNanos + DRAIN_NANOS, TimeUnit.NANOSECONDS);
        exchanges.forEach(exchange -> proceed(exchange, startNanos));
    }

    void answered(Exchange exchange, Response response) {
        long now = System.nanoTime();
        measurement.received(response.bodyBytes());
        boolean failed = response.status() / 100 != 2;
        if (!workload.completes(exchange.index(), response) && !failed) {
            exchange.send(workload, exchange.dueNanos());
            return;
        }
        measurement.answered(exchange.dueNanos(), now, response.status());
        proceed(exchange, now);
    }

    public void failed(Throwable cause) {
        finished.completeExceptionally(cause);
    }

    /** Fails the run if connections are still missing. */
    void failUnlessBegun() {
        if (exchanges.size() < expected && !finished.isDone()) {
            failed(new IOException("only " + exchanges.size() + " of " + expected
                    + " connections, or streams of them, are ready for requests; expected all by now"));
        }
    }

    /** Closes every connection. */
    public void close() {
        exchanges.forEach(Exchange::close);
    }

    private void proceed(Exchange exchange, long now) {
        if (pacing.isClosedLoop()) {
            if (now - startNanos >= limitNanos || !exchange.send(workload, now)) {
                retire();
            }
        } else if (pacing.schedule() == Pacing.Schedule.SHARED) {
            idle.add(exchange);
            sendDue(now);
        } else {
            sendByOwnSchedule(exchange, now);
        }
    }

    private void sendByOwnSchedule(Exchange exchange, long now) {
        int index = exchange.index();
        long dueNanos = pacing.dueNanos(sent[index], index, expected);
        if (dueNanos >= limitNanos) {
            retire();
        } else if (startNanos + dueNanos > now) {
            loop.schedule(
                    () -> sendByOwnSchedule(exchange, System.nanoTime()),
                    startNanos + dueNanos - now,
                    TimeUnit.NANOSECONDS);
        } else if (exchange.send(workload, startNanos + dueNanos)) {
            sent[index]++;
        } else {
            retire();
        }
    }

    private void sendDue(long now) {
        while (!idle.isEmpty() && !isOver() && pacing.dueNanos(nextIndex) <= now - startNanos) {
            Exchange exchange = idle.remove();
            if (exchange.send(workload, startNanos + pacing.dueNanos(nextIndex))) {
                nextIndex++;
            } else {
                exhausted = true;
                retire();
            }
        }
        if (isOver()) {
            while (!idle.isEmpty()) {
                idle.remove();
                retire();
            }
        } else if (!idle.isEmpty() && !timerRuns) {
            timerRuns = true;
            loop.schedule(this::tick, startNanos + pacing.dueNanos(nextIndex) - now, TimeUnit.NANOSECONDS);
        }
    }

    private void tick() {
        timerRuns = false;
        sendDue(System.nanoTime());
    }

    private boolean isOver() {
        return exhausted || pacing.dueNanos(nextIndex) >= limitNanos;
    }

    private void retire() {
        if (++retired == expected) {
            finished.complete(null);
        }
    }

    private void giveUp() {
        failed(new IOException((expected - retired) + " requests have no response "
                + TimeUnit.NANOSECONDS.toSeconds(DRAIN_NANOS) + " s after the end of the run"));
    }
}
