package io.streamkeeper.client.api;

import java.time.Instant;

/**
 * A stream in a listing.
 *
 * @param path its path, without percent-encoding
 * @param metadata its properties
 * @param bytes the stored bytes that can be read, with inherited ones; a JSON message takes one byte more than its text
 * @param createdAt when it was created
 */
public record StreamEntry(String path, StreamMetadata metadata, long bytes, Instant createdAt) {}
