/**
 * What a member of a cluster does with requests that it cannot answer from its own copy of the streams.
 *
 * <p>To read in this order: {@link io.streamkeeper.server.forward.Replica}, what the process is in the cluster; {@link
 * io.streamkeeper.server.forward.ReadGate}, at which reads wait until the copy has what was acknowledged before them;
 * {@link io.streamkeeper.server.forward.LeaderClient}, which sends a request to the leader, {@link
 * io.streamkeeper.server.forward.LeaderExchange}, which is one such request, with {@code LeaderConnection} and {@code
 * LeaderAddress}. A {@link io.streamkeeper.server.forward.LeaderResponse} receives the response.
 *
 * <p>Each loop has a gate, a client and connections of its own. Nothing here is loaded by a server without a cluster.
 */
@NullMarked
package io.streamkeeper.server.forward;

import org.jspecify.annotations.NullMarked;
