package io.streamkeeper.bench.workload;

import io.streamkeeper.bench.load.NumberedRequest;
import java.util.Locale;

/**
 * The size of a workload.
 *
 * @param streams number of streams
 * @param connections number of connections or, with live reads, of readers
 * @param bodyBytes bytes of an append, or of a stream that is read
 * @param batch messages per append; with more than one, the streams are JSON
 * @param producers whether appends have the headers of idempotent producers
 * @param rate requests per second of all connections together, or 0 for a closed loop
 */
public record Spec(int streams, int connections, int bodyBytes, int batch, boolean producers, double rate) {
    /** Checks the ranges. */
    public Spec {
        check("streams", streams, 1, NumberedRequest.NUMBER_MAX);
        check("connections", connections, 1, 1 << 16);
        check("body bytes", bodyBytes, 1, 1 << 30);
        check("batch", batch, 1, 1 << 16);
    }

    /** A closed loop. */
    public static Spec of(int streams, int connections, int bodyBytes) {
        return new Spec(streams, connections, bodyBytes, 1, false, 0);
    }

    /** The same at a fixed rate. */
    public Spec at(double newRate) {
        return new Spec(streams, connections, bodyBytes, batch, producers, newRate);
    }

    /** Describes the size for reports. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%,d %s, %,d connections, %,d B%s%s%s",
                streams,
                streams == 1 ? "stream" : "streams",
                connections,
                bodyBytes,
                batch == 1 ? "" : " in " + batch + " messages",
                producers ? ", by producers" : "",
                rate == 0 ? "" : String.format(Locale.ROOT, ", %,.0f/s", rate));
    }

    private static void check(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " is " + value + "; expected " + min + " to " + max);
        }
    }
}
