package io.streamkeeper.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * The body of a create or an append. It owns {@code bytes}: whoever carries the command out releases it, once.
 *
 * @param bytes the body as the client sent it, without transfer coding
 * @param messages where the messages lie within {@code bytes}, for a body that was sent as {@code application/json}
 * @param problem why the body cannot be taken; answered only where nothing that comes before it in the order of errors
 *     (section 5.2) applies
 * @param onRelease run when the body is released, or null: gives back the memory that its messages take
 */
public record Body(
        ByteBuf bytes,
        @Nullable JsonMessages messages,
        @Nullable Refusal problem,
        @Nullable Runnable onRelease) {

    /**
     * A body whose release nobody waits for.
     *
     * @param bytes the body as the client sent it
     * @param messages where its messages lie, or null
     * @param problem why it cannot be taken, or null
     */
    public Body(ByteBuf bytes, @Nullable JsonMessages messages, @Nullable Refusal problem) {
        this(bytes, messages, problem, null);
    }

    /** {@return no body; it need not be released} */
    public static Body empty() {
        return new Body(Unpooled.EMPTY_BUFFER, null, null);
    }

    /**
     * {@return a body that is kept as it came}
     *
     * @param bytes taken over
     */
    public static Body of(ByteBuf bytes) {
        return new Body(bytes, null, null);
    }

    /**
     * The same as what is appended: an array without messages creates a stream but appends nothing (section 9.1.3).
     *
     * @return this body, or one of the same bytes with the problem that they append nothing
     */
    public Body toAppend() {
        if (problem != null || messages == null || messages.count() > 0) {
            return this;
        }
        return new Body(
                bytes,
                messages,
                Refusal.of(ErrorCode.EMPTY_BODY, "the array is empty; expected messages to append"),
                onRelease);
    }

    /**
     * {@return the same, which runs something when it is released}
     *
     * @param newOnRelease run once
     */
    public Body onRelease(Runnable newOnRelease) {
        return new Body(bytes, messages, problem, newOnRelease);
    }

    /** {@return whether the client sent no byte at all; an empty JSON array is not that} */
    public boolean isEmpty() {
        return !bytes.isReadable();
    }

    /** Gives the bytes back; they are not touched afterwards. */
    public void release() {
        bytes.release();
        if (onRelease != null) {
            onRelease.run();
        }
    }
}
