package io.streamkeeper.protocol;

/**
 * Finds where an {@link OffsetField} belongs in a message. A state message is an object whose {@code headers} is an
 * object with a string as {@code operation} or {@code control}; of a name that occurs twice, the last value counts, as
 * for {@code JSON.parse}. A message whose {@code headers} has an {@code offset} gets no other.
 *
 * <p>It reads the bytes of one message after the other, in parts of any length. They are JSON without white space
 * between tokens; other bytes have an undefined result. Used by one thread.
 */
final class OffsetPlaces {
    /** No field belongs in the message. */
    static final int NONE = -1;

    private static final int NAME_BYTES_MAX = "operation".length();

    /** Of a name that is longer than those of interest, or has characters that they do not have. */
    private static final int OTHER = -1;

    private static final int FIELDS_DEPTH = 1;
    private static final int HEADERS_DEPTH = 2;

    private final byte[] name = new byte[NAME_BYTES_MAX];
    private int nameLength;

    private int depth;
    private boolean isObject;
    private boolean inHeaders;

    /** Whether the next byte begins a name, or a value, at a depth where they are of interest. */
    private boolean beforeName;

    private boolean beforeValue;

    private boolean inString;
    private boolean inName;
    private boolean inEscape;

    /** The remaining digits of an escape, and the value of those before them. */
    private int hexLeft;

    private int hex;

    private boolean hasOperation;
    private boolean hasControl;
    private boolean hasOffset;
    private int place;

    /** Begins a message. */
    void begin() {
        depth = 0;
        isObject = false;
        inHeaders = false;
        beforeName = false;
        beforeValue = true;
        inString = false;
        inName = false;
        inEscape = false;
        hexLeft = 0;
        forgetHeaders();
    }

    private void forgetHeaders() {
        hasOperation = false;
        hasControl = false;
        hasOffset = false;
        place = NONE;
    }

    /** {@return the place of the byte before which a field belongs, as {@link #read} got it, or {@link #NONE}} */
    int end() {
        return !hasOffset && (hasOperation || hasControl) ? place : NONE;
    }

    /**
     * Reads the next bytes of the message.
     *
     * @param shift the place of a byte minus its index in the array
     */
    void read(byte[] array, int from, int to, int shift) {
        boolean isOther = !beforeValue && !isObject;
        int i = isOther ? to : from;
        while (i < to) {
            byte b = array[i];
            if (inString) {
                if (!inName && !inEscape) {
                    while (b != '"' && b != '\\' && ++i < to) {
                        b = array[i];
                    }
                    if (i == to) {
                        return;
                    }
                }
                inString(b);
            } else {
                between(b, i + shift);
            }
            i++;
        }
    }

    private void between(byte b, int at) {
        if (beforeValue) {
            beforeValue = false;
            beginValue(b);
        }
        switch (b) {
            case '"' -> {
                inString = true;
                inName = beforeName;
                beforeName = false;
                nameLength = 0;
            }
            case '{' -> {
                depth++;
                beforeName = depth == FIELDS_DEPTH || (depth == HEADERS_DEPTH && inHeaders);
            }
            case '[' -> depth++;
            case '}', ']' -> close(at);
            case ',' -> beforeName = namesMatter();
            case ':' -> beforeValue = namesMatter();
            default -> {}
        }
    }

    /** Whether the innermost open value is the message, or its {@code headers}. */
    private boolean namesMatter() {
        return isObject && (depth == FIELDS_DEPTH || (depth == HEADERS_DEPTH && inHeaders));
    }

    private void close(int at) {
        if (depth == HEADERS_DEPTH && inHeaders) {
            inHeaders = false;
            place = at;
        }
        beforeName = false;
        depth--;
    }

    /** The value that begins with {@code b} is the message, or that of the name that was read last. */
    private void beginValue(byte b) {
        if (depth == 0) {
            isObject = b == '{';
        } else if (depth == FIELDS_DEPTH && isName("headers")) {
            forgetHeaders();
            inHeaders = b == '{';
        } else if (depth == HEADERS_DEPTH) {
            if (isName("operation")) {
                hasOperation = b == '"';
            } else if (isName("control")) {
                hasControl = b == '"';
            } else if (isName("offset")) {
                hasOffset = true;
            }
        }
    }

    // ---- strings ----

    private void inString(byte b) {
        if (hexLeft > 0) {
            hexLeft--;
            hex = 16 * hex + Character.digit(b, 16);
            if (hexLeft == 0) {
                add(hex);
            }
        } else if (inEscape) {
            inEscape = false;
            if (b != 'u') {
                nameLength = OTHER;
            } else if (inName) {
                hexLeft = 4;
                hex = 0;
            }
        } else if (b == '\\') {
            inEscape = true;
        } else if (b == '"') {
            inString = false;
            inName = false;
        } else {
            add(b);
        }
    }

    /** Adds a character to the name; a string that is no name is read in the same way. */
    private void add(int character) {
        if (nameLength == NAME_BYTES_MAX || character < 0 || character > 0x7f) {
            nameLength = OTHER;
        }
        if (nameLength != OTHER) {
            name[nameLength] = (byte) character;
            nameLength++;
        }
    }

    private boolean isName(String wanted) {
        if (nameLength != wanted.length()) {
            return false;
        }
        for (int i = 0; i < nameLength; i++) {
            if (name[i] != wanted.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
