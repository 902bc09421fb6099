package io.streamkeeper.server.http;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * Where the values of a head's known fields lie within its bytes: a start and an end for each {@link HeaderName}, both zero
 * for a field that did not come. A value becomes a {@code String} only when it is asked for.
 */
final class Fields {
    private final int[] bounds = new int[2 * HeaderName.COUNT];

    /**
     * Notes that {@code name} has the value {@code bytes[start, end)}.
     *
     * @throws RefusedException with {@link ErrorCode#INVALID_REQUEST} if it had one before and is not a list
     */
    void put(HeaderName name, byte[] bytes, int start, int end) {
        int slot = 2 * name.slot();
        if (bounds[slot] == 0) {
            bounds[slot] = start;
            bounds[slot + 1] = end;
        } else if (!name.isList()) {
            throw new RefusedException(
                    ErrorCode.INVALID_REQUEST,
                    "field " + name.text() + " came again with the value " + Quoted.of(Octets.text(bytes, start, end))
                            + "; expected it once");
        }
    }

    boolean has(HeaderName name) {
        return bounds[2 * name.slot()] != 0;
    }

    /** Where the value begins, for a field that came. */
    int start(HeaderName name) {
        return bounds[2 * name.slot()];
    }

    /** Where the value ends, for a field that came. */
    int end(HeaderName name) {
        return bounds[2 * name.slot() + 1];
    }

    /** The value within {@code bytes}, without whitespace around it; null for a field that did not come. */
    @Nullable
    String value(HeaderName name, byte[] bytes) {
        return has(name) ? Octets.text(bytes, start(name), end(name)) : null;
    }
}
