package io.streamkeeper.server.cli.remote;

import io.streamkeeper.protocol.Digits;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * A line on the terminal that says how far a command is, once it has worked for a second: how much of the data it has
 * read or sent. A thread of its own writes it, and erases it at the end. If standard error is not a terminal, or the
 * operating system is not Linux, there is no line.
 */
public final class Progress implements AutoCloseable {
    private static final long STEP_MILLIS = 1000;
    private static final double MIB = 1 << 20;
    private static final String ERASE = "\r\u001b[K";
    private static final Path COUNTERS = Path.of("/proc/self/io");

    private final CountDownLatch ended = new CountDownLatch(1);
    private final PrintStream err;
    private final LongSupplier done;
    private final long totalBytes;
    private final long doneBefore;
    private volatile boolean isShown;
    private final Thread thread = new Thread(this::write, "streamkeeper-progress");

    private Progress(PrintStream err, LongSupplier done, long totalBytes) {
        this.err = err;
        this.done = done;
        this.totalBytes = totalBytes;
        this.doneBefore = done.getAsLong();
    }

    /**
     * Begins a line about what this process reads.
     *
     * @param data the file or directory that is read
     * @param times how often each byte of it is read
     * @return to be closed; without a terminal, it writes nothing
     */
    public static Progress of(Path data, int times) {
        return Terminal.isAt(Terminal.ERRORS)
                ? begin(System.err, Progress::readBytes, times * size(data))
                : begin(System.err, () -> 0, 0);
    }

    /** Begins a line about {@code totalBytes}, of which {@code sent} counts those that were sent. */
    static Progress of(LongSupplier sent, long totalBytes) {
        return begin(System.err, sent, Terminal.isAt(Terminal.ERRORS) ? totalBytes : 0);
    }

    /** Begins a line about {@code totalBytes}; with 0 it writes nothing. */
    static Progress begin(PrintStream err, LongSupplier done, long totalBytes) {
        Progress progress = new Progress(err, done, totalBytes);
        if (totalBytes > 0) {
            progress.thread.setDaemon(true);
            progress.thread.start();
        } else {
            progress.ended.countDown();
        }
        return progress;
    }

    /** The size of all files; 0 if they cannot be listed, which the tool reports itself. */
    private static long size(Path data) {
        try (Stream<Path> files = Files.walk(data)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException | UncheckedIOException e) {
            return 0;
        }
    }

    private static long readBytes() {
        try (Stream<String> lines = Files.lines(COUNTERS, StandardCharsets.US_ASCII)) {
            return lines.filter(line -> line.startsWith("rchar: "))
                    .mapToLong(line -> Digits.toLong(line.substring("rchar: ".length())))
                    .sum();
        } catch (IOException | UncheckedIOException e) {
            return 0;
        }
    }

    /**
     * {@return a receiver of lines that erases this line before each of them}
     *
     * @param lines receives them
     */
    public Consumer<String> above(Consumer<String> lines) {
        return line -> {
            synchronized (this) {
                if (isShown) {
                    show("");
                }
            }
            lines.accept(line);
        };
    }

    private synchronized void show(String text) {
        err.print(ERASE + text);
        err.flush();
        isShown = !text.isEmpty();
    }

    private void write() {
        try {
            for (long seconds = 1; !ended.await(STEP_MILLIS, TimeUnit.MILLISECONDS); seconds++) {
                show(text(seconds));
            }
            if (isShown) {
                show("");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String text(long seconds) {
        long doneBytes = Math.min(totalBytes, done.getAsLong() - doneBefore);
        return String.format(
                Locale.ROOT,
                "%3d %%  %.0f of %.0f MiB  %d s",
                100 * doneBytes / totalBytes,
                doneBytes / MIB,
                totalBytes / MIB,
                seconds);
    }

    /** Erases the line. */
    @Override
    public void close() {
        ended.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
