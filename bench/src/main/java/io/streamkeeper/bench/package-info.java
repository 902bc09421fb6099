/**
 * Benchmarks. {@code jmh} runs the micro-benchmarks of the parts whose cost is paid for every request. {@code storage}
 * starts servers and measures what their store costs. The other commands load any server of the protocol, and
 * {@code compare} several in turn.
 */
@NullMarked
package io.streamkeeper.bench;

import org.jspecify.annotations.NullMarked;
