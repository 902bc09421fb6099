/**
 * HTTP connections: the path of a request from its decoder to a shard, and of the response back to the client.
 *
 * <p>In the order of that path: {@link io.streamkeeper.server.http.Listener} sets up the pipeline of a connection; the
 * package {@code decode} turns its bytes into requests (package {@code request}); {@code ConnectionHandler} gives each
 * request a place in the {@code ExchangeLine}; {@code RequestExecution} has it parsed (package {@code parse}) and
 * executed by its shard, or by the handler of its path (package {@code route}, table in {@code ServerRoutes}); the
 * package {@code respond} turns the outcome into a response, and {@code ConnectionOutput} writes it when its {@code
 * Exchange} is the first in line. A {@code LongResponse} is written in steps, an {@code EventSession} event by event.
 * With TLS, {@code TlsStart} begins a connection. Over HTTP/2, {@code Http2Connection} begins a {@code
 * ConnectionHandler} for each stream, whose {@code StreamCarrier} turns the response into frames; {@code FrameGuard}
 * counts frames without use. {@link io.streamkeeper.server.http.HttpServer} holds the state that the connections of all
 * listeners share. Everything is owned by the event loop of its connection, unless a class states otherwise.
 */
@NullMarked
package io.streamkeeper.server.http;

import org.jspecify.annotations.NullMarked;
