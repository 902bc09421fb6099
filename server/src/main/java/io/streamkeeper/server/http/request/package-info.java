/**
 * A request as the decoder hands it over to what executes it. This is the seam between a version of HTTP and all that
 * stands above: a decoder fires {@link io.streamkeeper.server.http.request.HttpRequest} for each request, with a
 * {@link io.streamkeeper.server.http.request.RequestHead} of its own, {@link
 * io.streamkeeper.server.http.request.ContinueExpected} where a client waits before it sends a body, and as the last
 * message {@link io.streamkeeper.server.http.request.MalformedRequest} for what is no request. Nothing here knows how a
 * request was framed.
 *
 * <p>Owned by the loop of the connection.
 */
@NullMarked
package io.streamkeeper.server.http.request;

import org.jspecify.annotations.NullMarked;
