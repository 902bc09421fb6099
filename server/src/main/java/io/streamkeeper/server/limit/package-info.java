/**
 * How much of the server each client and each tenant may use. {@link io.streamkeeper.server.limit.Limits} has the {@code
 * LimitRules} of the configuration, and an {@code AccountTable} of clients and one of tenants. An {@code Account} has a
 * {@code Meter}, a token bucket, for each rate, and counts what is held at a time. {@link
 * io.streamkeeper.server.limit.ConnectionLimits} is the part of one connection: it finds the accounts of a request by
 * {@code ClientKey} and the path, counts in {@code Tab}s, and returns the {@link
 * io.streamkeeper.server.limit.LimitRefusal} of a request beyond a limit; {@link
 * io.streamkeeper.server.limit.RequestUse} is the part of one request. Accounts are shared by all loops and safe for use
 * by any thread; the parts of a connection belong to its loop.
 */
@NullMarked
package io.streamkeeper.server.limit;

import org.jspecify.annotations.NullMarked;
