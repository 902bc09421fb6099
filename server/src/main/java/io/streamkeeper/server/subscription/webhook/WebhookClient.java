package io.streamkeeper.server.subscription.webhook;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.streamkeeper.server.subscription.Deliveries;
import io.streamkeeper.storage.memory.Budget;
import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends wakes to webhooks over HTTP/1.1, on the loops of the server. Connections are kept for the next wakes to the same
 * host. It uses no proxy, and follows no redirects. Safe for use by all loops.
 *
 * <p>Memory for an answer is reserved before an attempt begins (I7); when all is reserved, callers wait in line.
 */
public final class WebhookClient implements Deliveries, AutoCloseable {
    private final WebhookRules rules;
    private final StoredWebhookKeys keys;
    private final Executor workers;
    private final NameLookups names;
    private final Connector connector;
    private final Budget answers;
    private final Map<EventLoop, LoopDeliveries> loops = new ConcurrentHashMap<>();

    /**
     * A client.
     *
     * @param rules where it sends to
     * @param keys sign; they are prepared before the first attempt
     * @param workers may block for a short time; compute signatures and handshakes
     * @param channel the class of the sockets of the loops
     * @param deliveriesMax how many attempts may be under way
     */
    public WebhookClient(
            WebhookRules rules,
            StoredWebhookKeys keys,
            Executor workers,
            Class<? extends Channel> channel,
            int deliveriesMax) {
        this(
                rules,
                keys,
                workers,
                new NameLookups(InetAddress::getAllByName),
                new Connector(channel, new ClientTls(null), workers),
                deliveriesMax);
    }

    /** The same with another resolver of names and another trust. */
    WebhookClient(
            WebhookRules rules,
            StoredWebhookKeys keys,
            Executor workers,
            NameLookups names,
            Connector connector,
            int deliveriesMax) {
        this.rules = rules;
        this.keys = keys;
        this.workers = workers;
        this.names = names;
        this.connector = connector;
        this.answers = new Budget("answers of webhooks", (long) deliveriesMax * AnswerBody.BYTES_MAX);
    }

    @Override
    public @Nullable Attempt send(
            EventLoop loop, String url, byte[] body, long timeoutMillis, Consumer<Result> result, Runnable room) {
        LoopDeliveries own = loops.computeIfAbsent(loop, LoopDeliveries::new);
        if (own.takeRoom() || answers.tryReserve(AnswerBody.BYTES_MAX)) {
            return new Delivery(this, own, url, body, timeoutMillis, result).start();
        }
        answers.await(AnswerBody.BYTES_MAX, () -> loop.execute(() -> offer(own, room)));
        return null;
    }

    /** Runs a waiter with room for one attempt; what it does not take is for the next one. */
    private void offer(LoopDeliveries own, Runnable room) {
        try {
            own.offerRoom(room);
        } finally {
            if (own.takeRoom()) {
                release();
            }
        }
    }

    /** An attempt has ended. */
    void release() {
        answers.release(AnswerBody.BYTES_MAX);
    }

    /** {@return how many attempts are under way} */
    public long underWay() {
        return answers.usedBytes() / AnswerBody.BYTES_MAX;
    }

    WebhookRules rules() {
        return rules;
    }

    StoredWebhookKeys keys() {
        return keys;
    }

    Executor workers() {
        return workers;
    }

    NameLookups names() {
        return names;
    }

    Connector connector() {
        return connector;
    }

    /** Ends the threads that resolve names. Connections end with their loops. */
    @Override
    public void close() {
        names.close();
    }
}
