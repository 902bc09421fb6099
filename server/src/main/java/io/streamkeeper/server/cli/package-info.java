/**
 * The command line: flags, where their values come from, and what the process says.
 *
 * <p>To read in this order: {@link io.streamkeeper.server.cli.ServeCommand}; the options by concern, {@code
 * ListenOptions}, {@code HttpOptions}, {@code LiveOptions}, {@code ReadOptions} and {@code ProcessOptions}; {@code
 * ConfigSources}, which finds the values that are not on the command line; {@code Durations} and {@code Sizes}. Runs on
 * the main thread, once.
 */
@NullMarked
package io.streamkeeper.server.cli;

import org.jspecify.annotations.NullMarked;
