/**
 * The command line: flags, where their values come from, and what the process prints.
 *
 * <p>To read in this order: {@code Main}; {@link io.streamkeeper.server.cli.ServeCommand}; {@code ProcessSettings},
 * which lists all settings; {@code SettingOptions}, which makes flags of their descriptions; {@code ConfigSources},
 * which finds the values that are not on the command line; {@code ToolCommand}, the commands for a data directory;
 * {@code LogConfigurator} and {@code ProductVersion}. Runs on the main thread, once.
 */
@NullMarked
package io.streamkeeper.server.cli;

import org.jspecify.annotations.NullMarked;
