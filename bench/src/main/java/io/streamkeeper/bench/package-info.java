/**
 * Benchmarks. {@code jmh} runs the micro-benchmarks of the parts whose cost is paid for every request. {@code storage}
 * starts the packaged server in a process of its own and measures it over HTTP; nothing here knows the server's code.
 *
 * <p>In reading order: {@link io.streamkeeper.bench.Main}; the load generator, {@link io.streamkeeper.bench.Workload},
 * {@link io.streamkeeper.bench.Pacing}, {@link io.streamkeeper.bench.LoadClient}, {@link io.streamkeeper.bench.LoadRun},
 * {@link io.streamkeeper.bench.LoadConnection}, {@link io.streamkeeper.bench.ResponseParser},
 * {@link io.streamkeeper.bench.Measurement}; the process, {@link io.streamkeeper.bench.ServerSetup},
 * {@link io.streamkeeper.bench.ServerProcess}, {@link io.streamkeeper.bench.ProcessSample}; the commands, each a
 * {@link io.streamkeeper.bench.Scenario}. A run belongs to its client's loop, everything else to the command's thread.
 */
@NullMarked
package io.streamkeeper.bench;

import org.jspecify.annotations.NullMarked;
