package io.streamkeeper.server.http.respond;

import io.netty.util.internal.EmptyArrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which other origins' scripts may use the server, and the response fields for them. Immutable.
 *
 * <table>
 * <caption>The setting</caption>
 * <tr><td>{@code reads}</td><td>all origins may read, none may write</td></tr>
 * <tr><td>{@code *}</td><td>all origins may read and write</td></tr>
 * <tr><td>{@code none}</td><td>none may do anything</td></tr>
 * <tr><td>origins, joined by commas</td><td>these may read and write, also with credentials of the browser</td></tr>
 * </table>
 */
public final class CrossOriginRule {
    /** All origins may read, and none may write. */
    public static final String READS = "reads";

    private static final String ALL = "*";

    /** No other origin may do anything. */
    public static final String NONE = "none";

    private final boolean allRead;
    private final boolean allWrite;
    private final byte[] fieldsOfOthers;

    /** The origins that the setting lists, each with its fields. */
    private final Map<String, byte[]> listed = new HashMap<>();

    private CrossOriginRule(String setting) {
        this.allWrite = setting.equals(ALL);
        this.allRead = allWrite || setting.equals(READS);
        if (allRead) {
            fieldsOfOthers = ResponseFields.joined(
                    ResponseField.line("Access-Control-Allow-Origin", ALL), ResponseFields.EXPOSED);
            return;
        }
        fieldsOfOthers = EmptyArrays.EMPTY_BYTES;
        if (!setting.equals(NONE)) {
            for (String origin : setting.split(",", -1)) {
                listed.put(origin, fieldsOf(origin));
            }
        }
    }

    private static byte[] fieldsOf(String origin) {
        return ResponseFields.joined(
                ResponseField.line("Access-Control-Allow-Origin", origin),
                ResponseField.line("Access-Control-Allow-Credentials", "true"),
                ResponseFields.EXPOSED);
    }

    /** Whether the fields of a response depend on the origin of the request. */
    boolean isList() {
        return !listed.isEmpty();
    }

    /** The rule that the configuration contains, which has checked it. */
    public static CrossOriginRule of(String setting) {
        return new CrossOriginRule(setting);
    }

    /** Whether scripts of {@code origin} may write. A page without an origin of its own has the origin {@code null}. */
    public boolean allowsWrites(String origin) {
        return allWrite || listed.containsKey(origin);
    }

    /** Whether scripts of {@code origin} may read. */
    boolean allowsReads(@Nullable String origin) {
        return allRead || listed.containsKey(origin);
    }

    /** The fields of a response to a request of {@code origin}; null for a request without {@code Origin}. */
    byte[] fields(@Nullable String origin) {
        byte[] own = listed.get(origin);
        return own == null ? fieldsOfOthers : own;
    }
}
