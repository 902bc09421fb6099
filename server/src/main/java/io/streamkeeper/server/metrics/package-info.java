/**
 * What the server counts. In reading order: {@link io.streamkeeper.server.metrics.Metric} describes each metric, once;
 * {@link io.streamkeeper.server.metrics.LoopCounters} are what one loop counts,
 * {@link io.streamkeeper.server.metrics.Counters} those of all loops;
 * {@link io.streamkeeper.server.metrics.MetricsSnapshot} is what a program reads.
 *
 * <p>Counters are owned by their loop; a snapshot is immutable.
 */
@NullMarked
package io.streamkeeper.server.metrics;

import org.jspecify.annotations.NullMarked;
