package io.streamkeeper.server.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.streamkeeper.storage.disk.OpenFiles;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles a failure to accept a connection, usually for lack of a file descriptor: logs it, at most once a minute, and
 * stops accepting for a second, during which new connections wait in the listener's queue. Belongs to one listening
 * channel and its loop.
 */
public final class AcceptFaults extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(AcceptFaults.class);

    private static final long PAUSE_MILLIS = 1_000;
    private static final long SILENT_NANOS = TimeUnit.MINUTES.toNanos(1);

    private boolean paused;
    private boolean silent;
    private long reportedNanos;

    @Override
    @SuppressWarnings("FutureReturnValueIgnored")
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        report(cause);
        if (!paused) {
            paused = true;
            context.channel().config().setAutoRead(false);
            context.executor()
                    .schedule(
                            () -> {
                                paused = false;
                                context.channel().config().setAutoRead(true);
                            },
                            PAUSE_MILLIS,
                            TimeUnit.MILLISECONDS);
        }
    }

    private void report(Throwable cause) {
        long now = System.nanoTime();
        if (silent && now - reportedNanos < SILENT_NANOS) {
            return;
        }
        silent = true;
        reportedNanos = now;
        if (cause instanceof IOException) {
            LOG.warn(
                    "connections cannot be accepted for now ({}); {}",
                    cause.getMessage(),
                    OpenFiles.areUsedUp() ? OpenFiles.problem() : "they wait, and it is tried again each second");
        } else {
            LOG.error("a connection cannot be accepted", cause);
        }
    }
}
