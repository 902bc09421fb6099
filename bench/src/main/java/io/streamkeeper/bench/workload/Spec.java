package io.streamkeeper.bench.workload;

import io.streamkeeper.bench.load.NumberedRequest;
import java.util.Locale;

/**
 * The size of a workload.
 *
 * @param streams number of streams
 * @param connections number of connections: of writers with the mixed workload, of readers with live reads
 * @param bodyBytes bytes of an append, or of a stream that is read
 * @param batch messages per append; with more than one, the streams are JSON
 * @param producers whether appends have the headers of idempotent producers
 * @param rate requests per second of all connections together, or 0 for a closed loop
 * @param readers who they are beside the writers of the mixed workload
 */
public record Spec(
        int streams, int connections, int bodyBytes, int batch, boolean producers, double rate, Readers readers) {
    /**
     * The readers beside the writers.
     *
     * @param catchUp number of connections that read whole streams in a closed loop
     * @param subscribers number of readers of server-sent events
     * @param inStep whether all writers send at the same times, instead of evenly spread
     */
    public record Readers(int catchUp, int subscribers, boolean inStep) {
        static final Readers NONE = new Readers(0, 0, false);

        /** Checks the ranges. */
        public Readers {
            check("readers", catchUp, 0, CONNECTIONS_MAX);
            check("subscribers", subscribers, 0, CONNECTIONS_MAX);
        }
    }

    private static final int CONNECTIONS_MAX = 1 << 16;

    /** Checks the ranges. */
    public Spec {
        check("streams", streams, 1, NumberedRequest.NUMBER_MAX);
        check("connections", connections, 1, CONNECTIONS_MAX);
        check("body bytes", bodyBytes, 1, 1 << 30);
        check("batch", batch, 1, 1 << 16);
    }

    /** A closed loop. */
    public static Spec of(int streams, int connections, int bodyBytes) {
        return new Spec(streams, connections, bodyBytes, 1, false, 0, Readers.NONE);
    }

    /** The same at a fixed rate. */
    public Spec at(double newRate) {
        return new Spec(streams, connections, bodyBytes, batch, producers, newRate, readers);
    }

    /** The same with another number of connections. */
    public Spec over(int newConnections) {
        return new Spec(streams, newConnections, bodyBytes, batch, producers, rate, readers);
    }

    /** The same with idempotent producers. */
    Spec byProducers() {
        return new Spec(streams, connections, bodyBytes, batch, true, rate, readers);
    }

    /** The same with other readers. */
    public Spec with(Readers newReaders) {
        return new Spec(streams, connections, bodyBytes, batch, producers, rate, newReaders);
    }

    /** Describes the size for reports. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%,d %s, %,d connections, %,d B%s%s%s%s%s",
                streams,
                streams == 1 ? "stream" : "streams",
                connections,
                bodyBytes,
                batch == 1 ? "" : " in " + batch + " messages",
                producers ? ", by producers" : "",
                rate == 0 ? "" : String.format(Locale.ROOT, ", %,.0f/s", rate),
                readers.inStep() ? " in step" : "",
                readers.catchUp() + readers.subscribers() == 0
                        ? ""
                        : String.format(
                                Locale.ROOT,
                                ", %,d readers, %,d subscribers",
                                readers.catchUp(),
                                readers.subscribers()));
    }

    private static void check(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " is " + value + "; expected " + min + " to " + max);
        }
    }
}
