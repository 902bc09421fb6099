package io.streamkeeper.server.http.route;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer of a {@link RouteHandler}: status, fields and a body that is whole or consists of pieces. The server adds
 * the fields that every answer has, and those for the length of the body, when it sends the answer. The answer owns its
 * body, and its receiver owns the answer.
 *
 * @param status one that the server's status lines contain
 * @param fields in this order
 * @param body the whole body
 * @param pieces the body if {@code body} is null
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
     * @param value created by the server, never text from a client
     */
    public record Field(String name, String value) {}

    /**
     * A body that is created piece by piece, at the pace at which the client reads. Used by the connection's loop only.
     */
    public interface Pieces {
        /**
         * The next piece, or null at the end of the body. Called when the client has received the previous one.
         *
         * @return owned by the caller; at most some hundred KiB, and at least one byte
         */
        @Nullable
        ByteBuf next(ByteBufAllocator allocator);

        /**
         * Releases the resources of the body; called once, after its last piece or when the client has disconnected.
         */
        void close();
    }

    /** Copies the list. */
    public Answer {
        fields = List.copyOf(fields);
    }

    /** An answer with the body {@code text}, which no cache may store. */
    public static Answer text(int status, String contentType, String text) {
        return bytes(status, contentType, text.getBytes(StandardCharsets.UTF_8));
    }

    /** An answer with this body, which no cache may store. */
    public static Answer bytes(int status, String contentType, byte[] body) {
        return new Answer(status, current(contentType), Unpooled.wrappedBuffer(body), null);
    }

    /** An answer whose body is created piece by piece, which no cache may store. */
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

    /** Releases the body of an answer that is not sent. */
    public void release() {
        if (body != null) {
            body.release();
        }
        if (pieces != null) {
            pieces.close();
        }
    }
}
