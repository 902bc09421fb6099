package io.streamkeeper.storage.record;

import io.streamkeeper.protocol.ContentType;
import java.util.HashMap;
import java.util.Map;

/** Content types of which a shard keeps one for all streams that have it. Owned by the shard's loop. */
public final class Interned {
    /** More than any reasonable number of types; others are not shared. */
    private static final int TYPES_MAX = 1_000;

    private final Map<String, ContentType> types = new HashMap<>();

    public ContentType contentType(String value) {
        ContentType known = types.get(value);
        return known == null ? contentType(ContentType.parse(value)) : known;
    }

    public ContentType contentType(ContentType type) {
        ContentType known = types.get(type.value());
        if (known != null) {
            return known;
        }
        if (types.size() < TYPES_MAX) {
            types.put(type.value(), type);
        }
        return type;
    }
}
