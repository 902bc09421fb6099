/** Server processes: their start, their resources by {@code /proc}, and their disk space. */
@NullMarked
package io.streamkeeper.bench.process;

import org.jspecify.annotations.NullMarked;
