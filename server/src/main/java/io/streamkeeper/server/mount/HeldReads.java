package io.streamkeeper.server.mount;

import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;

/**
 * Holds back the reading of a foreign channel, whether it reads by itself ({@code autoRead}) or when its handlers ask
 * for it. Used by the connection's event loop only.
 *
 * <p>{@code autoRead} is switched on again only where it was switched off here, so that handlers may use it too.
 */
final class HeldReads {
    private final ChannelHandlerContext context;
    private boolean switchedOff;
    private boolean asked;

    HeldReads(ChannelHandlerContext context) {
        this.context = context;
    }

    /**
     * Reads when it is asked to and {@code held} does not say otherwise; then it reads when nothing holds it any more.
     */
    void read(boolean held) {
        if (held) {
            asked = true;
        } else {
            context.read();
        }
    }

    /** Holds from now on, or not any more. */
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
