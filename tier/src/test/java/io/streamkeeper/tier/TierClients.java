package io.streamkeeper.tier;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** Clients that run at the same time, each on a thread of its own. Belongs to the test's thread. */
final class TierClients {
    private static final int COUNT = 3;
    private static final Duration END_MAX = Duration.ofMinutes(2);

    private final AtomicInteger refusedReads = new AtomicInteger();
    private final List<TierTraffic> clients = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    void start(TierTraffic.Sender sender, Random random) {
        for (int i = 0; i < COUNT; i++) {
            clients.add(new TierTraffic(sender, "client" + i, random.nextLong(), refusedReads));
            threads.add(new Thread(clients.get(i), "client" + i));
            threads.get(i).start();
        }
    }

    /** Fails if one of them has failed. */
    void check() {
        for (TierTraffic client : clients) {
            if (client.failure() != null) {
                throw new AssertionError(client.failure().getMessage(), client.failure());
            }
        }
    }

    void end() {
        clients.forEach(TierTraffic::end);
    }

    /** Waits for the end of all. */
    void join() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join(END_MAX.toMillis());
            assertThat(thread.isAlive()).as("a client still works").isFalse();
        }
    }

    /** See {@link TierTraffic#checkAll}. */
    void checkAll(TierTraffic.Sender from) throws IOException, InterruptedException {
        for (TierTraffic client : clients) {
            client.checkAll(from);
        }
    }

    /** See {@link TierTraffic#deleteAll}. */
    void deleteAll() throws IOException, InterruptedException {
        for (TierTraffic client : clients) {
            client.deleteAll();
        }
    }

    /** How many reads were refused because the object store was away. */
    double refusedReads() {
        return refusedReads.get();
    }
}
