/**
 * The metrics of the server. In reading order: {@link io.streamkeeper.server.metrics.Metric} describes each metric;
 * {@link io.streamkeeper.server.metrics.LoopCounters} holds the counters of one loop, {@link
 * io.streamkeeper.server.metrics.Counters} those of all loops; {@link io.streamkeeper.server.metrics.MetricsSnapshot}
 * contains the values that an application reads, and {@link
 * io.streamkeeper.server.metrics.Exposition} writes them for a monitoring system.
 *
 * <p>Each loop owns its counters; a snapshot is immutable.
 */
@NullMarked
package io.streamkeeper.server.metrics;

import org.jspecify.annotations.NullMarked;
