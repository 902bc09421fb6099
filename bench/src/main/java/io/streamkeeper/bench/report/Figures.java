package io.streamkeeper.bench.report;

import java.util.Locale;

/** The formats of figures in reports. */
public final class Figures {
    private static final long KIB = 1L << 10;
    private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB"};

    private Figures() {}

    public static String bytes(long bytes) {
        if (bytes < KIB) {
            return String.format(Locale.ROOT, "%d B", bytes);
        }
        double scaled = (double) bytes / KIB;
        int unit = 0;
        while (scaled >= KIB && unit < UNITS.length - 1) {
            scaled /= KIB;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", scaled, UNITS[unit]);
    }

    public static String count(double value) {
        return String.format(Locale.ROOT, "%,.0f", value);
    }

    public static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.2f ms", nanos / 1e6);
    }

    public static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.2f s", nanos / 1e9);
    }
}
