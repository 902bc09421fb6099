/**
 * From bytes to requests, for HTTP/1.1. In reading order: {@link io.streamkeeper.server.http.decode.RequestDecoder} is
 * the handler of a connection; {@link io.streamkeeper.server.http.decode.HeadParser} reads a head with
 * {@link io.streamkeeper.server.http.decode.RequestLine} and {@code FieldLine} and makes an {@code Http1Head} of it;
 * {@link io.streamkeeper.server.http.decode.BodyFraming} decides how a body ends, and
 * {@link io.streamkeeper.server.http.decode.BodyRoom} has the memory for it. The results are the messages of the
 * package {@code http.request}; nothing here knows what a request asks for, or answers it.
 *
 * <p>Owned by the loop of the connection.
 */
@NullMarked
package io.streamkeeper.server.http.decode;

import org.jspecify.annotations.NullMarked;
