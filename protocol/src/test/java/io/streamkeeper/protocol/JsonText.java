package io.streamkeeper.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A random JSON text, and the messages in it, written down together.
 *
 * @param text the whole body
 * @param messages the text of each message: the elements of an array, or else the whole without white space around it
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
        StringBuilder text = new StringBuilder();
        space(text, random);
        List<String> messages = new ArrayList<>();
        if (random.nextInt(4) == 0) {
            String value = whole(random);
            messages.add(value);
            text.append(value);
        } else {
            array(text, messages, random);
        }
        space(text, random);
        return new JsonText(text.toString(), messages);
    }

    /** A value that is not an array. */
    private static String whole(Random random) {
        StringBuilder value = new StringBuilder();
        do {
            value.setLength(0);
            value(value, 0, random);
        } while (value.charAt(0) == '[');
        return value.toString();
    }

    private static void array(StringBuilder text, List<String> messages, Random random) {
        text.append('[');
        space(text, random);
        int count = random.nextInt(8);
        for (int i = 0; i < count; i++) {
            if (i > 0) {
                text.append(',');
                space(text, random);
            }
            StringBuilder message = new StringBuilder();
            value(message, 1, random);
            messages.add(message.toString());
            text.append(message);
            space(text, random);
        }
        text.append(']');
    }

    private static void value(StringBuilder out, int depth, Random random) {
        int kind = random.nextInt(depth < DEPTH_MAX ? 6 : 4);
        if (kind < 2) {
            out.append(SCALARS[random.nextInt(SCALARS.length)]);
        } else if (kind < 4) {
            string(out, random);
        } else {
            structure(out, kind == 4, depth, random);
        }
    }

    private static void structure(StringBuilder out, boolean object, int depth, Random random) {
        out.append(object ? '{' : '[');
        space(out, random);
        for (int i = random.nextInt(4); i > 0; i--) {
            if (object) {
                string(out, random);
                space(out, random);
                out.append(':');
                space(out, random);
            }
            value(out, depth + 1, random);
            space(out, random);
            if (i > 1) {
                out.append(',');
                space(out, random);
            }
        }
        out.append(object ? '}' : ']');
    }

    private static void string(StringBuilder out, Random random) {
        out.append('"');
        for (int i = random.nextInt(6); i > 0; i--) {
            out.append(STRING_PARTS[random.nextInt(STRING_PARTS.length)]);
        }
        out.append('"');
    }

    private static void space(StringBuilder out, Random random) {
        for (int i = random.nextInt(6) - 3; i > 0; i--) {
            out.append(SPACES[random.nextInt(SPACES.length)]);
        }
    }
}
