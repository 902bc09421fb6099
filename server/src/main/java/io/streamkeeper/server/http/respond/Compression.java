package io.streamkeeper.server.http.respond;

import io.netty.channel.Channel;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.memory.Reservation;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Compresses the bodies of catch-up reads on worker threads, because a megabyte would block a loop for milliseconds.
 * Safe for use by any thread. The budget bounds the number of bodies compressed at a time; others are sent
 * uncompressed.
 */
public final class Compression {
    /** A smaller body is not compressed. */
    public static final int BYTES_MIN = 1 << 10;

    private static final Set<String> SUITABLE = Set.of(
            "application/json",
            "application/ndjson",
            "application/x-ndjson",
            "application/javascript",
            "application/xml",
            "image/svg+xml");

    private final Executor workers;
    private final Budget budget;

    public Compression(Executor workers, Budget budget) {
        this.workers = workers;
        this.budget = budget;
    }

    /** Whether bodies of this type become smaller. */
    public static boolean suits(ContentType type) {
        String essence = type.essence();
        return essence.startsWith("text/")
                || essence.endsWith("+json")
                || essence.endsWith("+xml")
                || SUITABLE.contains(essence);
    }

    /**
     * Begins a compressed body for {@code channel}; null if there is no room. If {@code isArray}, it is put in
     * brackets.
     */
    @Nullable
    public GzipBody begin(Channel channel, boolean isArray) {
        Reservation reservation = budget.reserve(GzipBody.RESERVED_BYTES);
        if (reservation == null) {
            return null;
        }
        try {
            return new GzipBody(workers, reservation, channel, isArray);
        } catch (RuntimeException | Error e) {
            // zlib allocates the compressor's memory, and that may fail.
            reservation.close();
            throw e;
        }
    }
}
