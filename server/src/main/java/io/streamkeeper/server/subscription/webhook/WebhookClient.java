package io.streamkeeper.server.subscription.webhook;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.server.outbound.ClientTls;
import io.streamkeeper.server.outbound.Destination;
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
 * <p>Attempts are bounded by their number, which the file descriptors and the memory allow; further callers wait, see
 * {@link WaitingAttempts}. The memory of each, for its request and its answer, is reserved before it begins (I7); one for
 * which there is none has failed.
 */
public final class WebhookClient implements Deliveries, AutoCloseable {
    /** Of a URL that is refused, as the attempt will state. */
    private static final Destination NONE = new Destination(false, "", 0);

    private final WebhookRules rules;
    private final StoredWebhookKeys keys;
    private final Executor workers;
    private final NameLookups names;
    private final Connector connector;
    private final Budget slots;
    private final WaitingAttempts waiting = new WaitingAttempts();
    private final Budget memory;
    private final int keptMax;
    private final Map<EventLoop, LoopDeliveries> loops = new ConcurrentHashMap<>();

    /**
     * A client.
     *
     * @param rules where it sends to
     * @param keys sign; they are prepared before the first attempt
     * @param workers may block for a short time; compute signatures and handshakes
     * @param channel the class of the sockets of the loops
     * @param bounds how many attempts may be under way, and connections kept
     * @param memory for attempts
     */
    public WebhookClient(
            WebhookRules rules,
            StoredWebhookKeys keys,
            Executor workers,
            Class<? extends Channel> channel,
            WebhookBounds bounds,
            Budget memory) {
        this(
                rules,
                keys,
                workers,
                new NameLookups(InetAddress::getAllByName),
                new Connector(channel, new ClientTls(null), workers),
                bounds,
                memory);
    }

    /** The same with another resolver of names and another trust. */
    WebhookClient(
            WebhookRules rules,
            StoredWebhookKeys keys,
            Executor workers,
            NameLookups names,
            Connector connector,
            WebhookBounds bounds,
            Budget memory) {
        this.rules = rules;
        this.keys = keys;
        this.workers = workers;
        this.names = names;
        this.connector = connector;
        this.slots = new Budget("webhooks under way", bounds.deliveriesMax());
        this.memory = memory;
        this.keptMax = bounds.keptMax();
    }

    @Override
    public @Nullable Attempt send(
            EventLoop loop, String url, byte[] body, long timeoutMillis, Consumer<Result> result, Runnable room) {
        LoopDeliveries own = loops.computeIfAbsent(loop, key -> new LoopDeliveries(key, keptMax));
        if (!own.takeRoom() && !slots.tryReserve(1)) {
            waiting.add(receiverOf(url), () -> loop.execute(() -> offer(own, room)));
            slots.await(1, () -> waiting.next().run());
            return null;
        }
        if (!memory.tryReserve(bytesOf(body))) {
            slots.release(1);
            return failed(loop, result);
        }
        return new Delivery(this, own, url, body, timeoutMillis, result).start();
    }

    private Destination receiverOf(String url) {
        try {
            return WebhookUrl.parse(url, rules).destination();
        } catch (RefusedException e) {
            return NONE;
        }
    }

    /** The memory of an attempt; a request that is longer than all of it counts as all of it. */
    private long bytesOf(byte[] body) {
        return Math.min((long) AnswerBody.BYTES_MAX + body.length, memory.bytesMax());
    }

    private static Attempt failed(EventLoop loop, Consumer<Result> result) {
        Future<?> later =
                loop.submit(() -> result.accept(new Result.Failed("the server has no memory for a webhook now", 0)));
        return () -> later.cancel(false);
    }

    /** Runs a waiter with room for one attempt; what it does not take is for the next one. */
    private void offer(LoopDeliveries own, Runnable room) {
        try {
            own.offerRoom(room);
        } finally {
            if (own.takeRoom()) {
                slots.release(1);
            }
        }
    }

    /** An attempt to send {@code body} has ended. */
    void release(byte[] body) {
        memory.release(bytesOf(body));
        slots.release(1);
    }

    /** {@return how many attempts are under way} */
    public long underWay() {
        return slots.usedBytes();
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
