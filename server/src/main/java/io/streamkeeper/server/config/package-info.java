/**
 * What can be configured, with a command line or in a program that embeds the server: {@link
 * io.streamkeeper.server.config.ServerConfig}, of one small immutable record for each concern.
 *
 * <p>To read in this order: {@link io.streamkeeper.server.config.ServerConfig}, whose builder begins with the defaults
 * of the command line and changes what is to differ; {@link io.streamkeeper.server.config.ListenConfig}, {@link
 * io.streamkeeper.server.config.HttpLimits}, {@link io.streamkeeper.server.config.LiveConfig}, {@link
 * io.streamkeeper.server.config.ReadConfig}, {@link io.streamkeeper.server.config.CacheConfig}, {@link
 * io.streamkeeper.server.config.DataConfig} with {@link io.streamkeeper.server.config.ProducerConfig}, {@link
 * io.streamkeeper.server.config.RetentionConfig} with {@code RetentionRules}. Each declares the {@link
 * io.streamkeeper.server.setting.Setting descriptions} of its settings. A record checks its values when it is made, and
 * throws an {@link IllegalArgumentException} that names the setting, the value and what was expected. Sizes are in
 * bytes, times in milliseconds where the name does not say otherwise. Records may be used by any thread; a builder by
 * one.
 */
@NullMarked
package io.streamkeeper.server.config;

import org.jspecify.annotations.NullMarked;
