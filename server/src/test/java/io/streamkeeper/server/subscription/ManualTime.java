package io.streamkeeper.server.subscription;

import io.netty.channel.EventLoop;
import io.streamkeeper.storage.disk.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Clocks that stand still until they are moved, and timers that run then. Safe for use by any thread. */
final class ManualTime implements Clock, Timers {
    private record Scheduled(EventLoop loop, long atNanos, Runnable task) {}

    private final AtomicLong wallMillis = new AtomicLong(1_800_000_000_000L);
    private final AtomicLong nanos = new AtomicLong();
    private final List<Scheduled> scheduled = new ArrayList<>();

    @Override
    public long nowMillis() {
        return wallMillis.get();
    }

    @Override
    public long monotonicNanos() {
        return nanos.get();
    }

    @Override
    public synchronized Runnable schedule(EventLoop loop, long delayNanos, Runnable task) {
        Scheduled timer = new Scheduled(loop, nanos.get() + delayNanos, task);
        scheduled.add(timer);
        return () -> cancel(timer);
    }

    private synchronized void cancel(Scheduled timer) {
        scheduled.remove(timer);
    }

    synchronized int timers() {
        return scheduled.size();
    }

    /** Time passes; the timers that are due are passed to their loops. */
    void advance(long millis) {
        wallMillis.addAndGet(millis);
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
        due().forEach(timer -> timer.loop().execute(timer.task()));
    }

    private synchronized List<Scheduled> due() {
        List<Scheduled> due = scheduled.stream()
                .filter(timer -> timer.atNanos() - nanos.get() <= 0)
                .sorted(Comparator.comparing(Scheduled::atNanos))
                .toList();
        scheduled.removeAll(due);
        return due;
    }

    /** The wall clock is set, in no time. */
    void setWallClock(long changeMillis) {
        wallMillis.addAndGet(changeMillis);
    }
}
