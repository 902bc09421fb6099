package io.streamkeeper.bench.workload;

import io.streamkeeper.bench.load.LoadClient;
import io.streamkeeper.bench.load.Measurement;
import io.streamkeeper.bench.load.NumberedRange;
import io.streamkeeper.bench.load.NumberedRequest;
import io.streamkeeper.bench.load.Pacing;
import io.streamkeeper.bench.load.Target;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Readers of server-sent events of one stream, which get a message when they are added. Used by one thread. */
public final class Subscribers implements AutoCloseable {
    private static final Spec ONE = Spec.of(1, 1, 256);
    private static final long NANOS_MAX = TimeUnit.MINUTES.toNanos(1);

    private final Target target;
    private final Requests requests;
    private final LoadClient client;
    private final Measurement deliveries = Measurement.whole();
    private final Followers followers;
    private boolean created;
    private int count;
    private long expected;

    public Subscribers(Target target) {
        this.target = target;
        this.requests = Requests.ofText(target, "subscribers", ONE);
        this.client = new LoadClient(1, target.transport());
        this.followers = new Followers(client, target, deliveries);
    }

    /**
     * Adds readers, appends a message, and waits until all readers have it.
     *
     * @throws IOException if a reader fails or does not get the message
     */
    public void add(int more) throws IOException, InterruptedException {
        if (!created) {
            created = true;
            send(requests.create());
            followers.begin();
        }
        for (int i = 0; i < more; i++) {
            followers.add(requests.path(0), Follower.Mode.EVENTS);
        }
        followers.awaitOpen();
        count += more;
        expected += count;
        send(requests.append(Stamp.message(ONE.bodyBytes())));
        long missing = followers.awaitDeliveries(expected);
        if (missing > 0) {
            throw new IOException(missing + " of " + count + " subscribers did not get a message");
        }
    }

    private void send(NumberedRequest request) throws IOException, InterruptedException {
        Measurement sent = client.run(
                target.http1Address(),
                new NumberedRange(request, 0, 1),
                Pacing.closedLoop(),
                Measurement.whole(),
                NANOS_MAX);
        if (sent.failures() > 0) {
            throw new IOException("responses by status: " + sent.byStatus() + "; expected 2xx");
        }
    }

    @Override
    public void close() {
        followers.close();
        client.close();
    }
}
