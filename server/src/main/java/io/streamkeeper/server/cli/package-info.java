/**
 * The command line: the flags, the sources of their values, and the output of the process.
 *
 * <p>To read in this order: {@code Main}; {@link io.streamkeeper.server.cli.ServeCommand}; {@code ProcessSettings},
 * which lists all settings; {@code ConfigSources}, which supplies the values that are not on the command line; {@code
 * PlainFlags}, which reads a usual command line; {@code ServeFlags} and {@code SettingOptions}, which parse any, and
 * derive the flags from the descriptions; {@code ToolCommand}, the commands for a data directory; {@code Rehearsal},
 * which loads the classes of a start; {@code LogConfigurator} and {@code ProductVersion}; {@code SpareMemory}, which
 * returns memory that an idle process does not need. Runs on the main thread.
 */
@NullMarked
package io.streamkeeper.server.cli;

import org.jspecify.annotations.NullMarked;
