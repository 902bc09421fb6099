/**
 * From bytes to requests, for HTTP/1.1. {@link io.streamkeeper.server.http.decode.RequestDecoder} is the handler of a
 * connection; {@link io.streamkeeper.server.http.decode.HeadParser} reads a head with
 * {@link io.streamkeeper.server.http.decode.RequestLine} and {@link io.streamkeeper.server.http.decode.FieldLine};
 * {@link io.streamkeeper.server.http.decode.BodyFraming} says how a body ends, and
 * {@link io.streamkeeper.server.http.decode.BodyRoom} has the memory for it. The result is a
 * {@link io.streamkeeper.server.http.decode.HttpRequest}; nothing here knows what is asked for, or answers.
 *
 * <p>Owned by the loop of the connection.
 */
@NullMarked
package io.streamkeeper.server.http.decode;

import org.jspecify.annotations.NullMarked;
