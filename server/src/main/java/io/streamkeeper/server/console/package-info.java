/**
 * The console: a page with which people look at streams and change them. {@link
 * io.streamkeeper.server.console.ConsoleHandler} serves its files, which {@link
 * io.streamkeeper.server.console.ConsoleFiles} reads from the jar. The page contains no data: its scripts send the same
 * requests as any other client, with the token that the user enters.
 *
 * <p>The classes are immutable and used by all loops; the files are read by a worker thread.
 */
@NullMarked
package io.streamkeeper.server.console;

import org.jspecify.annotations.NullMarked;
