/**
 * What can be set, with a command line or in a program that embeds the server: {@link
 * io.streamkeeper.server.config.ServerConfig}, of one small immutable record for each concern.
 *
 * <p>Begin with its {@code defaults()}, which are those of the command line, and change what is to differ. A record
 * checks its values when it is made, and throws an {@link IllegalArgumentException} that names the value and what was
 * expected. Sizes are in bytes, times in milliseconds where the name does not say otherwise. Any thread may use them.
 */
@NullMarked
package io.streamkeeper.server.config;

import org.jspecify.annotations.NullMarked;
