package io.streamkeeper.server.http.decode;

import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.config.HttpLimits;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Ends a request that has begun and does not arrive in time. A connection has one timer, which is armed only while a
 * request is incomplete. When it fires, it checks what the connection waits for, so no timer is scheduled or cancelled
 * for each request. Used by the connection's event loop only.
 *
 * <p>Time in which the channel is not read does not count against the client: the time restarts when it is read again.
 */
final class ReadDeadline {
    /** The part of a request that the connection waits for. */
    enum Awaited {
        NOTHING,
        HEAD,
        BODY
    }

    private static final long RATE_CHECK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final HttpLimits limits;
    private final long headNanos;
    private final long bodyNanos;
    private final Predicate<ChannelHandlerContext> isTooSlow;
    private final Consumer<ChannelHandlerContext> onTimeout;
    private final Lateness lateness = new Lateness();
    private Awaited awaited = Awaited.NOTHING;
    private long sinceNanos;
    private @Nullable Future<?> timer;

    /**
     * A deadline without a request. While a body is awaited, {@code isTooSlow} is called every second; if it returns
     * true, {@code onTimeout} is called as at the end of the time.
     */
    ReadDeadline(
            HttpLimits limits, Predicate<ChannelHandlerContext> isTooSlow, Consumer<ChannelHandlerContext> onTimeout) {
        this.limits = limits;
        this.headNanos = TimeUnit.MILLISECONDS.toNanos(limits.headerTimeoutMillis());
        this.bodyNanos = TimeUnit.MILLISECONDS.toNanos(limits.bodyStallTimeoutMillis());
        this.isTooSlow = isTooSlow;
        this.onTimeout = onTimeout;
    }

    /** The refusal of a request that did not arrive in time; {@code tooSlow} if that is the reason. */
    Refusal refusal(boolean tooSlow) {
        String reason = "no byte of the request's body arrived within " + limits.bodyStallTimeoutMillis() + " ms";
        if (awaited == Awaited.HEAD) {
            reason = "the request's head was incomplete after " + limits.headerTimeoutMillis() + " ms";
        } else if (tooSlow) {
            reason = "the request's body arrived at less than " + BodyRate.BYTES_PER_SECOND_MIN
                    + " bytes a second, while others waited for the memory";
        }
        return Refusal.of(ErrorCode.REQUEST_TIMEOUT, reason);
    }

    /** No request is incomplete. */
    void awaitNothing() {
        awaited = Awaited.NOTHING;
    }

    /** A head has begun: its time starts now, unless it has started before for this head. */
    void awaitHead(ChannelHandlerContext context) {
        if (awaited != Awaited.HEAD) {
            await(context, Awaited.HEAD);
        }
    }

    /** A part of a body has arrived: the time for the next part starts now. */
    void awaitBody(ChannelHandlerContext context) {
        await(context, Awaited.BODY);
    }

    /** Restarts the time of the awaited part, because the channel was not read for a while. */
    void restart(ChannelHandlerContext context) {
        if (awaited != Awaited.NOTHING) {
            sinceNanos = nowNanos(context);
        }
    }

    /** Ends the watch, and cancels the timer. */
    void stop() {
        awaitNothing();
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private void await(ChannelHandlerContext context, Awaited next) {
        awaited = next;
        sinceNanos = nowNanos(context);
        if (timer == null) {
            arm(context, allowedNanos());
        }
    }

    /** Arms the timer, for no longer than either timeout, so that it also covers a head that begins meanwhile. */
    private void arm(ChannelHandlerContext context, long nanos) {
        long delayNanos = Math.min(nanos, Math.min(headNanos, bodyNanos));
        if (awaited == Awaited.BODY) {
            delayNanos = Math.min(delayNanos, RATE_CHECK_NANOS);
        }
        lateness.expect(nowNanos(context) + delayNanos);
        timer = context.executor().schedule(() -> check(context), delayNanos, TimeUnit.NANOSECONDS);
    }

    private void check(ChannelHandlerContext context) {
        timer = null;
        if (awaited == Awaited.NOTHING) {
            return;
        }
        boolean reads = context.channel().config().isAutoRead();
        if (!reads) {
            sinceNanos = nowNanos(context);
        }
        long leftNanos = sinceNanos + allowedNanos() - nowNanos(context);
        boolean tooSlow = reads && awaited == Awaited.BODY && isTooSlow.test(context);
        if (leftNanos > 0 && !tooSlow) {
            arm(context, leftNanos);
        } else if (lateness.excuses(nowNanos(context))) {
            arm(context, Lateness.AGAIN_NANOS);
        } else {
            onTimeout.accept(context);
        }
    }

    private long allowedNanos() {
        return awaited == Awaited.HEAD ? headNanos : bodyNanos;
    }

    private static long nowNanos(ChannelHandlerContext context) {
        return context.executor().ticker().nanoTime();
    }
}
