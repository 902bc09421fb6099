/**
 * The workloads for servers of the protocol, and their results: each {@link io.streamkeeper.bench.workload.Scenario}
 * creates its streams once, and then runs any number of times.
 */
@NullMarked
package io.streamkeeper.bench.workload;

import org.jspecify.annotations.NullMarked;
