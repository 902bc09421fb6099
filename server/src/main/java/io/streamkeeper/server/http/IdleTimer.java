package io.streamkeeper.server.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.concurrent.Future;
import io.streamkeeper.server.http.decode.Lateness;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Closes an unused connection: one that has no request and neither sends nor receives a byte during the idle time, or
 * one whose client receives no byte of the output that waits for it during that time. Owned by the connection's loop; a
 * connection has one timer for all its requests.
 */
final class IdleTimer {
    private final Channel channel;
    private final long idleNanos;
    private final BooleanSupplier isIdle;
    private final Lateness lateness = new Lateness();
    private long touchedNanos;
    private long unsentBytes;
    private @Nullable Future<?> timer;

    IdleTimer(Channel channel, long idleMillis, BooleanSupplier isIdle) {
        this.channel = channel;
        this.idleNanos = TimeUnit.MILLISECONDS.toNanos(idleMillis);
        this.isIdle = isIdle;
        this.touchedNanos = nowNanos();
    }

    void start() {
        schedule(idleNanos);
    }

    private void schedule(long delayNanos) {
        lateness.expect(nowNanos() + delayNanos);
        timer = channel.eventLoop().schedule(this::check, delayNanos, TimeUnit.NANOSECONDS);
    }

    /** The connection was used just now. */
    void touch() {
        touchedNanos = nowNanos();
    }

    private void check() {
        long now = nowNanos();
        ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
        // The total counts a partly sent buffer in full until its last byte is sent.
        long unsent = outbound == null ? 0 : outbound.totalPendingWriteBytes() - outbound.currentProgress();
        if (unsent != unsentBytes) {
            unsentBytes = unsent;
            touchedNanos = now;
        }
        long left = touchedNanos + idleNanos - now;
        if (left > 0 || (unsent == 0 && !isIdle.getAsBoolean())) {
            schedule(left > 0 ? left : idleNanos);
        } else if (lateness.excuses(now)) {
            schedule(Lateness.AGAIN_NANOS);
        } else {
            channel.close();
        }
    }

    private long nowNanos() {
        return channel.eventLoop().ticker().nanoTime();
    }

    void stop() {
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
