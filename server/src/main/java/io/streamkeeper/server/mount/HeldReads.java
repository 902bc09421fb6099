package io.streamkeeper.server.mount;

import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;

/**
 * Suspends the reading of a foreign channel, whether it reads automatically ({@code autoRead}) or when its handlers
 * request it. Used by the connection's event loop only.
 *
 * <p>{@code autoRead} is switched on again only if this class has switched it off, so that handlers may use it too.
 */
final class HeldReads {
    private final ChannelHandlerContext context;
    private boolean switchedOff;
    private boolean asked;

    HeldReads(ChannelHandlerContext context) {
        this.context = context;
    }

    /**
     * Reads as a handler has requested, or if {@code held}, as soon as reading is no longer suspended.
     */
    void read(boolean held) {
        if (held) {
            asked = true;
        } else {
            context.read();
        }
    }

    /** Suspends reading, or resumes it if {@code held} is false. */
    void update(boolean held) {
        ChannelConfig config = context.channel().config();
        if (held) {
            if (config.isAutoRead()) {
                switchedOff = true;
                config.setAutoRead(false);
            }
        } else if (switchedOff) {
            switchedOff = false;
            asked = false;
            config.setAutoRead(true);
        } else if (asked) {
            asked = false;
            context.read();
        }
    }
}
