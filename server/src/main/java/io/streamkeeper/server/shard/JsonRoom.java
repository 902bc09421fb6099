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
 * The heap for the messages of JSON bodies (I7). Before a body is split, the most that its messages may occupy is
 * reserved; after that, only the heap that they do occupy, until the body is released. Small bodies are not counted:
 * they occupy little, and only for a short time. Safe for use by any thread.
 */
public final class JsonRoom {
    /** A body up to this size is not counted. */
    private static final int UNCOUNTED_BYTES_MAX = 8 << 10;

    private final Budget splitting;

    /** Reserves in {@code splitting}. */
    public JsonRoom(Budget splitting) {
        this.splitting = splitting;
    }

    /**
     * Splits a body into messages with {@code splitter}; owns {@code bytes} from then on. If there is no room now, the
     * returned body has that as its problem.
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

    /** A body that may have to be split later, when its type is known; owns {@code bytes} from then on. */
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
