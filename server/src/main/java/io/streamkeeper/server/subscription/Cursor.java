package io.streamkeeper.server.subscription;

/**
 * What is acknowledged of a stream. Immutable.
 *
 * @param path the path of the stream
 * @param generation the generation of the stream: a later stream at the path is not acknowledged
 * @param position everything before it is acknowledged
 */
record Cursor(String path, long generation, long position) {}
