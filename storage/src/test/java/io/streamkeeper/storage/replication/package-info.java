/**
 * Three machines with one replicated log, against what the log says. {@link Cluster} is one seed, with the commands of
 * clients; {@link Machine} the shards of one machine over its lives; {@link MachineObjects} the object store that all
 * machines of some seeds have; {@link Reading} a read on one of them; {@link History} what the committed records mean,
 * and what must hold of them; {@link States} whether all machines have the same state after each record. All of it
 * belongs to one thread.
 */
package io.streamkeeper.storage.replication;
