/**
 * Servers to measure: those that scripts start, those that already run, and one of Netty alone. In reading order:
 * {@link io.streamkeeper.bench.peer.Peer}, {@link io.streamkeeper.bench.peer.RunningPeer},
 * {@link io.streamkeeper.bench.peer.FloorServer}.
 */
@NullMarked
package io.streamkeeper.bench.peer;

import org.jspecify.annotations.NullMarked;
