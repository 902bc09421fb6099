package io.streamkeeper.server.longrun;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The wall clock that a server has: the machine's, moved by a number of milliseconds that a file holds, see
 * {@link ClockAgent}. The test moves it, also while the server runs; clients read it. Safe for use by any thread.
 */
final class ServerClock {
    /** A time without a move. One that begins overlaps the one before it for as long as the move took. */
    private record Period(long fromNanos, long toNanos, long movedMillis) {}

    private static final long NEVER = Long.MAX_VALUE;

    private final long originNanos = System.nanoTime();
    private final long originMillis = System.currentTimeMillis();
    private final List<Period> periods = new ArrayList<>(List.of(new Period(originNanos, NEVER, 0)));
    private final MappedByteBuffer moved;
    final Path file;

    ServerClock(Path file) throws IOException {
        this.file = file;
        try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw")) {
            moved = opened.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, Long.BYTES);
        }
    }

    synchronized long movedHours() {
        return TimeUnit.MILLISECONDS.toHours(current().movedMillis());
    }

    synchronized void moveTo(long hours) {
        long before = System.nanoTime();
        long millis = TimeUnit.HOURS.toMillis(hours);
        moved.putLong(0, millis);
        Period last = current();
        periods.set(periods.size() - 1, new Period(last.fromNanos(), System.nanoTime(), last.movedMillis()));
        periods.add(new Period(before, NEVER, millis));
    }

    synchronized int moves() {
        return periods.size() - 1;
    }

    synchronized Instant now() {
        return Instant.ofEpochMilli(at(System.nanoTime()) + current().movedMillis());
    }

    /** The latest time that the clock has shown since a moment. */
    synchronized long latestMillisSince(long nanos) {
        long now = System.nanoTime();
        return periods.stream()
                .filter(period -> ends(period, now) >= nanos)
                .mapToLong(period -> at(ends(period, now)) + period.movedMillis())
                .max()
                .orElseThrow();
    }

    /** The earliest time that the clock has shown since a moment. */
    synchronized long earliestMillisSince(long nanos) {
        return periods.stream()
                .filter(period -> ends(period, System.nanoTime()) >= nanos)
                .mapToLong(period -> at(Math.max(period.fromNanos(), nanos)) + period.movedMillis())
                .min()
                .orElseThrow();
    }

    private Period current() {
        return periods.get(periods.size() - 1);
    }

    private static long ends(Period period, long now) {
        return period.toNanos() == NEVER ? now : period.toNanos();
    }

    private long at(long nanos) {
        return originMillis + TimeUnit.NANOSECONDS.toMillis(nanos - originNanos);
    }
}
