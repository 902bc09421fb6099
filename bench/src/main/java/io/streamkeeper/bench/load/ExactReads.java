package io.streamkeeper.bench.load;

import io.netty.buffer.ByteBuf;

/** Reads each of some streams once, and counts those that are not there or not as long as they should be. */
public final class ExactReads implements Workload {
    private final NumberedRequest request;
    private final long[] streams;
    private final long expectedBytes;
    private int next;
    private long right;

    public ExactReads(NumberedRequest request, long[] streams, long expectedBytes) {
        this.request = request;
        this.streams = streams.clone();
        this.expectedBytes = expectedBytes;
    }

    @Override
    public boolean next(int connection, ByteBuf out) {
        if (next == streams.length) {
            return false;
        }
        request.writeTo(out, streams[next++]);
        return true;
    }

    @Override
    public void answered(int connection, int status, long bodyBytes) {
        if (status == 200 && bodyBytes == expectedBytes) {
            right++;
        }
    }

    /** Valid when the run is over. */
    public long wrong() {
        return streams.length - right;
    }
}
