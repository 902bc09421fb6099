/**
 * Benchmarks. {@code jmh} runs micro-benchmarks of the code that every request executes. {@code storage} starts servers
 * and measures the cost of their store. The other commands load any server of the protocol; {@code compare} loads
 * several in turn.
 */
@NullMarked
package io.streamkeeper.bench;

import org.jspecify.annotations.NullMarked;
