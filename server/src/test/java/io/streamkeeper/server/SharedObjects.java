package io.streamkeeper.server;

import io.streamkeeper.storage.tier.ObjectStore;
import io.streamkeeper.storage.tier.ObjectStoreConfig;
import io.streamkeeper.storage.tier.ObjectStoreProvider;
import io.streamkeeper.storage.tier.ScriptedObjects;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Object stores in the memory of this JVM, which outlive the servers that use them. */
public final class SharedObjects implements ObjectStoreProvider {
    private static final Map<String, ScriptedObjects> PLACES = new ConcurrentHashMap<>();

    /** The objects at a location, such as {@code objects://place}. */
    static ScriptedObjects at(String location) {
        return PLACES.computeIfAbsent(location, place -> new ScriptedObjects());
    }

    /** Removes all objects at a location. */
    static void remove(String location) {
        PLACES.remove(location);
    }

    @Override
    public String scheme() {
        return "objects";
    }

    @Override
    public ObjectStore open(ObjectStoreConfig config) {
        return at(config.location().toString());
    }
}
