/**
 * HTTP/1.1 on a connection: from bytes to a {@link io.streamkeeper.protocol.Command}, and from its outcome to bytes.
 *
 * <p>In the order of a request's way: {@code RequestDecoder} makes an {@code HttpRequest} of bytes with {@code HeadParser}
 * ({@code LineBuffer}, {@code RequestLine}, {@code FieldLine}, {@code HeadBuilder}, {@code BodyFraming}) and a {@code
 * BodyReader}; {@code RequestParser} makes an {@code Intent} of the request, with one class for each operation. Everything
 * here belongs to the event loop of its connection.
 */
@NullMarked
package io.streamkeeper.server.http;

import org.jspecify.annotations.NullMarked;
