package io.streamkeeper.cluster.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An answer to a request about a state: its kind, as one byte, and what was asked for, or why that is not given.
 *
 * @param kind the kind
 * @param content valid as long as the bytes from which it was read
 */
record StateAnswer(Kind kind, ByteBuffer content) {
    /** What an answer is. */
    enum Kind {
        /** It contains what was asked for. */
        GIVEN(1),
        /** The member cannot give it now; another one may. */
        LATER(2),
        /** The member keeps no state of that identity any more. */
        GONE(3),
        /** No member will give it. */
        REFUSED(4);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        private static @Nullable Kind of(int code) {
            for (Kind kind : values()) {
                if (kind.code == code) {
                    return kind;
                }
            }
            return null;
        }
    }

    static StateAnswer given(byte[] content) {
        return new StateAnswer(Kind.GIVEN, ByteBuffer.wrap(content));
    }

    static StateAnswer of(Kind kind, String text) {
        return new StateAnswer(kind, ByteBuffer.wrap(text.getBytes(UTF_8)));
    }

    String text() {
        return UTF_8.decode(content.duplicate()).toString();
    }

    byte[] bytes() {
        ByteBuffer bytes = ByteBuffer.allocate(1 + content.remaining());
        bytes.put((byte) kind.code).put(content.duplicate());
        return bytes.array();
    }

    /** The answer of these bytes; of a kind that is not known, as one that is not given now. */
    static StateAnswer parse(byte[] bytes) {
        Kind kind = bytes.length == 0 ? null : Kind.of(bytes[0]);
        return kind == null
                ? of(Kind.LATER, "the answer is not one of a member of this version")
                : new StateAnswer(
                        kind, ByteBuffer.wrap(bytes, 1, bytes.length - 1).slice());
    }
}
