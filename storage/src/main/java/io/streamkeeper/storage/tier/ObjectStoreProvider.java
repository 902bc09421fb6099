package io.streamkeeper.storage.tier;

import java.io.IOException;

/**
 * Opens object stores of one kind. A server finds it with {@link java.util.ServiceLoader}, by the scheme of the location
 * that its configuration names. The implementation has a public constructor without parameters, and a file in {@code
 * META-INF/services/} with this interface's full name lists it.
 */
public interface ObjectStoreProvider {
    /** The scheme of its locations, such as {@code s3}. */
    String scheme();

    /**
     * Opens the objects at a location; the store need not be reachable.
     *
     * @throws IllegalArgumentException if the location is invalid; the message contains what was expected
     * @throws IOException if the store cannot be used
     */
    ObjectStore open(ObjectStoreConfig config) throws IOException;
}
