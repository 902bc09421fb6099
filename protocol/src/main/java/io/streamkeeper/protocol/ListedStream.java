package io.streamkeeper.protocol;

/**
 * A stream in a listing.
 *
 * @param path its path, decoded
 * @param info its durable state
 * @param bytes the stored bytes that can be read: from the earliest offset to the tail, with inherited ones
 * @param createdMillis when it was created, in milliseconds since 1970 UTC
 */
public record ListedStream(String path, StreamInfo info, long bytes, long createdMillis) {}
