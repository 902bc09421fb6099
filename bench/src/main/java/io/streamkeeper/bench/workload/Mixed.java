package io.streamkeeper.bench.workload;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.bench.load.NumberedRange;
import io.streamkeeper.bench.load.NumberedRequest;
import io.streamkeeper.bench.load.Workload;
import java.util.SplittableRandom;

/** Of a hundred random requests, about seventy append, twenty-five read 1 KiB and five create. */
final class Mixed implements Workload {
    private static final long SEED = 2;
    private static final int APPENDS = 70;
    private static final int READS = 25;

    private final NumberedRequest append;
    private final NumberedRequest read;
    private final NumberedRange create;
    private final int streams;
    private final SplittableRandom random = new SplittableRandom(SEED);

    /** The streams of {@code read} get no appends, so that the length of a read stays constant. */
    Mixed(NumberedRequest append, NumberedRequest read, NumberedRange create, int streams) {
        this.append = append;
        this.read = read;
        this.create = create;
        this.streams = streams;
    }

    @Override
    public boolean next(int connection, ByteBuf out) {
        int kind = random.nextInt(100);
        if (kind >= APPENDS + READS) {
            return create.next(connection, out);
        }
        (kind < APPENDS ? append : read).writeTo(out, random.nextInt(streams));
        return true;
    }
}
