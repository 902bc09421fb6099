/**
 * From an outcome to the bytes of a response, for HTTP/1.1. {@link io.streamkeeper.server.http.respond.ResponseWriter}
 * is the entry, with {@link io.streamkeeper.server.http.respond.ReadResponses} for reads and {@code RefusalResponses};
 * they write heads with {@code ResponseHead} in the fields that {@code ResponseField} lists. {@link
 * io.streamkeeper.server.http.respond.ResponseContext} is what a response depends on beside its outcome, and {@link
 * io.streamkeeper.server.http.respond.Response} the result. {@link io.streamkeeper.server.http.respond.Compression}
 * makes bodies smaller.
 *
 * <p>Owned by one event loop, except compression, which runs on worker threads.
 */
@NullMarked
package io.streamkeeper.server.http.respond;

import org.jspecify.annotations.NullMarked;
