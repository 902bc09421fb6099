package io.streamkeeper.server.http.respond;

import io.netty.util.internal.EmptyArrays;
import java.util.ArrayList;
import java.util.List;

/**
 * What a response depends on besides its URL. A response names all of it in one field {@code Vary}: some caches read only
 * the last of several such fields, nginx before 1.23 among them, and would give a stored response to the wrong readers.
 */
enum Vary {
    ACCEPT_ENCODING(1, "Accept-Encoding"),
    AUTHORIZATION(2, "Authorization"),
    ORIGIN(4, "Origin");

    /** The whole field of each combination of bits; empty for none. */
    private static final byte[][] FIELDS = new byte[1 << values().length][];

    private final int bit;
    private final String text;

    static {
        FIELDS[0] = EmptyArrays.EMPTY_BYTES;
        for (int bits = 1; bits < FIELDS.length; bits++) {
            List<String> names = new ArrayList<>();
            for (Vary each : values()) {
                if ((bits & each.bit) != 0) {
                    names.add(each.text);
                }
            }
            FIELDS[bits] = ResponseField.VARY.is(String.join(", ", names));
        }
    }

    Vary(int bit, String name) {
        this.bit = bit;
        this.text = name;
    }

    int bit() {
        return bit;
    }

    /** The prebuilt field for the sum of some bits. */
    static byte[] fieldOf(int bits) {
        return FIELDS[bits];
    }
}
