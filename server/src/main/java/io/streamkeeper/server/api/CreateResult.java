package io.streamkeeper.server.api;

/**
 * What came of a create.
 *
 * @param existed whether the stream was there before, with the same options
 * @param stream how it is now
 */
public record CreateResult(boolean existed, StreamMetadata stream) {}
