package io.streamkeeper.server.http.respond;

import io.netty.channel.Channel;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.memory.Reservation;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Compresses catch-up bodies, away from the loops, which a megabyte would hold up for milliseconds. Safe for use by any
 * thread. As many bodies are compressed at a time as the budget has room for; others go out as they are.
 */
public final class Compression {
    /** A body smaller than this is not worth it. */
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

    /** Whether bodies of this type get smaller. */
    public static boolean suits(ContentType type) {
        String essence = type.essence();
        return essence.startsWith("text/")
                || essence.endsWith("+json")
                || essence.endsWith("+xml")
                || SUITABLE.contains(essence);
    }

    /**
     * A body to be compressed for {@code channel}, or null if there is no room; {@code isArray}: brackets go around it.
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
            // zlib allocates the compressor's memory itself.
            reservation.close();
            throw e;
        }
    }
}
