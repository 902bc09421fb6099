package io.streamkeeper.server.http.route;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer of a {@link RouteHandler}: status, fields and a body that is whole or comes in pieces. The fields that
 * every answer has, and those that say how long the body is, are added when it is sent. It owns its body, and the
 * receiver of an answer owns the answer.
 *
 * @param status one that the server's status lines contain
 * @param fields in this order
 * @param body the whole body
 * @param pieces the body where {@code body} is null
 */
public record Answer(
        int status,
        List<Field> fields,
        @Nullable ByteBuf body,
        @Nullable Pieces pieces) {
    /**
     * A field of an answer.
     *
     * @param name without the colon
     * @param value of the server's own; not what a client has sent
     */
    public record Field(String name, String value) {}

    /**
     * A body that is made piece by piece, at the pace at which the client reads. Used by the connection's loop only.
     */
    public interface Pieces {
        /**
         * The next piece, or null at the end of the body. Called when the client has taken the last one.
         *
         * @return owned by the caller; at most some hundred KiB, and at least one byte
         */
        @Nullable
        ByteBuf next(ByteBufAllocator allocator);

        /** Releases what the body holds; called once, after its last piece or when the client has gone. */
        void close();
    }

    /** Keeps a list of its own. */
    public Answer {
        fields = List.copyOf(fields);
    }

    /** An answer whose body is {@code text}, and which no cache keeps. */
    public static Answer text(int status, String contentType, String text) {
        return new Answer(
                status, current(contentType), Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8)), null);
    }

    /** An answer whose body is made piece by piece, and which no cache keeps. */
    public static Answer pieces(int status, String contentType, Pieces pieces) {
        return new Answer(status, current(contentType), null, pieces);
    }

    private static List<Field> current(String contentType) {
        return List.of(new Field("Cache-Control", "no-store"), new Field("Content-Type", contentType));
    }

    /** The same with one more field. */
    public Answer with(String name, String value) {
        List<Field> more = new ArrayList<>(fields);
        more.add(new Field(name, value));
        return new Answer(status, more, body, pieces);
    }

    /** Releases the body of an answer that nobody takes. */
    public void release() {
        if (body != null) {
            body.release();
        }
        if (pieces != null) {
            pieces.close();
        }
    }
}
