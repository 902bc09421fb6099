/**
 * From bytes to requests, for HTTP/1.1. In reading order: {@link io.streamkeeper.server.http.decode.RequestDecoder} is
 * the handler of a connection; {@link io.streamkeeper.server.http.decode.HeadParser} reads a head with {@link
 * io.streamkeeper.server.http.decode.RequestLine} and {@code FieldLine}, and creates an {@code Http1Head}; {@link
 * io.streamkeeper.server.http.decode.BodyFraming} decides how a body ends, and {@link
 * io.streamkeeper.server.http.decode.BodyRoom} provides its memory. The results are the messages of the package {@code
 * http.request}; this package neither interprets requests nor answers them.
 *
 * <p>Owned by the loop of the connection.
 */
@NullMarked
package io.streamkeeper.server.http.decode;

import org.jspecify.annotations.NullMarked;
