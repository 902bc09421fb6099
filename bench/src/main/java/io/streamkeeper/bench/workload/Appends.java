package io.streamkeeper.bench.workload;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.bench.load.NumberedRequest;
import io.streamkeeper.bench.load.Workload;
import java.util.SplittableRandom;

/**
 * Appends to streams at random. A producer's sequence numbers must come in order, so each stream belongs to one
 * connection then.
 */
final class Appends implements Workload {
    private static final long SEED = 1;

    private final NumberedRequest append;
    private final int streams;
    private final int connections;
    private final int[] sequences;
    private final SplittableRandom random = new SplittableRandom(SEED);

    Appends(NumberedRequest append, Spec spec) {
        this.append = append;
        this.streams = spec.streams();
        this.connections = spec.producers() ? Math.min(spec.connections(), spec.streams()) : 1;
        this.sequences = new int[spec.producers() ? spec.streams() : 0];
    }

    @Override
    public boolean next(int connection, ByteBuf out) {
        if (sequences.length == 0) {
            append.writeTo(out, streams == 1 ? 0 : random.nextInt(streams));
            return true;
        }
        if (connection >= connections) {
            return false;
        }
        int own = (streams - connection - 1) / connections + 1;
        int stream = connection + connections * random.nextInt(own);
        append.writeTo(out, stream, sequences[stream]++);
        return true;
    }
}
