package io.streamkeeper.client.api;

/**
 * The result of a create.
 *
 * @param existed whether the stream already existed, with the same options
 * @param stream its metadata
 */
public record CreateResult(boolean existed, StreamMetadata stream) {}
