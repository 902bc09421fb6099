package io.streamkeeper.storage.tier;

import io.streamkeeper.protocol.Quoted;
import java.io.IOException;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;

/** Finds object stores on the class path. */
public final class ObjectStores {
    private ObjectStores() {}

    /**
     * Opens the objects at a location.
     *
     * @param loader the class path that is searched for a provider of the location's scheme
     * @throws IllegalArgumentException if there is no provider, or the location is invalid; the message contains what
     *     was expected
     */
    public static ObjectStore open(ObjectStoreConfig config, ClassLoader loader) throws IOException {
        SortedMap<String, ObjectStoreProvider> found = new TreeMap<>();
        try {
            for (ObjectStoreProvider provider : ServiceLoader.load(ObjectStoreProvider.class, loader)) {
                found.put(provider.scheme(), provider);
            }
        } catch (ServiceConfigurationError e) {
            throw new IllegalArgumentException("an object store cannot be loaded: " + e.getMessage(), e);
        }
        String location = config.location().toString();
        ObjectStoreProvider provider =
                found.get(String.valueOf(config.location().getScheme()));
        if (provider == null) {
            throw new IllegalArgumentException("tier is " + Quoted.of(location)
                    + (found.isEmpty()
                            ? ", but durable-streams-tier.jar is not there; put it beside durable-streams-server.jar, or on"
                                    + " the class path"
                            : ", expected a URL that begins with " + String.join("://, ", found.keySet()) + "://"));
        }
        return provider.open(config);
    }
}
