package io.streamkeeper.storage.record;

import io.streamkeeper.protocol.ContentType;
import java.util.HashMap;
import java.util.Map;

/** The content types of a shard's streams, one shared object for each type. Owned by the shard's loop. */
public final class Interned {
    /** More than any reasonable number of types; further types are not shared. */
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
