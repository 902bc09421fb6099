package io.streamkeeper.server.shard;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.JsonSplitter;
import io.streamkeeper.protocol.JsonSplitting;
import org.jspecify.annotations.Nullable;

/**
 * One JSON body that is too long to be split at once: it is split in steps, each of which is a piece of a
 * {@link TurnQueue}. It owns the body, and the heap that is reserved for its messages, until the body is asked for.
 * Owned by one loop.
 */
public final class BodySplitting {
    /** How much of a body is split in one step; a body that is not longer is split at once. */
    public static final int STEP_BYTES = 256 << 10;

    private final Body whole;
    private final @Nullable JsonSplitting splitting;

    /**
     * A body that is not split yet; one with a problem is done already.
     *
     * @param whole taken over
     * @param splitter that of the loop
     */
    public BodySplitting(Body whole, JsonSplitter splitter) {
        this.whole = whole;
        this.splitting = whole.problem() == null ? splitter.begin(whole.bytes()) : null;
    }

    /** Whether a body has to be split in steps. */
    public static boolean isFor(ByteBuf bytes) {
        return bytes.readableBytes() > STEP_BYTES;
    }

    /** Does the next step; returns whether it was the last. */
    public boolean step() {
        return splitting == null || splitting.step(STEP_BYTES);
    }

    /** The body, now the caller's, after the last step. */
    public Body body() {
        if (splitting == null) {
            return whole;
        }
        Body split = splitting.body();
        return new Body(split.bytes(), split.messages(), split.problem(), whole.onRelease());
    }

    /** The body is not needed any more. */
    public void release() {
        whole.release();
    }
}
