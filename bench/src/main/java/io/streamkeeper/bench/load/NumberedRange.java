package io.streamkeeper.bench.load;

import io.netty.buffer.ByteBuf;

/** Sends one request for each stream of a range, on any connection. */
public final class NumberedRange implements Workload {
    private final NumberedRequest request;
    private final long end;
    private long next;

    /** The streams from {@code start} to {@code end}, exclusive. */
    public NumberedRange(NumberedRequest request, long start, long end) {
        this.request = request;
        this.next = start;
        this.end = end;
    }

    @Override
    public boolean next(int connection, ByteBuf out) {
        if (next >= end) {
            return false;
        }
        request.writeTo(out, next++);
        return true;
    }
}
