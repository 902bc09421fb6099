package io.streamkeeper.server.http.parse;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The parameters that only a listing has, decoded. Created only for a request that has one of them. */
final class ListParameters {
    static final String PREFIX = "prefix";
    static final String AFTER = "after";
    static final String DELIMITER = "delimiter";

    private static final Set<String> NAMES = Set.of(PREFIX, AFTER, DELIMITER);

    private final Map<String, String> values = new HashMap<>();

    /** Whether a parameter is one of these. */
    static boolean has(String name) {
        return NAMES.contains(name);
    }

    @Nullable
    String get(String name) {
        return values.get(name);
    }

    void put(String name, String value) {
        values.put(name, value);
    }
}
