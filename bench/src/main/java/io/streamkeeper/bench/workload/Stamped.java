package io.streamkeeper.bench.workload;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.bench.load.NumberedRequest;
import io.streamkeeper.bench.load.Workload;

/** Appends messages with their send time to all streams in turn. */
final class Stamped implements Workload {
    private final NumberedRequest append;
    private final int messageBytes;
    private final int streams;
    private int next;

    Stamped(NumberedRequest append, int messageBytes, int streams) {
        this.append = append;
        this.messageBytes = messageBytes;
        this.streams = streams;
    }

    @Override
    public boolean next(int connection, ByteBuf out) {
        append.writeTo(out, next++ % streams);
        Stamp.write(out, out.writerIndex() - messageBytes, System.nanoTime());
        return true;
    }
}
