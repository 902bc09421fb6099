/**
 * The descriptions of settings: one {@link io.streamkeeper.server.setting.Setting} for each. The records of {@code
 * io.streamkeeper.server.config} declare them; the command line, its help and the reference document are generated from
 * them.
 *
 * <p>To read in this order: {@link io.streamkeeper.server.setting.Setting}, {@link
 * io.streamkeeper.server.setting.SettingType} and its kinds ({@link io.streamkeeper.server.setting.NumberSetting} with
 * {@link io.streamkeeper.server.setting.Unit}, {@link io.streamkeeper.server.setting.Choice}, {@link
 * io.streamkeeper.server.setting.Text}, {@link io.streamkeeper.server.setting.PathName}, {@link
 * io.streamkeeper.server.setting.Switch}), {@link io.streamkeeper.server.setting.SettingValues}. All but the last are
 * immutable and safe for use by any thread.
 */
@NullMarked
package io.streamkeeper.server.setting;

import org.jspecify.annotations.NullMarked;
