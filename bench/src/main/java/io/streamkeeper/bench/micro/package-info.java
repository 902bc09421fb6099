/** The parts whose cost is paid for every request, alone; run by {@code jmh}. */
@NullMarked
package io.streamkeeper.bench.micro;

import org.jspecify.annotations.NullMarked;
