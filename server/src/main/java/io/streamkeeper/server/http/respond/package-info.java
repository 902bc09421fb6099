/**
 * From an outcome to the bytes of a response, for HTTP/1.1. {@link io.streamkeeper.server.http.respond.ResponseWriter}
 * is the entry point, with {@link io.streamkeeper.server.http.respond.ReadResponses} for reads and {@code
 * RefusalResponses}; they write heads with {@code ResponseHead}, from the fields that {@code ResponseField} lists.
 * {@link io.streamkeeper.server.http.respond.ResponseContext} describes the request and the connection of a response,
 * and {@link io.streamkeeper.server.http.respond.Response} is the result. {@link
 * io.streamkeeper.server.http.respond.Compression} compresses bodies.
 *
 * <p>Owned by one event loop, except compression, which runs on worker threads.
 */
@NullMarked
package io.streamkeeper.server.http.respond;

import org.jspecify.annotations.NullMarked;
