/**
 * From a request to an operation: every rule of the protocol that does not depend on a stream's state. {@link
 * io.streamkeeper.server.http.parse.RequestParser} turns a request into an {@link
 * io.streamkeeper.server.http.parse.Intent}, with one parser for each operation that has its own fields ({@code
 * CreateParser}, {@code AppendParser}, {@code ReadParser}), {@code Conditions} for the fields that state conditions,
 * and {@link io.streamkeeper.server.http.parse.BodyParser} for the body.
 *
 * <p>Owned by one event loop.
 */
@NullMarked
package io.streamkeeper.server.http.parse;

import org.jspecify.annotations.NullMarked;
