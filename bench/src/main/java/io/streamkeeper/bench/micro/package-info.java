/** Micro-benchmarks of the code that every request executes; run by {@code jmh}. */
@NullMarked
package io.streamkeeper.bench.micro;

import org.jspecify.annotations.NullMarked;
