package io.streamkeeper.server.http.decode;

import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import io.streamkeeper.server.config.HttpLimits;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Watches that a request which has begun comes in in time. A connection has one timer, which is armed only while a
 * request is half read; the timer looks at what is awaited when it fires, so nothing is scheduled or cancelled for each
 * request. Used by the connection's event loop only.
 *
 * <p>While the channel is not read, the client is not blamed: time starts again when it is read.
 */
final class ReadDeadline {
    /** What the connection waits for. */
    enum Awaited {
        NOTHING,
        HEAD,
        BODY
    }

    private static final long RATE_CHECK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long headNanos;
    private final long bodyNanos;
    private final Predicate<ChannelHandlerContext> isTooSlow;
    private final Consumer<ChannelHandlerContext> onTimeout;
    private final Lateness lateness = new Lateness();
    private Awaited awaited = Awaited.NOTHING;
    private long sinceNanos;
    private @Nullable Future<?> timer;

    /** {@code isTooSlow} is asked every second while a body is awaited; one that is too slow is out of time too. */
    ReadDeadline(
            HttpLimits limits, Predicate<ChannelHandlerContext> isTooSlow, Consumer<ChannelHandlerContext> onTimeout) {
        this.headNanos = TimeUnit.MILLISECONDS.toNanos(limits.headerTimeoutMillis());
        this.bodyNanos = TimeUnit.MILLISECONDS.toNanos(limits.bodyStallTimeoutMillis());
        this.isTooSlow = isTooSlow;
        this.onTimeout = onTimeout;
    }

    Awaited awaited() {
        return awaited;
    }

    /** Nothing is half read. */
    void awaitNothing() {
        awaited = Awaited.NOTHING;
    }

    /** A head has begun; time counts from now on unless it already does for this head. */
    void awaitHead(ChannelHandlerContext context) {
        if (awaited != Awaited.HEAD) {
            await(context, Awaited.HEAD);
        }
    }

    /** A part of a body has come; time counts from now on. */
    void awaitBody(ChannelHandlerContext context) {
        await(context, Awaited.BODY);
    }

    /** Restarts the time of what is awaited, because the channel was not read for a while. */
    void restart(ChannelHandlerContext context) {
        if (awaited != Awaited.NOTHING) {
            sinceNanos = nowNanos(context);
        }
    }

    /** Ends the watch. */
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

    /** Never sleeps longer than either timeout, so that a head which begins meanwhile is not overlooked. */
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
