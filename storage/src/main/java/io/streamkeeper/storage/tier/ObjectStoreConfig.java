package io.streamkeeper.storage.tier;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Where the objects are, and how they are reached.
 *
 * @param location the place of the objects, such as {@code s3://bucket/prefix}; keys are relative to it
 * @param endpoint the URL of the service; null for that of the provider
 * @param region the region of the service; null for what the environment says
 * @param timeoutMillis how long a call waits for the service before it fails: to connect, or for the next bytes
 */
public record ObjectStoreConfig(
        URI location, @Nullable URI endpoint, @Nullable String region, long timeoutMillis) {}
