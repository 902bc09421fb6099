package io.streamkeeper.server.cli;

import ch.qos.logback.classic.Level;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.setting.PathName;
import io.streamkeeper.server.setting.Setting;
import io.streamkeeper.server.setting.SettingGroup;
import io.streamkeeper.server.setting.SettingType;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The settings of the process, and those of the server that it runs. */
final class ProcessSettings {
    static final Setting<Level> LOG_LEVEL = new Setting<>(
            SettingGroup.PROCESS,
            "log-level",
            new LogLevel(),
            "warn",
            "error, warn, info or debug; to standard error.");

    /** Only for help and the parser: {@link ConfigSources} reads the file before the flags are parsed. */
    static final Setting<Path> CONFIG_FILE = new Setting<>(
            SettingGroup.PROCESS,
            "config",
            new PathName("FILE"),
            "",
            "Properties file with flags by name, such as: long-poll-timeout = 5s");

    private ProcessSettings() {}

    /** All settings, by group, in the order in which documents and help list them. */
    static List<Setting<?>> all() {
        return Stream.concat(ServerConfig.settings().stream(), Stream.<Setting<?>>of(LOG_LEVEL, CONFIG_FILE))
                .toList();
    }

    /** The levels of the logging library. */
    private record LogLevel() implements SettingType<Level> {
        @Override
        public String label() {
            return "LEVEL";
        }

        @Override
        public Level parse(String written) {
            Level level = Level.toLevel(written, null);
            if (level == null) {
                throw new IllegalArgumentException(
                        "'" + written + "' is not a log level; expected error, warn, info or debug");
            }
            return level;
        }
    }
}
