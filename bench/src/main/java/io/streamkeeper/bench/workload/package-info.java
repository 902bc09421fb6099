/**
 * What is asked of a server of the protocol, and how it is measured: each {@link io.streamkeeper.bench.workload.Scenario}
 * prepares streams and then runs for a while, any number of times.
 */
@NullMarked
package io.streamkeeper.bench.workload;

import org.jspecify.annotations.NullMarked;
