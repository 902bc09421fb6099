/**
 * What an operator sees and changes while the server runs. {@link io.streamkeeper.server.admin.AdminRoutes} is the table
 * of its paths; {@link io.streamkeeper.server.admin.StatusHandler}, {@link
 * io.streamkeeper.server.admin.ClusterHandler}, {@link io.streamkeeper.server.admin.MemberChangeHandler}, {@link
 * io.streamkeeper.server.admin.SlowRequestsHandler}, {@link io.streamkeeper.server.admin.JobHandler}, {@link io.streamkeeper.server.admin.DrainHandler} and {@link
 * io.streamkeeper.server.admin.LogLevelHandler} answer requests in {@link io.streamkeeper.server.admin.JsonAnswers
 * JSON}; {@link io.streamkeeper.server.admin.Drain} is the end of the service to clients.
 *
 * <p>A handler is called on the loop of its connection. It passes work that takes long to other threads, and asks the
 * loops of shards only for numbers that they have.
 */
@NullMarked
package io.streamkeeper.server.admin;

import org.jspecify.annotations.NullMarked;
