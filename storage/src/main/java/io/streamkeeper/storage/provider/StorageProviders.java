package io.streamkeeper.storage.provider;

import io.streamkeeper.protocol.Quoted;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;

/** Finds storage providers on the class path. */
public final class StorageProviders {
    private StorageProviders() {}

    /**
     * The provider with a name.
     *
     * @param loader the class path that is searched
     * @throws IllegalArgumentException if no provider has the name, two have the same name, or one cannot be loaded; if
     *     none has it, the message contains the names that were found
     */
    public static StorageProvider named(String name, ClassLoader loader) {
        SortedMap<String, StorageProvider> found = new TreeMap<>();
        found.put(StorageProvider.LOCAL.name(), StorageProvider.LOCAL);
        try {
            for (StorageProvider provider : ServiceLoader.load(StorageProvider.class, loader)) {
                StorageProvider same = found.put(provider.name(), provider);
                if (same != null) {
                    throw new IllegalArgumentException("two storage providers have the name "
                            + Quoted.of(provider.name()) + ": "
                            + same.getClass().getName() + " and "
                            + provider.getClass().getName() + "; remove one of them from the class path");
                }
            }
        } catch (ServiceConfigurationError e) {
            throw new IllegalArgumentException("a storage provider cannot be loaded: " + e.getMessage(), e);
        }
        StorageProvider provider = found.get(name);
        if (provider == null) {
            throw new IllegalArgumentException("storage is " + Quoted.of(name) + ", expected one of "
                    + String.join(", ", found.keySet())
                    + "; a provider is found on the class path, and listed in META-INF/services/"
                    + StorageProvider.class.getName());
        }
        return provider;
    }
}
