package io.streamkeeper.bench.load;

import io.netty.buffer.ByteBuf;

/** Sends one request, or several, for each stream of a range, on any connection. */
public final class NumberedRange implements Workload {
    private final NumberedRequest request;
    private final long start;
    private final long count;
    private final long total;
    private long sent;

    /** The streams from {@code start} to {@code end}, exclusive. */
    public NumberedRange(NumberedRequest request, long start, long end) {
        this(request, start, end, 1);
    }

    /** The same streams in turn, {@code times} times. */
    public NumberedRange(NumberedRequest request, long start, long end, int times) {
        this.request = request;
        this.start = start;
        this.count = end - start;
        this.total = count * times;
    }

    @Override
    public boolean next(int connection, ByteBuf out) {
        if (sent >= total) {
            return false;
        }
        request.writeTo(out, start + sent++ % count);
        return true;
    }
}
