package io.streamkeeper.bench.load;

import io.netty.buffer.ByteBuf;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/** Sends the same request repeatedly, each time for a random stream of a set. */
public final class RandomPick implements Workload {
    private final NumberedRequest request;
    private final long[] streams;
    private final SplittableRandom random;

    public RandomPick(NumberedRequest request, long[] streams, long seed) {
        this.request = request;
        this.streams = streams.clone();
        this.random = new SplittableRandom(seed);
    }

    /** The streams from 0 to {@code count}, exclusive. */
    public static long[] all(int count) {
        return LongStream.range(0, count).toArray();
    }

    /** A set of {@code count} different streams out of {@code total}. */
    public static long[] streams(int count, long total, long seed) {
        return new SplittableRandom(seed)
                .longs(0, total)
                .distinct()
                .limit(Math.min(count, total))
                .toArray();
    }

    @Override
    public boolean next(int connection, ByteBuf out) {
        request.writeTo(out, streams[random.nextInt(streams.length)]);
        return true;
    }
}
