package io.streamkeeper.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Reads a JSON text in UTF-8 (RFC 8259), in parts of any length, and finds the values at one depth. It keeps only the
 * kinds of the open arrays and objects. Used by one thread.
 */
final class JsonScanner {
    /** Receives the places of the values that are found, in bytes from the first byte of the text. */
    interface Values {
        /** A value begins with the byte at {@code index}. */
        void begins(int index);

        /** The value ends before the byte at {@code index}. */
        void ends(int index);

        /** White space outside strings, in a value or between two, from {@code from} to before {@code to}. */
        default void space(int from, int to) {}
    }

    /** Why a text is not accepted. */
    enum Problem {
        NOT_UTF8,
        NOTHING,
        BEGINS_OTHERWISE,
        WRONG,
        FOLLOWED,
        TOO_DEEP
    }

    private static final int VALUE = 0;
    private static final int VALUE_OR_END = 1;
    private static final int NAME = 2;
    private static final int NAME_OR_END = 3;
    private static final int COLON = 4;
    private static final int COMMA_OR_END = 5;
    private static final int OVER = 6;
    private static final int STRING = 7;
    private static final int ESCAPE = 8;
    private static final int HEX = 9;
    private static final int CONTINUATION = 10;
    private static final int LITERAL = 11;
    private static final int MINUS = 12;
    private static final int ZERO = 13;
    private static final int DIGITS = 14;
    private static final int POINT = 15;
    private static final int FRACTION = 16;
    private static final int EXPONENT = 17;
    private static final int EXPONENT_SIGN = 18;
    private static final int EXPONENT_DIGITS = 19;

    /** The common bytes of a string: ASCII without controls, quotation mark and backslash. */
    private static final boolean[] PLAIN = plain();

    private final int nestingMax;
    private final long[] objects;

    private Values values;
    private int state;
    private int depth;
    private int valueDepth;
    private boolean begun;
    private boolean isName;

    /** The remaining bytes of a literal, an escape or a character. */
    private int left;

    private String literal = "";

    /** The smallest and the largest value of the next byte of a character. */
    private int low;

    private int high;

    private @Nullable Problem problem;
    private int problemIndex;

    private static boolean[] plain() {
        boolean[] plain = new boolean[256];
        for (int b = ' '; b < 0x80; b++) {
            plain[b] = b != '"' && b != '\\';
        }
        return plain;
    }

    /** A scanner of texts whose arrays and objects are nested at most {@code nestingMax} deep. */
    JsonScanner(int nestingMax) {
        this.nestingMax = nestingMax;
        this.objects = new long[nestingMax / Long.SIZE + 1];
        this.values = new Values() {
            @Override
            public void begins(int index) {}

            @Override
            public void ends(int index) {}
        };
    }

    /** Begins a text. Its values are the elements if the text is an array, else the text itself. */
    void begin(Values newValues) {
        values = newValues;
        state = VALUE;
        depth = 0;
        valueDepth = 0;
        begun = false;
        isName = false;
        problem = null;
    }

    /** Begins a text that is a part of an array; its values are the elements. */
    void beginElements(Values newValues) {
        begin(newValues);
        begun = true;
        depth = 1;
        valueDepth = 1;
        objects[0] = 0;
    }

    /** Whether the next byte belongs to an element of the array that the text is a part of. */
    boolean isBetweenElements() {
        return problem == null && depth == 1 && state == VALUE;
    }

    /** Why the text read so far is not accepted, or null. */
    @Nullable
    Problem problem() {
        return problem;
    }

    /** The place of the problem. */
    int problemIndex() {
        return problemIndex;
    }

    private void fail(Problem found, int index) {
        problem = found;
        problemIndex = index;
    }

    // ---- reading ----

    /**
     * Reads {@code array} from {@code from} to {@code to}, until the first problem.
     *
     * @param shift the place in the text minus the place in the array
     */
    void read(byte[] array, int from, int to, int shift) {
        int i = from;
        while (i < to && problem == null) {
            byte b = array[i];
            if (state == STRING) {
                while (PLAIN[b & 0xff] && ++i < to) {
                    b = array[i];
                }
                if (i == to) {
                    return;
                }
                inString(b, i + shift);
                i++;
            } else if (state >= STRING) {
                i += inValue(b, i + shift) ? 1 : 0;
            } else if (isSpace(b)) {
                int start = i;
                do {
                    i++;
                } while (i < to && isSpace(array[i]));
                values.space(start + shift, i + shift);
            } else {
                between(b, i + shift);
                i++;
            }
        }
    }

    /** The text ends after {@code length} bytes. */
    void finish(int length) {
        if (problem != null) {
            return;
        }
        if (isNumberWhole()) {
            valueEnds(length);
        }
        if (!begun) {
            fail(Problem.NOTHING, length);
        } else if (state != OVER) {
            fail(Problem.WRONG, length);
        }
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }

    /** Reads a byte other than white space, outside strings, numbers and literals. */
    private void between(byte b, int index) {
        switch (state) {
            case VALUE_OR_END -> {
                if (b == ']') {
                    close(index);
                } else {
                    beginValue(b, index);
                }
            }
            case VALUE -> beginValue(b, index);
            case NAME_OR_END, NAME -> {
                if (b == '"') {
                    state = STRING;
                    isName = true;
                } else if (b == '}' && state == NAME_OR_END) {
                    close(index);
                } else {
                    fail(Problem.WRONG, index);
                }
            }
            case COLON -> {
                if (b == ':') {
                    state = VALUE;
                } else {
                    fail(Problem.WRONG, index);
                }
            }
            case COMMA_OR_END -> {
                if (b == ',') {
                    state = isObject() ? NAME : VALUE;
                } else if (b == (isObject() ? '}' : ']')) {
                    close(index);
                } else {
                    fail(Problem.WRONG, index);
                }
            }
            case OVER -> fail(beginsValue(b) ? Problem.FOLLOWED : Problem.WRONG, index);
            default -> throw new IllegalStateException("state " + state + " is not one between values");
        }
    }

    private static boolean beginsValue(byte b) {
        return b == '['
                || b == '{'
                || b == '"'
                || b == '-'
                || (b >= '0' && b <= '9')
                || b == 't'
                || b == 'f'
                || b == 'n';
    }

    private void beginValue(byte b, int index) {
        if (!begun && b == '[') {
            valueDepth = 1;
        } else if (depth == valueDepth && beginsValue(b)) {
            values.begins(index);
        }
        switch (b) {
            case '"' -> state = STRING;
            case '[' -> open(false, index);
            case '{' -> open(true, index);
            case '-' -> state = MINUS;
            case '0' -> state = ZERO;
            case '1', '2', '3', '4', '5', '6', '7', '8', '9' -> state = DIGITS;
            case 't' -> beginLiteral("true");
            case 'f' -> beginLiteral("false");
            case 'n' -> beginLiteral("null");
            default -> fail(begun ? Problem.WRONG : Problem.BEGINS_OTHERWISE, index);
        }
        begun = true;
    }

    private void beginLiteral(String text) {
        state = LITERAL;
        literal = text;
        left = text.length() - 1;
    }

    private void open(boolean object, int index) {
        if (depth == nestingMax) {
            fail(Problem.TOO_DEEP, index);
            return;
        }
        depth++;
        long bit = 1L << depth;
        int word = depth / Long.SIZE;
        objects[word] = object ? objects[word] | bit : objects[word] & ~bit;
        state = object ? NAME_OR_END : VALUE_OR_END;
    }

    private boolean isObject() {
        return (objects[depth / Long.SIZE] & (1L << depth)) != 0;
    }

    /** Ends the open array or object with the byte at {@code index}. */
    private void close(int index) {
        depth--;
        if (depth < 0 || (depth == 0 && valueDepth == 1)) {
            state = OVER;
        } else {
            valueEnds(index + 1);
        }
    }

    private void valueEnds(int index) {
        if (depth == valueDepth) {
            values.ends(index);
        }
        state = depth == 0 ? OVER : COMMA_OR_END;
    }

    // ---- strings ----

    private void inString(byte b, int index) {
        if (b == '"') {
            if (isName) {
                isName = false;
                state = COLON;
            } else {
                valueEnds(index + 1);
            }
        } else if (b == '\\') {
            state = ESCAPE;
        } else if (b >= 0) {
            fail(Problem.WRONG, index);
        } else {
            beginCharacter(b & 0xff, index);
        }
    }

    /** Reads the first byte of a multi-byte character (RFC 3629 section 4). */
    private void beginCharacter(int b, int index) {
        low = b == 0xe0 ? 0xa0 : b == 0xf0 ? 0x90 : 0x80;
        high = b == 0xed ? 0x9f : b == 0xf4 ? 0x8f : 0xbf;
        left = b < 0xe0 ? 1 : b < 0xf0 ? 2 : 3;
        state = CONTINUATION;
        if (b < 0xc2 || b > 0xf4) {
            fail(Problem.NOT_UTF8, index);
        }
    }

    private void continueCharacter(int b, int index) {
        if (b < low || b > high) {
            fail(Problem.NOT_UTF8, index);
        }
        low = 0x80;
        high = 0xbf;
        left--;
        if (left == 0) {
            state = STRING;
        }
    }

    private void escape(byte b, int index) {
        switch (b) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> state = STRING;
            case 'u' -> {
                state = HEX;
                left = 4;
            }
            default -> fail(Problem.WRONG, index);
        }
    }

    private void hexDigit(byte b, int index) {
        if (!isDigit(b) && !(b >= 'a' && b <= 'f') && !(b >= 'A' && b <= 'F')) {
            fail(Problem.WRONG, index);
        }
        left--;
        if (left == 0) {
            state = STRING;
        }
    }

    // ---- numbers and literals ----

    /**
     * Reads a byte within a value, or the byte after a number, which ends it; returns whether the byte belongs to the
     * value.
     */
    private boolean inValue(byte b, int index) {
        switch (state) {
            case ESCAPE -> escape(b, index);
            case HEX -> hexDigit(b, index);
            case CONTINUATION -> continueCharacter(b & 0xff, index);
            case LITERAL -> literal(b, index);
            default -> {
                int next = inNumber(b);
                if (next >= 0) {
                    state = next;
                } else if (isNumberWhole() && !isDigit(b)) {
                    valueEnds(index);
                    return false;
                } else {
                    fail(Problem.WRONG, index);
                }
            }
        }
        return true;
    }

    private void literal(byte b, int index) {
        if (b != literal.charAt(literal.length() - left)) {
            fail(Problem.WRONG, index);
        }
        left--;
        if (left == 0) {
            valueEnds(index + 1);
        }
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    private boolean isNumberWhole() {
        return state == ZERO || state == DIGITS || state == FRACTION || state == EXPONENT_DIGITS;
    }

    /** The state after {@code b} within a number, or -1 if {@code b} does not continue it. */
    private int inNumber(byte b) {
        boolean exponent = b == 'e' || b == 'E';
        return switch (state) {
            case MINUS -> b == '0' ? ZERO : isDigit(b) ? DIGITS : -1;
            case ZERO -> b == '.' ? POINT : exponent ? EXPONENT : -1;
            case DIGITS -> isDigit(b) ? DIGITS : b == '.' ? POINT : exponent ? EXPONENT : -1;
            case POINT -> isDigit(b) ? FRACTION : -1;
            case FRACTION -> isDigit(b) ? FRACTION : exponent ? EXPONENT : -1;
            case EXPONENT -> isDigit(b) ? EXPONENT_DIGITS : b == '+' || b == '-' ? EXPONENT_SIGN : -1;
            case EXPONENT_SIGN, EXPONENT_DIGITS -> isDigit(b) ? EXPONENT_DIGITS : -1;
            default -> throw new IllegalStateException("state " + state + " is not one of a number");
        };
    }
}
