/** The load generator: connections on one loop, workloads that give them requests, and what was measured. In reading
 * order: {@link io.streamkeeper.bench.load.Workload}, {@link io.streamkeeper.bench.load.Pacing},
 * {@link io.streamkeeper.bench.load.LoadClient}, {@link io.streamkeeper.bench.load.LoadRun},
 * {@link io.streamkeeper.bench.load.LoadConnection}, {@link io.streamkeeper.bench.load.ResponseParser},
 * {@link io.streamkeeper.bench.load.Measurement}. A run belongs to its loop. */
@NullMarked
package io.streamkeeper.bench.load;

import org.jspecify.annotations.NullMarked;
