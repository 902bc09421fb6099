package io.streamkeeper.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * The body of a create or an append. It owns {@code bytes}, which the code that executes the command releases, once.
 *
 * @param bytes the body as the client sent it, without transfer coding
 * @param messages where the messages lie within {@code bytes}, for a body that was sent as {@code application/json}
 * @param problem why the body is refused; the response reports it only if no error with a higher precedence (section
 *     5.2) applies
 * @param onRelease called when the body is released, or null; releases the memory of the message index
 */
public record Body(
        ByteBuf bytes,
        @Nullable JsonMessages messages,
        @Nullable Refusal problem,
        @Nullable Runnable onRelease) {

    /**
     * A body without an action on release.
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
     * {@return a body that is stored as it was received}
     *
     * @param bytes taken over
     */
    public static Body of(ByteBuf bytes) {
        return new Body(bytes, null, null);
    }

    /**
     * Checks the body of an append: an empty array may create a stream, but appends nothing (section 9.1.3).
     *
     * @return this body, or, for an empty array, one with the same bytes and {@link ErrorCode#EMPTY_BODY} as its
     *     problem
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
     * {@return the same body with an action on release}
     *
     * @param newOnRelease called once
     */
    public Body onRelease(Runnable newOnRelease) {
        return new Body(bytes, messages, problem, newOnRelease);
    }

    /** {@return whether the client sent no byte; an empty JSON array has two} */
    public boolean isEmpty() {
        return !bytes.isReadable();
    }

    /** Releases the bytes, which are not used afterwards. */
    public void release() {
        bytes.release();
        if (onRelease != null) {
            onRelease.run();
        }
    }
}
