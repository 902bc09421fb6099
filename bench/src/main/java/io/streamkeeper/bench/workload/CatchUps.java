package io.streamkeeper.bench.workload;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.bench.load.Response;
import io.streamkeeper.bench.load.Workload;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads whole streams; an operation is all reads of one stream, from its beginning to its tail. */
final class CatchUps implements Workload {
    private static final byte[] BEGINNING = {'-', '1'};
    private static final byte[] END = " HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final byte[][] starts;
    private final long streamBytes;
    private final int[] streams;
    private final byte[][] offsets;
    private final long[] received;
    private int nextStream;

    CatchUps(Requests requests, Spec spec, long streamBytes) {
        this.streamBytes = streamBytes;
        starts = new byte[spec.streams()][];
        for (int i = 0; i < starts.length; i++) {
            starts[i] = ("GET " + requests.path(i) + "?offset=").getBytes(StandardCharsets.US_ASCII);
        }
        streams = new int[spec.connections()];
        offsets = new byte[spec.connections()][];
        received = new long[spec.connections()];
        Arrays.fill(offsets, BEGINNING);
    }

    @Override
    public boolean next(int connection, ByteBuf out) {
        if (received[connection] == 0) {
            streams[connection] = nextStream++ % starts.length;
        }
        out.writeBytes(starts[streams[connection]])
                .writeBytes(offsets[connection])
                .writeBytes(END);
        return true;
    }

    @Override
    public boolean completes(int connection, Response response) {
        received[connection] += response.bodyBytes();
        if (received[connection] >= streamBytes || response.bodyBytes() == 0) {
            received[connection] = 0;
            offsets[connection] = BEGINNING;
            return true;
        }
        offsets[connection] = response.nextOffset();
        return false;
    }
}
