/**
 * The state of a store, from one member of a cluster to another, by files: for a member that is too far behind to receive
 * the log, and for a new one.
 *
 * <p>In reading order: {@link io.streamkeeper.cluster.state.StateDescription}, what a state consists of; {@link
 * io.streamkeeper.cluster.state.StateServer}, which keeps the files of a running store for another member and sends them,
 * with {@link io.streamkeeper.cluster.state.PinnedState}; {@link io.streamkeeper.cluster.state.StateFetch} and {@link
 * io.streamkeeper.cluster.state.StateTransfer}, which receive them into {@link
 * io.streamkeeper.cluster.state.Incoming}; and {@link io.streamkeeper.cluster.state.StateInstall}, by which the next
 * start puts them in the place of the own ones. {@link io.streamkeeper.cluster.state.StateAdoption} makes such a state of
 * the streams of a server without a cluster.
 */
@NullMarked
package io.streamkeeper.cluster.state;

import org.jspecify.annotations.NullMarked;
