package io.streamkeeper.bench.load;

import io.netty.buffer.ByteBuf;

/** Asks the same of every stream of a range, once each, whichever connection comes. */
public final class NumberedRange implements Workload {
    private final NumberedRequest request;
    private final long end;
    private long next;

    /** From {@code start} to {@code end}, which does not belong to it. */
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
