/** Starts server processes, and measures their resources, as {@code /proc} reports them, and their disk space. */
@NullMarked
package io.streamkeeper.bench.process;

import org.jspecify.annotations.NullMarked;
