package io.streamkeeper.bench.process;

import io.streamkeeper.protocol.Digits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The state of a process by {@code /proc}.
 *
 * @param residentBytes current resident memory
 * @param residentBytesMax the highest value of {@code residentBytes} so far
 * @param openFiles open descriptors: files, sockets and others
 * @param writtenBytes bytes sent to block devices, or left in the page cache for them
 * @param cancelledBytes the part of {@code writtenBytes} that was not written, because its file was deleted first
 * @param writeCallBytes bytes passed to write calls, those on sockets included
 * @param cpuTicks processor time in user and in kernel mode, in hundredths of a second
 */
public record ProcessSample(
        long residentBytes,
        long residentBytesMax,
        int openFiles,
        long writtenBytes,
        long cancelledBytes,
        long writeCallBytes,
        long cpuTicks) {
    private static final long TICKS_PER_SECOND = 100;
    private static final int USER_TICKS_INDEX = 11;
    private static final int KERNEL_TICKS_INDEX = 12;

    /**
     * Samples a running process.
     *
     * @throws IOException if the process has ended or the system is not Linux
     */
    public static ProcessSample of(long pid) throws IOException {
        Path directory = Path.of("/proc", Long.toString(pid));
        String status = Files.readString(directory.resolve("status"));
        String io = Files.readString(directory.resolve("io"));
        try (Stream<Path> files = Files.list(directory.resolve("fd"))) {
            return new ProcessSample(
                    kibibytes(status, "VmRSS"),
                    kibibytes(status, "VmHWM"),
                    (int) files.count(),
                    number(io, "write_bytes"),
                    number(io, "cancelled_write_bytes"),
                    number(io, "wchar"),
                    cpuTicks(Files.readString(directory.resolve("stat"))));
        }
    }

    public double cpuSeconds() {
        return (double) cpuTicks / TICKS_PER_SECOND;
    }

    /** The number in the line {@code key: number} of {@code text}. */
    public static long number(String text, String key) {
        String start = key + ":";
        String value = text.lines()
                .filter(line -> line.startsWith(start))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("found no " + start + " in " + text));
        return Digits.toLong(value.substring(start.length()).strip());
    }

    /** The size in the line {@code key: number kB} of {@code text}, in bytes. */
    public static long kibibytes(String text, String key) {
        return number(text.replace(" kB", ""), key) << 10;
    }

    /** Ticks in user and kernel mode. The second field of {@code stat} is a name, which may contain any character. */
    public static long cpuTicks(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return Digits.toLong(fields[USER_TICKS_INDEX]) + Digits.toLong(fields[KERNEL_TICKS_INDEX]);
    }
}
