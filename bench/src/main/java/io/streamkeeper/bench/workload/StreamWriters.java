package io.streamkeeper.bench.workload;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.bench.load.NumberedRequest;
import io.streamkeeper.bench.load.Workload;

/**
 * Connection c appends messages with their send time to the stream with the number c, modulo the number of streams, as
 * a producer of its own.
 */
final class StreamWriters implements Workload {
    private final NumberedRequest append;
    private final int messageBytes;
    private final int streams;
    private final long[] sequences;
    private final long[] acknowledged;

    StreamWriters(NumberedRequest append, int messageBytes, int connections, int streams) {
        this.append = append;
        this.messageBytes = messageBytes;
        this.streams = streams;
        this.sequences = new long[connections];
        this.acknowledged = new long[streams];
    }

    @Override
    public boolean next(int connection, ByteBuf out) {
        append.writeTo(out, connection % streams, sequences[connection]++);
        Stamp.write(out, out.writerIndex() - messageBytes, System.nanoTime());
        return true;
    }

    @Override
    public void answered(int connection, int status, long bodyBytes) {
        if (status / 100 == 2) {
            acknowledged[connection % streams]++;
        }
    }

    /** The number of acknowledged appends to a stream, valid after the run. */
    long acknowledged(int stream) {
        return acknowledged[stream];
    }
}
