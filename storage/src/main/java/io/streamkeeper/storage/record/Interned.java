package io.streamkeeper.storage.record;

import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Retention;
import java.util.HashMap;
import java.util.Map;

/** The properties of a shard's streams, one shared object for all streams that have the same. Owned by the shard's loop. */
public final class Interned {
    /** More than any reasonable number of different properties; further ones are not shared. */
    private static final int SHARED_MAX = 1_000;

    /** For each content type, the properties of streams that never expire and keep everything. */
    private final Map<String, StreamConfig> unlimited = new HashMap<>();

    private final Map<StreamConfig, StreamConfig> limited = new HashMap<>();

    /** The content type with this text. */
    ContentType contentType(String value) {
        StreamConfig known = unlimited.get(value);
        return known == null ? unlimited(ContentType.parse(value)).contentType() : known.contentType();
    }

    private StreamConfig unlimited(ContentType type) {
        StreamConfig known = unlimited.get(type.value());
        if (known != null) {
            return known;
        }
        StreamConfig config = new StreamConfig(type, Expiry.never(), Retention.none());
        if (unlimited.size() >= SHARED_MAX) {
            return config.unshared(true);
        }
        unlimited.put(type.value(), config);
        return config;
    }

    public StreamConfig config(ContentType type, Expiry expiry, Retention retention) {
        StreamConfig alike = unlimited(type);
        if (expiry instanceof Expiry.Never && retention.isNone()) {
            return alike;
        }
        StreamConfig config = new StreamConfig(alike.contentType(), expiry, retention);
        StreamConfig known = limited.get(config);
        if (known != null) {
            return known;
        }
        if (!config.isCommon() || limited.size() >= SHARED_MAX) {
            return config.unshared(!alike.isShared());
        }
        limited.put(config, config);
        return config;
    }
}
