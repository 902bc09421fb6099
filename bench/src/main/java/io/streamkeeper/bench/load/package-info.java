/**
 * The load generator: connections on one loop, workloads that generate requests, and measurements. In reading order:
 * {@link io.streamkeeper.bench.load.Workload}, {@link io.streamkeeper.bench.load.Pacing},
 * {@link io.streamkeeper.bench.load.LoadClient}, {@link io.streamkeeper.bench.load.LoadRun},
 * {@link io.streamkeeper.bench.load.Exchange}, {@link io.streamkeeper.bench.load.ResponseParser},
 * {@link io.streamkeeper.bench.load.Measurement}. The loop owns the run.
 */
@NullMarked
package io.streamkeeper.bench.load;

import org.jspecify.annotations.NullMarked;
