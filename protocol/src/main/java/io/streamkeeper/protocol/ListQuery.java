package io.streamkeeper.protocol;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A page of a listing: which streams, and how many. Its items are streams, and with {@link #grouped} also groups: a
 * group is the beginning of paths up to the first slash after the prefix, and stands for all streams below it.
 *
 * @param prefix the text with which paths begin; empty for all
 * @param after the page begins after the item with this name; null for the first page
 * @param limit the most items, 1 to {@value #LIMIT_MAX}
 * @param grouped whether streams below a further slash are grouped
 */
public record ListQuery(String prefix, @Nullable String after, int limit, boolean grouped) {
    /** The items of a page, unless it is given. */
    public static final int LIMIT_DEFAULT = 100;

    /** The most items of a page. */
    public static final int LIMIT_MAX = 1_000;

    private static final String DELIMITER = "/";

    /**
     * Checks the values.
     *
     * @param prefix the text with which paths begin; empty for all
     * @param after the page begins after the item with this name; null for the first page
     * @param limit the most items, 1 to {@value #LIMIT_MAX}
     * @param grouped whether streams below a further slash are grouped
     * @throws RefusedException with {@link ErrorCode#INVALID_PARAMETER} if the prefix or the cursor is longer than a
     *     path, or the limit is out of range
     */
    public ListQuery {
        checkLength("prefix", prefix);
        if (after != null) {
            checkLength("after", after);
        }
        if (limit < 1 || limit > LIMIT_MAX) {
            throw invalidLimit(String.valueOf(limit));
        }
    }

    /**
     * Reads the parameters of a request; each is null if it is absent.
     *
     * @param prefix the text with which paths begin
     * @param after the item before the page; empty for the first page
     * @param limit a decimal number
     * @param delimiter the text that ends a group, which must be a slash
     * @return the page that is asked for
     * @throws RefusedException with {@link ErrorCode#INVALID_PARAMETER} if one is not valid
     */
    public static ListQuery parse(
            @Nullable String prefix, @Nullable String after, @Nullable String limit, @Nullable String delimiter) {
        if (delimiter != null && !delimiter.equals(DELIMITER)) {
            throw new RefusedException(
                    ErrorCode.INVALID_PARAMETER,
                    "parameter delimiter is " + Quoted.of(delimiter) + ", expected " + DELIMITER);
        }
        return new ListQuery(
                prefix == null ? "" : prefix,
                after == null || after.isEmpty() ? null : after,
                limit == null ? LIMIT_DEFAULT : number(limit),
                delimiter != null);
    }

    private static int number(String text) {
        if (!text.matches("[1-9][0-9]{0,3}")) {
            throw invalidLimit(text);
        }
        return (int) Digits.toLong(text);
    }

    private static RefusedException invalidLimit(String text) {
        return new RefusedException(
                ErrorCode.INVALID_PARAMETER,
                "parameter limit is " + Quoted.of(text) + ", expected a number from 1 to " + LIMIT_MAX);
    }

    private static void checkLength(String name, String text) {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > StreamPath.BYTES_MAX) {
            throw new RefusedException(
                    ErrorCode.INVALID_PARAMETER,
                    "parameter " + name + " has " + bytes + " bytes, expected at most " + StreamPath.BYTES_MAX);
        }
    }
}
