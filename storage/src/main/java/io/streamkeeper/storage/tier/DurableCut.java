package io.streamkeeper.storage.tier;

import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One moment in the logs of all shards. A fork may be logged by another shard than the bytes that it inherits, as soon
 * as these are durable; so the ends of the logs must be those of one moment, or a fork would lack bytes.
 */
final class DurableCut {
    private static final int ATTEMPTS = 100_000;

    private DurableCut() {}

    /**
     * The last durable lsn of each log at one moment: none has changed between two readings of all. Null if they change
     * too fast.
     */
    static long @Nullable [] of(List<LongSupplier> logs) {
        long[] before = read(logs);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            long[] now = read(logs);
            if (Arrays.equals(before, now)) {
                return now;
            }
            before = now;
        }
        return null;
    }

    private static long[] read(List<LongSupplier> logs) {
        return logs.stream().mapToLong(LongSupplier::getAsLong).toArray();
    }
}
