package io.streamkeeper.bench.workload;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.bench.load.NumberedRequest;
import io.streamkeeper.bench.load.Workload;

/** Each connection repeatedly creates a stream, appends to it ten times, reads it, and deletes it. */
final class Lifecycles implements Workload {
    private static final int APPENDS = 10;

    private final NumberedRequest create;
    private final NumberedRequest append;
    private final NumberedRequest read;
    private final NumberedRequest delete;
    private final int[] streams;
    private final int[] steps;
    private int nextStream;

    Lifecycles(Requests requests, Spec spec) {
        create = requests.create();
        append = requests.append();
        read = requests.read();
        delete = requests.delete();
        streams = new int[spec.connections()];
        steps = new int[spec.connections()];
    }

    @Override
    public boolean next(int connection, ByteBuf out) {
        int step = steps[connection];
        if (step == 0) {
            if (nextStream > NumberedRequest.NUMBER_MAX) {
                return false;
            }
            streams[connection] = nextStream++;
        }
        steps[connection] = (step + 1) % (APPENDS + 3);
        NumberedRequest request = switch (step) {
            case 0 -> create;
            case APPENDS + 1 -> read;
            case APPENDS + 2 -> delete;
            default -> append;
        };
        request.writeTo(out, streams[connection]);
        return true;
    }
}
