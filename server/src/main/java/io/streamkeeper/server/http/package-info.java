/**
 * HTTP connections: the way of a request from its decoder to a shard and of the response back.
 *
 * <p>In the order of that way: {@link io.streamkeeper.server.http.Listener} sets up the pipeline of a connection; the
 * package {@code decode} makes a request (package {@code request}) of its bytes; {@code ConnectionHandler} gives it a
 * place in the {@code ExchangeLine}; {@code RequestExecution} has it parsed (package {@code parse}) and executed by its
 * shard, or by the handler of its path (package {@code route}, table in {@code ServerRoutes}); the package
 * {@code respond} makes the response of the outcome, and {@code ConnectionOutput} writes it when its {@code Exchange}
 * is the first in line. A {@code LongResponse} is written in steps. {@link io.streamkeeper.server.http.HttpServer}
 * holds what the connections of all listeners share. Everything belongs to the event loop of its connection, except
 * where a class says otherwise.
 */
@NullMarked
package io.streamkeeper.server.http;

import org.jspecify.annotations.NullMarked;
