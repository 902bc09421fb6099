package io.streamkeeper.bench.workload;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.bench.load.NumberedRequest;
import io.streamkeeper.bench.load.Workload;

/** Asks the same of one number after the other, and goes on where it left off in the next run. */
final class Fresh implements Workload {
    private static final int NUMBER_MAX = 9_999_999;

    private final NumberedRequest request;
    private int next;

    Fresh(NumberedRequest request) {
        this.request = request;
    }

    @Override
    public boolean next(int connection, ByteBuf out) {
        if (next > NUMBER_MAX) {
            return false;
        }
        request.writeTo(out, next++);
        return true;
    }
}
