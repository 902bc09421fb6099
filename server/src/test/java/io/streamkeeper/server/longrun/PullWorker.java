package io.streamkeeper.server.longrun;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamkeeper.server.longrun.ModelSubscription.Part;
import io.streamkeeper.server.longrun.ModelSubscription.Shown;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A worker of pull-wake subscriptions: it claims when a wake stream has a new message, and mostly does its work; sometimes
 * it gives the lease back, or forgets it, and comes back with it later. Its thread is a new one for each start of a server.
 */
final class PullWorker implements Runnable {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String JSON = "Content-Type: application/json";
    private static final int PAUSE_MILLIS = 40;
    private static final int FAILURES_MAX = 2;

    private final String name;
    private final Session session;
    private final Supplier<List<ModelSubscription>> subscriptions;
    private final WakeReader reader;
    private final Random random;
    private final Reach reach;
    private final Caller caller;
    private volatile @Nullable Throwable failure;

    /** A lease that the worker has forgotten to use. */
    private @Nullable Runnable forgotten;

    PullWorker(
            String name,
            Session session,
            Supplier<List<ModelSubscription>> subscriptions,
            WakeReader reader,
            long seed,
            Reach reach) {
        this.name = name;
        this.session = session;
        this.subscriptions = subscriptions;
        this.reader = reader;
        this.random = new Random(seed);
        this.reach = reach;
        this.caller = new Caller(session, session.credentials);
    }

    @Nullable
    Throwable failure() {
        return failure;
    }

    @Override
    public void run() {
        try (caller) {
            while (!session.hasEnded) {
                for (ModelSubscription subscription : subscriptions.get()) {
                    turn(subscription);
                }
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        } catch (IOException e) {
            if (!session.isEnding) {
                failure = new AssertionError(name + ": the connection ended, but the server was not, " + e, e);
            }
        } catch (Throwable e) {
            failure = e;
        }
    }

    private void turn(ModelSubscription subscription) throws IOException, InterruptedException {
        try {
            boolean isWoken = readWakes(subscription);
            if (isWoken || (!session.isCalm && random.nextInt(40) == 0)) {
                claim(subscription);
            }
        } catch (Traffic.Later e) {
            reach.count("later: a worker, " + e.getMessage());
        } catch (IOException e) {
            if (!session.losesMembers()) {
                throw e;
            }
            reach.count("not answered: a worker");
        }
    }

    // ---- wakes ----

    /** Reads the new messages of the wake stream; returns whether there is one. */
    private boolean readWakes(ModelSubscription subscription) throws IOException, Traffic.Later {
        String place = subscription.placeOf(name);
        Wire.Answer answer = caller.exchange("GET", subscription.wakeStream + "?offset=" + place, "");
        require(answer.status() == 200, "a read of the wake stream", subscription, answer);
        boolean isWoken = false;
        for (JsonNode message : MAPPER.readTree(answer.body())) {
            boolean isWake = message.get("type").asText().equals("wake")
                    && message.get("subscription_id").asText().equals(subscription.id);
            require(isWake, "a message of the wake stream", subscription, answer);
            isWoken = true;
        }
        subscription.place(name, answer.field("stream-next-offset"));
        return isWoken;
    }

    private void claim(ModelSubscription subscription) throws IOException, Traffic.Later, InterruptedException {
        long before = subscription.generation();
        Wire.Answer answer = caller.exchange(
                "POST", Subscribers.ROOT + subscription.id + "/claim", "{\"worker\":\"" + name + "\"}", JSON);
        switch (answer.status()) {
            case 200 -> {
                if (subscription.deletedForNanos() > 0) {
                    // A later subscription has the same id, and its own generations.
                    return;
                }
                JsonNode body = MAPPER.readTree(answer.body());
                require(body.get("generation").asLong() > before, "a generation after " + before, subscription, answer);
                Shown wake = subscription.shown(body, body.get("token").asText());
                reach.count("pull-wake: claimed");
                if (random.nextInt(6) == 0) {
                    reader.read(session, wake);
                }
                work(subscription, wake);
            }
            case 404 -> requireCode(subscription, answer, "SUBSCRIPTION_NOT_FOUND");
            case 409 -> {
                requireCode(subscription, answer, "ALREADY_CLAIMED", "NO_PENDING_WORK");
                reach.count("pull-wake: " + answer.code());
            }
            default -> require(false, "a claim", subscription, answer);
        }
    }

    // ---- work ----

    private void work(ModelSubscription subscription, Shown wake)
            throws IOException, Traffic.Later, InterruptedException {
        int choice = random.nextInt(100);
        if (session.isCalm || choice < 60 || !subscription.fails(FAILURES_MAX)) {
            done(subscription, wake);
        } else if (choice < 75) {
            TimeUnit.MILLISECONDS.sleep(random.nextInt(Subscribers.LEASE_MILLIS / 2));
            acknowledge(subscription, wake, List.of(reader.within(wake.parts().get(0))), false);
            reach.count("pull-wake: acknowledged a part");
            TimeUnit.MILLISECONDS.sleep(random.nextInt(Subscribers.LEASE_MILLIS / 2));
            done(subscription, wake);
        } else if (choice < 88) {
            try (Caller own = caller(wake)) {
                if (new Acknowledgement(own, subscription, wake, "/release").release()) {
                    reach.count("pull-wake: released");
                }
            }
        } else {
            comeBack();
            forgotten = () -> comeBackWith(subscription, wake);
            reach.count("pull-wake: a lease was forgotten");
        }
    }

    private void done(ModelSubscription subscription, Shown wake) throws IOException, Traffic.Later {
        if (acknowledge(subscription, wake, wake.parts(), true)) {
            subscription.succeeded();
            reach.count("pull-wake: done");
        }
    }

    private boolean acknowledge(ModelSubscription subscription, Shown wake, List<Part> parts, boolean isDone)
            throws IOException, Traffic.Later {
        try (Caller own = caller(wake)) {
            Acknowledgement acknowledgement = new Acknowledgement(own, subscription, wake, "/ack");
            if (acknowledgement.send(parts, isDone)) {
                return true;
            }
            reach.count(acknowledgement.wasFenced() ? "pull-wake: fenced" : "pull-wake: acknowledgement refused");
            return false;
        }
    }

    private Caller caller(Shown wake) {
        return new Caller(session, "Authorization: Bearer " + wake.token());
    }

    private void comeBack() {
        Runnable late = forgotten;
        forgotten = null;
        if (late != null) {
            late.run();
        }
    }

    private void comeBackWith(ModelSubscription subscription, Shown wake) {
        try {
            done(subscription, wake);
        } catch (IOException | Traffic.Later e) {
            reach.count("later: a forgotten lease");
        }
    }

    private static void requireCode(ModelSubscription subscription, Wire.Answer answer, String... codes) {
        require(List.of(codes).contains(answer.code()), "the code of a refusal", subscription, answer);
    }

    private static void require(boolean holds, String what, ModelSubscription subscription, Wire.Answer answer) {
        if (!holds) {
            throw new AssertionError(what + ", " + subscription + ": " + answer);
        }
    }
}
