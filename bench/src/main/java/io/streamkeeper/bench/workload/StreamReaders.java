package io.streamkeeper.bench.workload;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.bench.load.Response;
import io.streamkeeper.bench.load.Workload;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Each connection reads one stream again and again; an operation is all reads from the beginning to the tail, where the
 * response is marked as up to date.
 */
final class StreamReaders implements Workload {
    private static final byte[] BEGINNING = {'-', '1'};
    private static final byte[] END = " HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final byte[][] starts;
    private final byte[][] offsets;

    /** Connection c reads the stream with the number c, modulo the number of streams. */
    StreamReaders(Requests requests, int connections, int streams) {
        starts = new byte[connections][];
        offsets = new byte[connections][];
        for (int i = 0; i < connections; i++) {
            starts[i] = ("GET " + requests.path(i % streams) + "?offset=").getBytes(StandardCharsets.US_ASCII);
        }
        Arrays.fill(offsets, BEGINNING);
    }

    @Override
    public boolean next(int connection, ByteBuf out) {
        out.writeBytes(starts[connection]).writeBytes(offsets[connection]).writeBytes(END);
        return true;
    }

    @Override
    public boolean completes(int connection, Response response) {
        boolean complete = response.isUpToDate() || response.nextOffset().length == 0;
        offsets[connection] = complete ? BEGINNING : response.nextOffset();
        return complete;
    }
}
