/**
 * A request as the decoder passes it to the classes that execute it. This package separates the versions of HTTP from
 * everything above them. A decoder fires {@link io.streamkeeper.server.http.request.HttpRequest} for each request, with
 * its own implementation of {@link io.streamkeeper.server.http.request.RequestHead}; {@link
 * io.streamkeeper.server.http.request.ContinueExpected} if a client waits before it sends a body; and, as the last
 * message, {@link io.streamkeeper.server.http.request.MalformedRequest} for bytes that are not a request. No class here
 * depends on how a request was framed.
 *
 * <p>Owned by the loop of the connection.
 */
@NullMarked
package io.streamkeeper.server.http.request;

import org.jspecify.annotations.NullMarked;
