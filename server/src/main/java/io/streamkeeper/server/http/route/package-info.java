/**
 * The paths of a listener: {@link io.streamkeeper.server.http.route.Routes} is the table, {@link
 * io.streamkeeper.server.http.route.Route} a line of it, {@link io.streamkeeper.server.http.route.RouteHandler} answers
 * the requests of a line, {@link io.streamkeeper.server.http.route.Answer} is the result, and {@link
 * io.streamkeeper.server.http.route.Answering} receives it. {@link io.streamkeeper.server.http.route.RouteRight} is what a
 * client needs, {@link io.streamkeeper.server.http.route.RouteUse} how requests are counted. No class here depends on
 * the version of HTTP.
 *
 * <p>A table is immutable and used by all loops; a handler is called on the loop of the connection.
 */
@NullMarked
package io.streamkeeper.server.http.route;

import org.jspecify.annotations.NullMarked;
