package io.streamkeeper.server.shard;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.JsonMessages;
import io.streamkeeper.protocol.JsonSplitter;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.memory.Reservation;

/**
 * The heap for the messages of JSON bodies (I7): what a body may take is reserved before it is split, what it takes
 * stays so until it is released. Small bodies are not counted: they take little and not for long. Safe for use by any
 * thread.
 */
public final class JsonRoom {
    /** A body up to this size is not counted. */
    private static final int UNCOUNTED_BYTES_MAX = 8 << 10;

    private final Budget splitting;

    /** The room that {@code splitting} has. */
    public JsonRoom(Budget splitting) {
        this.splitting = splitting;
    }

    /**
     * Finds the messages of a body with {@code splitter}; takes {@code bytes} over. Where there is no room now, that is
     * the body's problem.
     */
    public Body split(JsonSplitter splitter, ByteBuf bytes) {
        if (bytes.readableBytes() <= UNCOUNTED_BYTES_MAX) {
            return splitter.split(bytes);
        }
        long most = most(bytes);
        Reservation reservation = splitting.reserve(most);
        if (reservation == null) {
            return noRoom(bytes, most);
        }
        Body body;
        try {
            body = splitter.split(bytes);
        } catch (RuntimeException | Error e) {
            reservation.close();
            throw e;
        }
        JsonMessages messages = body.messages();
        long needed = messages == null ? 0 : messages.memoryBytes();
        if (needed < most && reservation.take(most - needed)) {
            splitting.release(most - needed);
        }
        return body.onRelease(reservation::close);
    }

    /** A body that may have to be split later, when its type is known; takes {@code bytes} over. */
    public Body unsplit(ByteBuf bytes) {
        if (bytes.readableBytes() <= UNCOUNTED_BYTES_MAX) {
            return Body.of(bytes);
        }
        Reservation reservation = splitting.reserve(most(bytes));
        return reservation == null ? noRoom(bytes, most(bytes)) : Body.of(bytes).onRelease(reservation::close);
    }

    private static long most(ByteBuf bytes) {
        return (long) JsonMessages.BYTES_PER_BODY_BYTE_MAX * bytes.readableBytes();
    }

    private Body noRoom(ByteBuf bytes, long most) {
        return new Body(
                bytes,
                null,
                Refusal.of(
                        ErrorCode.OVERLOADED,
                        "JSON bodies hold " + splitting.usedBytes() + " of " + splitting.bytesMax() + " bytes of heap; "
                                + most + " more do not fit now; try again later"));
    }
}
