/**
 * The command line: the flags, the sources of their values, and the output of the process.
 *
 * <p>To read in this order: {@code Main}; {@link io.streamkeeper.server.cli.ServeCommand}; {@code ProcessSettings},
 * which lists all settings; {@code SettingOptions}, which derives flags from their descriptions; {@code ConfigSources},
 * which supplies the values that are not on the command line; {@code ToolCommand}, the commands for a data directory;
 * {@code LogConfigurator} and {@code ProductVersion}. Runs on the main thread, once.
 */
@NullMarked
package io.streamkeeper.server.cli;

import org.jspecify.annotations.NullMarked;
