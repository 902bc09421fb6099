/**
 * Micro-benchmarks of the parts whose cost is paid for every request.
 */
@NullMarked
package io.streamkeeper.bench;

import org.jspecify.annotations.NullMarked;
