/**
 * HTTP/1.1 on a connection: from bytes to a {@link io.streamkeeper.protocol.Command}, and from its outcome to bytes.
 *
 * <p>In the order of a request's way: the package {@code decode} makes an {@code HttpRequest} of bytes; {@code RequestParser}
 * makes an {@code Intent} of the request, with one class for each operation; {@code ConnectionHandler} has it carried out,
 * and {@code ResponseWriter} writes what comes of it, each answer in its place by its {@code Exchange}. Everything here belongs to
 * the event loop of its connection.
 */
@NullMarked
package io.streamkeeper.server.http;

import org.jspecify.annotations.NullMarked;
