package io.streamkeeper.server.longrun;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Streams that subscriptions follow, their writer, and the workers of the subscriptions. After each start it waits until
 * everything that is pending is delivered. Its thread is a new one for each start; the model goes from one to the next.
 */
final class Subscribers implements Runnable {
    static final String NAME = "subscriber";
    static final String ROOT = "__ds/subscriptions/";
    static final String JSON = "Content-Type: application/json";
    static final int LEASE_MILLIS = 1_000;

    private static final int STREAMS = 10;
    private static final int PAUSE_MILLIS = 4;

    final Random random;
    final Reach reach;
    final ServerClock clock;
    final Map<String, FollowedStream> streams = new ConcurrentHashMap<>();
    final List<ModelSubscription> subscriptions = new CopyOnWriteArrayList<>();
    final WebhookReceiver receiver;
    private final WakeReader reader;
    private final FollowedWrites writes;
    private final SubscriptionSteps steps;
    private final Redelivery redelivery;
    private List<PullWorker> workers = List.of();
    private @Nullable Session session;
    private @Nullable Caller caller;
    private String lastEnd = "";
    private volatile boolean isSettled;
    private volatile @Nullable Throwable failure;

    Subscribers(long seed, ServerClock clock, Reach reach) throws IOException {
        this.random = new Random(seed);
        this.clock = clock;
        this.reach = reach;
        this.receiver = new WebhookReceiver(random.nextLong(), reach, streams);
        this.reader = new WakeReader(streams, reach);
        this.writes = new FollowedWrites(this);
        this.steps = new SubscriptionSteps(this);
        this.redelivery = new Redelivery(this);
        for (int i = 0; i < STREAMS; i++) {
            String path = NAME + "/s/" + i;
            streams.put(path, new FollowedStream(path));
        }
    }

    /** The streams of which no change is in doubt: any other takes no part until all members of a cluster have ended. */
    List<FollowedStream> certainStreams() {
        return streams.values().stream()
                .filter(stream -> stream.doubt == FollowedStream.Doubt.NONE)
                .toList();
    }

    // ---- from one start to the next ----

    /** Servers of this session are about to start: some may send webhooks before all are ready. */
    void starting(Session newSession) {
        receiver.serves(newSession);
    }

    /** The server is ready, after an end of this kind. */
    List<Thread> start(Session newSession, String newLastEnd) {
        session = newSession;
        lastEnd = newLastEnd;
        isSettled = false;
        newSession.readyNanos = System.nanoTime();
        receiver.serves(newSession);
        workers = List.of(worker("worker-1", newSession), worker("worker-2", newSession));
        List<Thread> threads = new ArrayList<>();
        threads.add(new Thread(this, NAME));
        workers.forEach(worker -> threads.add(new Thread(worker, "pull-worker")));
        threads.forEach(Thread::start);
        return threads;
    }

    private PullWorker worker(String name, Session of) {
        return new PullWorker(name, of, () -> pulling(of), reader, random.nextLong(), reach);
    }

    private List<ModelSubscription> pulling(Session of) {
        return subscriptions.stream()
                .filter(subscription -> subscription.isPullWake() && subscription.isAllowed(of))
                .filter(subscription -> subscription.isConfirmed)
                .toList();
    }

    /** From now on the server may end at any time. */
    void ending() {
        session().isEnding = true;
    }

    /** The server has ended. */
    void ended() {
        session().hasEnded = true;
        redelivery.ended();
    }

    /** The next start has another, empty data directory. */
    void forget() {
        streams.values().forEach(FollowedStream::deleted);
        subscriptions.clear();
        steps.forget();
        receiver.forget();
    }

    /** Whether everything that was pending at the start was delivered and acknowledged. */
    boolean isSettled() {
        return isSettled || failure() != null;
    }

    @Nullable
    Throwable failure() {
        Throwable first = failure != null ? failure : receiver.failure();
        for (PullWorker worker : workers) {
            first = first != null ? first : worker.failure();
        }
        return first;
    }

    /** How long the delivery of what was pending at a start has taken: the longest time, in milliseconds. */
    long slowestMillis() {
        return redelivery.slowestMillis();
    }

    void close() {
        receiver.close();
    }

    Session session() {
        if (session == null) {
            throw new IllegalStateException("no server was started");
        }
        return session;
    }

    @Override
    public void run() {
        caller = new Caller(session(), session().credentials);
        try {
            writes.settle();
            steps.settle(lastEnd);
            redelivery.await(lastEnd);
            session().isCalm = false;
            isSettled = true;
            while (!session().hasEnded) {
                step();
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        } catch (IOException e) {
            if (!session().isEnding) {
                failure =
                        new AssertionError("the connection of the subscribers ended, but the server was not, " + e, e);
            }
        } catch (Throwable e) {
            failure = e;
        } finally {
            caller.close();
        }
    }

    private void step() throws IOException {
        boolean changes = random.nextInt(25) == 0;
        try {
            if (changes) {
                steps.step();
            } else {
                writes.step();
            }
        } catch (Traffic.Later e) {
            reach.count("later: subscribers, " + e.getMessage());
            if (changes) {
                steps.certain();
            } else {
                writes.certain();
            }
        } catch (IOException e) {
            if (!session().losesMembers()) {
                throw e;
            }
            reach.count("not answered: subscribers");
            steps.inDoubt();
        }
    }

    Wire.Answer exchange(String method, String path, String body, String... fields) throws IOException, Traffic.Later {
        if (caller == null) {
            throw new IllegalStateException("no server was started");
        }
        return caller.exchange(method, path, body, fields);
    }

    static void require(boolean holds, String what, Object of, Wire.Answer answer) {
        if (!holds) {
            throw new AssertionError(what + ", " + of + ": " + answer);
        }
    }
}
