/**
 * The storage against a model, over many lives of a process on one data directory. {@link Simulation} is one seed;
 * {@link World} what there is: a disk, a clock, a process, what clients know; {@link SimulatedProcess} the shards of
 * one life and their {@link Threads}, of which {@link Faults} throw; {@link Commands}, {@link Forking}, {@link Reading}
 * and {@link Waiting} what clients do, {@link OwnStream} what the server itself does; {@link ShardModel}, {@link Version}, {@link Incarnation} and {@link Former} what
 * must come of it, and {@link Checks} whether it has. {@link Reach} counts what
 * was reached. All of it belongs to one thread.
 */
package io.streamkeeper.storage.simulation;
