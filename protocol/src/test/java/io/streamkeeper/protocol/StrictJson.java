package io.streamkeeper.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/** Recognises JSON texts by the grammar of RFC 8259 alone; shares no code with the scanner that it is compared with. */
final class StrictJson {
    private static final char END = '\uffff';

    private final String text;
    private int index;

    private StrictJson(String text) {
        this.text = text;
    }

    /** Whether {@code bytes} are exactly one JSON text in UTF-8. */
    static boolean accepts(byte[] bytes) {
        try {
            StrictJson reader = new StrictJson(
                    UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
            return reader.value() && reader.index == reader.text.length();
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    /** A value with the white space around it. */
    private boolean value() {
        space();
        boolean valid = switch (peek()) {
            case '[' -> elements();
            case '{' -> members();
            case '"' -> string();
            case 't' -> word("true");
            case 'f' -> word("false");
            case 'n' -> word("null");
            default -> number();
        };
        space();
        return valid;
    }

    private boolean elements() {
        index++;
        space();
        if (take("]")) {
            return true;
        }
        do {
            if (!value()) {
                return false;
            }
        } while (take(","));
        return take("]");
    }

    private boolean members() {
        index++;
        space();
        if (take("}")) {
            return true;
        }
        do {
            if (!member()) {
                return false;
            }
        } while (take(","));
        return take("}");
    }

    private boolean member() {
        space();
        if (!string()) {
            return false;
        }
        space();
        return take(":") && value();
    }

    private boolean string() {
        if (!take("\"")) {
            return false;
        }
        while (!take("\"")) {
            boolean valid = take("\\") ? escape() : index < text.length() && text.charAt(index++) >= ' ';
            if (!valid) {
                return false;
            }
        }
        return true;
    }

    private boolean escape() {
        return take("u") ? run("0123456789abcdefABCDEF", 4) == 4 : take("\"\\/bfnrt");
    }

    private boolean number() {
        take("-");
        if (!take("0") && !digits()) {
            return false;
        }
        if (take(".") && !digits()) {
            return false;
        }
        if (take("eE")) {
            take("+-");
            return digits();
        }
        return true;
    }

    private boolean digits() {
        return run("0123456789", Integer.MAX_VALUE) > 0;
    }

    private boolean word(String word) {
        boolean valid = text.startsWith(word, index);
        index += valid ? word.length() : 0;
        return valid;
    }

    private void space() {
        run(" \t\r\n", Integer.MAX_VALUE);
    }

    /** Skips at most {@code countMax} of the next characters that are in {@code characters}; returns how many. */
    private int run(String characters, int countMax) {
        int count = 0;
        while (count < countMax && take(characters)) {
            count++;
        }
        return count;
    }

    /** Goes past the next character if it is one of {@code characters}. */
    private boolean take(String characters) {
        boolean taken = index < text.length() && characters.indexOf(text.charAt(index)) >= 0;
        index += taken ? 1 : 0;
        return taken;
    }

    private char peek() {
        return index < text.length() ? text.charAt(index) : END;
    }
}
