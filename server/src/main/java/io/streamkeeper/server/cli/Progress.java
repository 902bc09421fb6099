package io.streamkeeper.server.cli;

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
 * A line on the terminal that says how far a tool is, once it has worked for a second: how much of the data this process
 * has read. A thread of its own writes it, and erases it at the end. Only Linux tells these values; elsewhere, and if
 * standard error is not a terminal, there is no line.
 */
final class Progress implements AutoCloseable {
    private static final long STEP_MILLIS = 1000;
    private static final double MIB = 1 << 20;
    private static final String ERASE = "\r\u001b[K";
    private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");
    private static final Path COUNTERS = Path.of("/proc/self/io");

    private final CountDownLatch ended = new CountDownLatch(1);
    private final PrintStream err;
    private final LongSupplier read;
    private final long totalBytes;
    private final long readBefore;
    private volatile boolean isShown;
    private final Thread thread = new Thread(this::write, "streamkeeper-progress");

    private Progress(PrintStream err, LongSupplier read, long totalBytes) {
        this.err = err;
        this.read = read;
        this.totalBytes = totalBytes;
        this.readBefore = read.getAsLong();
    }

    /**
     * Begins a line; without a terminal, returns one that writes nothing.
     *
     * @param data the directory that is read
     * @param times how often each byte of it is read
     */
    static Progress of(Path data, int times) {
        return isTerminal()
                ? begin(System.err, Progress::readBytes, times * size(data))
                : begin(System.err, () -> 0, 0);
    }

    /** Begins a line about {@code totalBytes}; with 0 it writes nothing. */
    static Progress begin(PrintStream err, LongSupplier read, long totalBytes) {
        Progress progress = new Progress(err, read, totalBytes);
        if (totalBytes > 0) {
            progress.thread.setDaemon(true);
            progress.thread.start();
        } else {
            progress.ended.countDown();
        }
        return progress;
    }

    private static boolean isTerminal() {
        try {
            String target = Files.readSymbolicLink(STANDARD_ERROR).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
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

    /** A receiver of lines that erases this line before each of them. */
    Consumer<String> above(Consumer<String> lines) {
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
        long done = Math.min(totalBytes, read.getAsLong() - readBefore);
        return String.format(
                Locale.ROOT,
                "%3d %%  %.0f of %.0f MiB  %d s",
                100 * done / totalBytes,
                done / MIB,
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
