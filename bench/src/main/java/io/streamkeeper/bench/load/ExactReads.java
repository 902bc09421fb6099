package io.streamkeeper.bench.load;

import io.netty.buffer.ByteBuf;

/** Reads each stream of a set once, and counts those that are missing or have another length than expected. */
public final class ExactReads implements Workload {
    private final NumberedRequest request;
    private final long[] streams;
    private final long expectedBytes;
    private int next;
    private long correct;

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
            correct++;
        }
    }

    /** The number of such streams, valid after the run. */
    public long wrong() {
        return streams.length - correct;
    }
}
