package io.streamkeeper.bench.workload;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.bench.load.NumberedRequest;
import io.streamkeeper.bench.load.Workload;
import java.util.SplittableRandom;

/**
 * Appends to random streams as idempotent producers. Each stream belongs to one connection, because the sequence
 * numbers of a producer must arrive in order.
 */
final class ProducerAppends implements Workload {
    private final NumberedRequest append;
    private final int connections;
    private final int[] sequences;
    private final SplittableRandom random;

    ProducerAppends(NumberedRequest append, Spec spec, long seed) {
        this.append = append;
        this.connections = Math.min(spec.connections(), spec.streams());
        this.sequences = new int[spec.streams()];
        this.random = new SplittableRandom(seed);
    }

    @Override
    public boolean next(int connection, ByteBuf out) {
        if (connection >= connections) {
            return false;
        }
        int own = (sequences.length - connection - 1) / connections + 1;
        int stream = connection + connections * random.nextInt(own);
        append.writeTo(out, stream, sequences[stream]++);
        return true;
    }
}
