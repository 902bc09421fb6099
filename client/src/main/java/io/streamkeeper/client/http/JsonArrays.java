package io.streamkeeper.client.http;

import java.util.Arrays;
import java.util.List;

/**
 * Joins the messages that a server sends into one JSON array. Our server sends arrays without white space around their
 * elements, which are kept unchanged; another server may send a single value that is not an array, an array over
 * several lines, or one with a comma after its last element, as in the example of section 5.8.
 */
final class JsonArrays {
    private JsonArrays() {}

    /** Returns one array of the elements of all parts, in their order; an empty array if there are no parts. */
    static byte[] join(List<byte[]> parts) {
        if (parts.size() == 1 && isPlain(parts.get(0))) {
            return parts.get(0);
        }
        int length = 2;
        for (byte[] part : parts) {
            length += part.length + 1;
        }
        byte[] joined = new byte[length];
        joined[0] = '[';
        int end = 1;
        for (byte[] part : parts) {
            int start = start(part);
            int count = end(part) - start;
            if (count > 0) {
                if (end > 1) {
                    joined[end++] = ',';
                }
                System.arraycopy(part, start, joined, end, count);
                end += count;
            }
        }
        joined[end++] = ']';
        return end == joined.length ? joined : Arrays.copyOf(joined, end);
    }

    private static boolean isPlain(byte[] part) {
        return part.length >= 2 && isArray(part) && start(part) == 1 && end(part) == part.length - 1;
    }

    /** Returns where the elements begin: after the bracket, or at the start of a value without one. */
    private static int start(byte[] part) {
        int start = skipSpace(part, 0);
        return isArray(part) ? skipSpace(part, start + 1) : start;
    }

    private static int end(byte[] part) {
        int end = dropSpace(part, part.length);
        if (!isArray(part)) {
            return end;
        }
        end = dropSpace(part, end - 1);
        return end > 0 && part[end - 1] == ',' ? dropSpace(part, end - 1) : end;
    }

    private static boolean isArray(byte[] part) {
        int start = skipSpace(part, 0);
        int end = dropSpace(part, part.length);
        return end - start >= 2 && part[start] == '[' && part[end - 1] == ']';
    }

    private static int skipSpace(byte[] part, int from) {
        int index = from;
        while (index < part.length && isSpace(part[index])) {
            index++;
        }
        return index;
    }

    private static int dropSpace(byte[] part, int to) {
        int index = to;
        while (index > 0 && isSpace(part[index - 1])) {
            index--;
        }
        return index;
    }

    private static boolean isSpace(byte octet) {
        return octet == ' ' || octet == '\n' || octet == '\r' || octet == '\t';
    }
}
