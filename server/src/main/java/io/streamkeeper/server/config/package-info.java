/**
 * The configuration, from a command line or in an application that embeds the server: {@link
 * io.streamkeeper.server.config.ServerConfig}, which consists of one small immutable record for each concern.
 *
 * <p>To read in this order: {@link io.streamkeeper.server.config.ServerConfig}, whose builder begins with the defaults
 * of the command line; {@link io.streamkeeper.server.config.ListenConfig}, {@link
 * io.streamkeeper.server.config.HttpLimits}, {@link io.streamkeeper.server.config.LiveConfig}, {@link
 * io.streamkeeper.server.config.ReadConfig}, {@link io.streamkeeper.server.config.CacheConfig}, {@link
 * io.streamkeeper.server.config.DataConfig} with {@link io.streamkeeper.server.config.ProducerConfig}, {@link
 * io.streamkeeper.server.config.RetentionConfig} with {@code RetentionRules}, {@link
 * io.streamkeeper.server.config.LimitsConfig} with {@link io.streamkeeper.server.config.LimitSet}. Each declares the {@link
 * io.streamkeeper.server.setting.Setting descriptions} of its settings. A record checks its values when it is created,
 * and throws an {@link IllegalArgumentException} that names the setting, the value and what was expected. Sizes are in
 * bytes, times in milliseconds unless the name states another unit. Records are safe for use by any thread; a builder
 * belongs to one thread.
 */
@NullMarked
package io.streamkeeper.server.config;

import org.jspecify.annotations.NullMarked;
