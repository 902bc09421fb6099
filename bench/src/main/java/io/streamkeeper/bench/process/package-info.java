/** Servers as processes: how they are started, and what {@code /proc} tells of them. */
@NullMarked
package io.streamkeeper.bench.process;

import org.jspecify.annotations.NullMarked;
