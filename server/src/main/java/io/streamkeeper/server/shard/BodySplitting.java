package io.streamkeeper.server.shard;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.JsonSplitter;
import io.streamkeeper.protocol.JsonSplitting;
import org.jspecify.annotations.Nullable;

/**
 * Splits one JSON body that is too long to be split at once, in steps, each of which is a piece of a {@link TurnQueue}.
 * It owns the body, and the heap reserved for its messages, until {@link #body} returns them. Owned by one loop.
 */
public final class BodySplitting {
    /** Bytes of a body that one step splits; a body that is not longer is split at once. */
    public static final int STEP_BYTES = 256 << 10;

    private final Body whole;
    private final @Nullable JsonSplitting splitting;

    /**
     * A body that is not split yet; one with a problem needs no steps.
     *
     * @param whole owned by this object from now on
     * @param splitter the loop's splitter
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

    /** The body, after the last step; owned by the caller. */
    public Body body() {
        if (splitting == null) {
            return whole;
        }
        Body split = splitting.body();
        return new Body(split.bytes(), split.messages(), split.problem(), whole.onRelease());
    }

    /** Releases the body, which is not needed any more. */
    public void release() {
        whole.release();
    }
}
