package io.streamkeeper.server.longrun;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.streamkeeper.server.longrun.ModelSubscription.Part;
import io.streamkeeper.server.longrun.ModelSubscription.Shown;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A receiver of webhooks that mostly does its work, and sometimes fails, answers late, or not at all, or acknowledges by
 * callbacks. It runs through all starts of a server. Safe for use by any thread.
 */
final class WebhookReceiver implements AutoCloseable {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** So many failures in a row delay the next attempt by 2.4 s at most. */
    private static final int FAILURES_MAX = 2;

    /** A request may be on its way for so long after the deletion of its subscription. */
    private static final long LATE_MAX_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** The same, of a member that was stopped meanwhile, or has lost the others without noticing. */
    private static final long LATE_IN_CLUSTER_MAX_NANOS = TimeUnit.SECONDS.toNanos(20);

    private static final int CALLBACK_MILLIS_MAX = 250;
    private static final String DONE = "{\"done\":true}";

    private final ExecutorService threads =
            Executors.newCachedThreadPool(new DefaultThreadFactory("webhook-receiver", true));
    private final HttpServer server;
    private final Random random;
    private final Reach reach;
    private final WakeReader reader;
    private final Map<String, ModelSubscription> subscriptions = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile @Nullable Session session;

    WebhookReceiver(long seed, Reach reach, Map<String, FollowedStream> streams) throws IOException {
        this.random = new Random(seed);
        this.reach = reach;
        this.reader = new WakeReader(streams, reach);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::receive);
        server.setExecutor(threads);
        server.start();
    }

    /** Where webhooks of a subscription are to be sent. */
    String url(ModelSubscription subscription) {
        subscriptions.put("/" + subscription.number, subscription);
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/" + subscription.number;
    }

    void serves(Session newSession) {
        session = newSession;
    }

    /** Requests for subscriptions before now are of no interest. */
    void forget() {
        subscriptions.clear();
    }

    @Nullable
    Throwable failure() {
        return failure.get();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    // ---- requests ----

    private void receive(HttpExchange exchange) {
        try {
            JsonNode body = MAPPER.readTree(exchange.getRequestBody());
            ModelSubscription subscription =
                    subscriptions.get(exchange.getRequestURI().getPath());
            Session now = session;
            if (subscription == null || now == null) {
                answer(exchange, 200, DONE);
                return;
            }
            long lateNanosMax = now.servers.isCluster() ? LATE_IN_CLUSTER_MAX_NANOS : LATE_MAX_NANOS;
            if (subscription.deletedForNanos() > lateNanosMax) {
                throw new AssertionError("a webhook of the deleted " + subscription + ": " + body);
            }
            if (!subscription.isAllowed(now) && System.nanoTime() - now.readyNanos > lateNanosMax) {
                throw new AssertionError("a webhook without the right to read, of " + subscription + ": " + body);
            }
            boolean again = isAgain(subscription, body);
            Shown wake = subscription.shown(body, body.get("callback_token").asText());
            reach.count(again ? "webhook: the same wake again" : "webhook: a wake");
            if (random.nextInt(6) == 0) {
                reader.read(now, wake);
            }
            work(exchange, now, subscription, wake);
        } catch (IOException e) {
            // The server has ended, or does not wait any more.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            failure.compareAndSet(null, e);
        } finally {
            exchange.close();
        }
    }

    private static boolean isAgain(ModelSubscription subscription, JsonNode body) {
        Shown last = subscription.last();
        return last != null && last.wakeId().equals(body.get("wake_id").asText());
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private void work(HttpExchange exchange, Session now, ModelSubscription subscription, Shown wake)
            throws IOException, InterruptedException {
        int choice = random.nextInt(100);
        if (now.isCalm || choice < 45 || !subscription.fails(FAILURES_MAX)) {
            done(exchange, subscription, wake);
        } else if (choice < 60) {
            answer(exchange, random.nextBoolean() ? 500 : 404, "");
            reach.count("webhook: failed");
        } else if (choice < 65) {
            exchange.getResponseHeaders().add("Retry-After", "1");
            answer(exchange, 503, "{\"done\":true}");
            reach.count("webhook: failed with Retry-After");
        } else if (choice < 72) {
            reach.count("webhook: closed without an answer");
        } else if (choice < 82) {
            TimeUnit.MILLISECONDS.sleep(Subscribers.LEASE_MILLIS + 300);
            // The server may have closed the connection by now, so that the answer fails.
            reach.count("webhook: answered after the lease");
            done(exchange, subscription, wake);
        } else if (choice < 88) {
            TimeUnit.MILLISECONDS.sleep(Subscribers.LEASE_MILLIS / 3);
            done(exchange, subscription, wake);
            reach.count("webhook: answered late");
        } else {
            answer(exchange, choice % 2 == 0 ? 202 : 200, choice % 3 == 0 ? "" : "{\"done\":\"true\"}");
            threads.execute(() -> callBack(now, subscription, wake));
        }
    }

    private void done(HttpExchange exchange, ModelSubscription subscription, Shown wake) throws IOException {
        wake.parts().forEach(part -> subscription.mayAcknowledge(part.path(), part.tail()));
        answer(exchange, 200, DONE);
        subscription.succeeded();
        reach.count("webhook: done");
    }

    // ---- callbacks ----

    private void callBack(Session now, ModelSubscription subscription, Shown wake) {
        try (Caller caller = new Caller(now, "Authorization: Bearer " + wake.token())) {
            TimeUnit.MILLISECONDS.sleep(random.nextInt(CALLBACK_MILLIS_MAX));
            if (random.nextBoolean() && !wake.parts().isEmpty()) {
                Part some = wake.parts().get(random.nextInt(wake.parts().size()));
                acknowledge(caller, subscription, wake, List.of(reader.within(some)), false);
                reach.count("webhook: acknowledged a part by a callback");
                TimeUnit.MILLISECONDS.sleep(random.nextInt(CALLBACK_MILLIS_MAX));
            }
            if (random.nextInt(4) == 0) {
                reach.count("webhook: accepted and never done");
                TimeUnit.MILLISECONDS.sleep(2L * Subscribers.LEASE_MILLIS);
            }
            if (acknowledge(caller, subscription, wake, wake.parts(), true)) {
                subscription.succeeded();
                reach.count("webhook: done by a callback");
            }
        } catch (IOException e) {
            if (!now.isEnding) {
                failure.compareAndSet(null, e);
            }
        } catch (Traffic.Later e) {
            reach.count("later: a callback, " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            failure.compareAndSet(null, e);
        }
    }

    private boolean acknowledge(
            Caller caller, ModelSubscription subscription, Shown wake, List<Part> parts, boolean isDone)
            throws IOException, Traffic.Later {
        Acknowledgement acknowledgement = new Acknowledgement(caller, subscription, wake, "/callback");
        if (acknowledgement.send(parts, isDone)) {
            return true;
        }
        reach.count(acknowledgement.wasFenced() ? "webhook: fenced" : "webhook: acknowledgement refused");
        return false;
    }
}
