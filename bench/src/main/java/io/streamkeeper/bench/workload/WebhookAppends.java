package io.streamkeeper.bench.workload;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.bench.load.Measurement;
import io.streamkeeper.bench.load.NumberedRequest;
import io.streamkeeper.bench.load.Response;
import io.streamkeeper.bench.load.Workload;
import io.streamkeeper.protocol.Digits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Appends to all streams in turn, and measures how long it takes until a webhook names a tail that an append has reached.
 * A webhook counts once, with the oldest append that no webhook before it has named. Owned by one loop.
 */
final class WebhookAppends implements Workload {
    private static final int STATUS_OK = 200;

    private final NumberedRequest append;
    private final List<Open> streams = new ArrayList<>();
    private final Append[] pending;
    private Measurement measurement = Measurement.whole();
    private long open;
    private int next;

    /** An append that no webhook has named. */
    private static final class Append {
        private final int stream;
        private final long sentNanos;

        /** The offset after it; null before the response. */
        private @Nullable String end;

        Append(int stream, long sentNanos) {
            this.stream = stream;
            this.sentNanos = sentNanos;
        }

        boolean isUpTo(String tail) {
            // Offsets are ordered as their texts are (section 8).
            return end != null && end.compareTo(tail) <= 0;
        }
    }

    /** A webhook that may have named an append whose response has not come yet. */
    private record Early(String tail, long nanos) {}

    /** What is open of one stream. */
    private static final class Open {
        private final List<Append> appends = new ArrayList<>(1);
        private final List<Early> early = new ArrayList<>(0);
    }

    WebhookAppends(NumberedRequest append, int streams, int connections) {
        this.append = append;
        this.pending = new Append[connections];
        for (int i = 0; i < streams; i++) {
            this.streams.add(new Open());
        }
    }

    /** Forgets the runs before, and records in {@code newMeasurement} from now on. */
    void begin(Measurement newMeasurement) {
        measurement = newMeasurement;
        open = 0;
        streams.replaceAll(before -> new Open());
    }

    /** How many appends no webhook has named. */
    long open() {
        return open;
    }

    @Override
    public boolean next(int connection, ByteBuf out) {
        int stream = next++ % streams.size();
        next %= streams.size();
        append.writeTo(out, stream);
        Append sent = new Append(stream, System.nanoTime());
        pending[connection] = sent;
        streams.get(stream).appends.add(sent);
        open++;
        return true;
    }

    @Override
    public boolean completes(int connection, Response response) {
        Append answered = pending[connection];
        answered.end = new String(response.nextOffset(), StandardCharsets.US_ASCII);
        Open stream = streams.get(answered.stream);
        for (Early webhook : List.copyOf(stream.early)) {
            if (answered.isUpTo(webhook.tail)) {
                stream.early.remove(webhook);
                name(stream, webhook.tail, webhook.nanos);
            }
        }
        if (stream.appends.stream().allMatch(each -> each.end != null)) {
            stream.early.clear();
        }
        return true;
    }

    /** A webhook names a stream and its tail. */
    void delivered(String path, String tail, long nowNanos) {
        int stream = Digits.toInt(path.substring(path.length() - NumberedRequest.DIGITS));
        name(streams.get(stream), tail, nowNanos);
    }

    private void name(Open stream, String tail, long nanos) {
        long sent = Long.MAX_VALUE;
        boolean hasUnanswered = false;
        for (Append each : List.copyOf(stream.appends)) {
            if (each.isUpTo(tail)) {
                stream.appends.remove(each);
                open--;
                sent = Math.min(sent, each.sentNanos);
            }
            hasUnanswered |= each.end == null;
        }
        if (sent != Long.MAX_VALUE) {
            measurement.answered(sent, nanos, STATUS_OK);
        } else if (hasUnanswered) {
            stream.early.add(new Early(tail, nanos));
        }
    }
}
