package io.streamkeeper.server.subscription.webhook;

import io.netty.channel.Channel;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.WebhookSignature;
import io.streamkeeper.server.subscription.Deliveries.Attempt;
import io.streamkeeper.server.subscription.Deliveries.Result;
import io.streamkeeper.storage.disk.Clock;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One attempt: signs the body, then sends it on a connection that is open, or else resolves the name, checks the
 * addresses, and connects to one after the other. Owned by its loop.
 *
 * <p>A request on a connection that was used before, and that ends without any answer, is sent again on a new one: the
 * receiver has closed the connection as the request was on its way.
 */
final class Delivery implements Attempt, WebhookConnection.Exchange {
    /** The most addresses of a name that one attempt tries. */
    private static final int ADDRESSES_MAX = 4;

    private static final long SPARE_MILLIS = 1_000;

    private final WebhookClient client;
    private final LoopDeliveries own;
    private final String text;
    private final byte[] body;
    private final long timeoutMillis;
    private final long deadlineNanos;
    private final Consumer<Result> result;
    private final Future<?> timer;
    private boolean isOver;
    private @Nullable Channel connecting;
    private @Nullable WebhookConnection connection;
    private @Nullable WebhookSignature signature;
    private @Nullable WebhookUrl url;

    /** An attempt for which there is room. */
    Delivery(
            WebhookClient client,
            LoopDeliveries own,
            String text,
            byte[] body,
            long timeoutMillis,
            Consumer<Result> result) {
        this.client = client;
        this.own = own;
        this.text = text;
        this.body = body;
        this.timeoutMillis = timeoutMillis;
        this.deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        this.result = result;
        this.timer = own.loop().schedule(this::timeOut, timeoutMillis, TimeUnit.MILLISECONDS);
    }

    /** Begins; the result comes in a later turn. */
    Delivery start() {
        try {
            WebhookUrl parsed = WebhookUrl.parse(text, client.rules());
            url = parsed;
            client.workers().execute(() -> prepare(parsed));
        } catch (RefusedException e) {
            own.loop().execute(() -> fail(e.refusal().message()));
        } catch (RejectedExecutionException e) {
            own.loop().execute(() -> fail("the server is being stopped"));
        }
        return this;
    }

    /** On a worker: what would block the loop. */
    private void prepare(WebhookUrl target) {
        try {
            if (target.isTls()) {
                client.connector().prepare();
            }
            if (target.literal() == null) {
                client.names().start();
            }
            WebhookSignature signed = client.keys().sign(body);
            own.loop().execute(() -> prepared(target, signed));
        } catch (SSLException | RuntimeException e) {
            own.loop().execute(() -> fail(Reasons.of("preparing the request", e)));
        }
    }

    private void prepared(WebhookUrl target, WebhookSignature signed) {
        if (isOver) {
            return;
        }
        signature = signed;
        WebhookConnection open = own.pool().take(target.destination());
        if (open == null) {
            connect(target);
        } else {
            send(target, open);
        }
    }

    private void connect(WebhookUrl target) {
        InetAddress literal = target.literal();
        if (literal != null) {
            connect(target, List.of(literal), null);
            return;
        }
        client.names().lookUp(target.host(), own.loop(), (addresses, failure) -> {
            if (!isOver) {
                resolved(target, addresses, failure);
            }
        });
    }

    private void resolved(WebhookUrl target, List<InetAddress> addresses, @Nullable Throwable failure) {
        String problem = failure == null
                ? AddressCheck.problem(target, addresses)
                : Reasons.of("resolving " + target.host(), failure);
        if (problem == null) {
            connect(target, AddressCheck.usable(addresses, ADDRESSES_MAX), null);
        } else {
            fail(problem);
        }
    }

    /** Connects to the first of the addresses that were checked; {@code last} is why the one before failed. */
    private void connect(WebhookUrl target, List<InetAddress> addresses, @Nullable String last) {
        if (addresses.isEmpty()) {
            fail(last == null ? target.host() + " has no address" : last);
            return;
        }
        long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
        // The timer of the attempt ends the last one, which names the time that the caller has set.
        long shareMillis =
                addresses.size() > 1 ? Math.max(1, leftMillis / addresses.size()) : leftMillis + SPARE_MILLIS;
        InetAddress address = addresses.get(0);
        connecting = client.connector().open(own, target, address, shareMillis, (opened, failure) -> {
            if (isOver) {
                closeUnused(opened);
            } else if (opened == null) {
                String reason = Reasons.of("connecting to " + target.authority(), failure);
                connect(target, addresses.subList(1, addresses.size()), reason);
            } else {
                send(target, opened);
            }
        });
    }

    private static void closeUnused(@Nullable WebhookConnection opened) {
        if (opened != null) {
            opened.close();
        }
    }

    private void send(WebhookUrl target, WebhookConnection open) {
        WebhookSignature signed = signature;
        if (signed == null) {
            throw new IllegalStateException("the body is not signed");
        }
        connecting = null;
        connection = open;
        open.send(target, signed, body, this);
    }

    @Override
    public void accepted(boolean isDone) {
        connection = null;
        end(new Result.Accepted(isDone));
    }

    @Override
    public void refused(int status, @Nullable String retryAfter) {
        connection = null;
        boolean isRedirect = status >= 300 && status < 400;
        end(new Result.Failed(
                "the receiver answered " + status + (isRedirect ? "; redirects are not followed" : ""),
                RetryAfter.millis(retryAfter, Clock.SYSTEM.nowMillis())));
    }

    @Override
    public void failed(String reason, boolean hasBegun) {
        WebhookConnection ended = connection;
        WebhookUrl target = url;
        connection = null;
        if (target != null && ended != null && ended.isReused() && !hasBegun && !isOver) {
            connect(target);
        } else {
            fail(reason);
        }
    }

    private void timeOut() {
        boolean isAwaited = connection != null;
        fail((isAwaited ? "no whole answer within " : "no connection within ") + timeoutMillis + " ms");
    }

    private void fail(String reason) {
        end(new Result.Failed(reason, 0));
    }

    private void end(Result ended) {
        if (!isOver) {
            release();
            result.accept(ended);
        }
    }

    @Override
    public void cancel() {
        if (!isOver) {
            release();
        }
    }

    private void release() {
        isOver = true;
        timer.cancel(false);
        if (connecting != null) {
            connecting.close();
        }
        if (connection != null) {
            connection.abandon();
        }
        client.release(body);
    }
}
