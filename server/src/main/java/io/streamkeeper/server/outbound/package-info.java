/**
 * Connections that the server opens itself, to receivers of webhooks and to other members of its cluster: a {@code
 * ConnectionPool} keeps each {@code PooledConnection} by its {@code Destination} for the next request, and {@code
 * ClientTls} has the authorities that the server trusts. Each loop has pools of its own.
 */
@NullMarked
package io.streamkeeper.server.outbound;

import org.jspecify.annotations.NullMarked;
