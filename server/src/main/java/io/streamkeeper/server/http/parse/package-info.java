/**
 * From a request to what it asks: every rule of the protocol that does not depend on a stream's state. {@link
 * io.streamkeeper.server.http.parse.RequestParser} makes an {@link io.streamkeeper.server.http.parse.Intent} of a
 * request, with a parser for each operation that has fields of its own ({@code CreateParser}, {@code AppendParser},
 * {@code ReadParser}), {@code Conditions} for the fields that guard a request, and
 * {@link io.streamkeeper.server.http.parse.BodyParser} for its body.
 *
 * <p>Owned by one event loop.
 */
@NullMarked
package io.streamkeeper.server.http.parse;

import org.jspecify.annotations.NullMarked;
