package io.streamkeeper.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A random JSON text, and the messages in it, written down together.
 *
 * @param text the whole body
 * @param messages the text of each message without white space: the elements of an array, or else the whole
 */
record JsonText(String text, List<String> messages) {
    private static final int DEPTH_MAX = 4;
    private static final String[] STRING_PARTS = {
        ",",
        "]",
        "[",
        "{",
        "}",
        ":",
        " ",
        "\\\"",
        "\\\\",
        "\\/",
        "\\n",
        "\\u0041",
        "\\ud83c\\udf0a",
        "\\u0000",
        "é",
        "€",
        "🌊",
        "\u2028",
        "\u007f",
        "'",
        "null",
        "a",
        "bc",
    };
    private static final String[] SCALARS = {
        "null", "true", "false", "0", "-0", "1", "-12", "3.25", "1e9", "-1.5E-3", "2E+2", "12345678901234567890123",
    };
    private static final String[] SPACES = {" ", "\n", "\r", "\t", "\r\n", "  \t"};

    static JsonText any(Random random) {
        return new Writer(random).write();
    }

    /** Writes a text, and its current message without white space. */
    private static final class Writer {
        private final Random random;
        private final StringBuilder text = new StringBuilder();
        private final StringBuilder message = new StringBuilder();
        private final List<String> messages = new ArrayList<>();

        Writer(Random random) {
            this.random = random;
        }

        JsonText write() {
            space();
            if (random.nextInt(4) == 0) {
                whole();
            } else {
                array();
            }
            space();
            return new JsonText(text.toString(), messages);
        }

        /** A value that is not an array. */
        private void whole() {
            int kind = random.nextInt(5);
            if (kind == 4) {
                structure(true, 0);
            } else {
                scalar(kind);
            }
            endMessage();
        }

        private void array() {
            text.append('[');
            space();
            int count = random.nextInt(8);
            for (int i = 0; i < count; i++) {
                if (i > 0) {
                    text.append(',');
                    space();
                }
                value(1);
                endMessage();
                space();
            }
            text.append(']');
        }

        private void endMessage() {
            messages.add(message.toString());
            message.setLength(0);
        }

        private void value(int depth) {
            int kind = random.nextInt(depth < DEPTH_MAX ? 6 : 4);
            if (kind < 4) {
                scalar(kind);
            } else {
                structure(kind == 4, depth);
            }
        }

        private void scalar(int kind) {
            if (kind < 2) {
                put(SCALARS[random.nextInt(SCALARS.length)]);
            } else {
                string();
            }
        }

        private void structure(boolean object, int depth) {
            put(object ? "{" : "[");
            space();
            for (int i = random.nextInt(4); i > 0; i--) {
                if (object) {
                    string();
                    space();
                    put(":");
                    space();
                }
                value(depth + 1);
                space();
                if (i > 1) {
                    put(",");
                    space();
                }
            }
            put(object ? "}" : "]");
        }

        private void string() {
            put("\"");
            for (int i = random.nextInt(6); i > 0; i--) {
                put(STRING_PARTS[random.nextInt(STRING_PARTS.length)]);
            }
            put("\"");
        }

        private void put(String part) {
            text.append(part);
            message.append(part);
        }

        private void space() {
            for (int i = random.nextInt(6) - 3; i > 0; i--) {
                text.append(SPACES[random.nextInt(SPACES.length)]);
            }
        }
    }
}
