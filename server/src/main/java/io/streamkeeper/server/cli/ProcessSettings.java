package io.streamkeeper.server.cli;

import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.setting.Choice;
import io.streamkeeper.server.setting.PathName;
import io.streamkeeper.server.setting.Setting;
import io.streamkeeper.server.setting.SettingGroup;
import io.streamkeeper.server.setting.SettingType;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The settings of the process, and those of the server that it runs. */
final class ProcessSettings {
    static final Setting<StartLevels> LOG_LEVEL = new Setting<>(
            SettingGroup.PROCESS,
            "log-level",
            new LevelList(),
            "warn",
            "error, warn, info or debug; to standard error. Then, after commas, loggers with their own, such as"
                    + " io.streamkeeper.server.http=debug.");

    static final Setting<LogFormat> LOG_FORMAT = new Setting<>(
            SettingGroup.PROCESS,
            "log-format",
            Choice.of("a format of the log", "FORMAT", LogFormat.values()),
            "text",
            "text, or json for one object for each line.");

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
        return Stream.concat(
                        ServerConfig.settings().stream(), Stream.<Setting<?>>of(LOG_LEVEL, LOG_FORMAT, CONFIG_FILE))
                .toList();
    }

    /** The level of the log, and those of loggers that differ. */
    private record LevelList() implements SettingType<StartLevels> {
        @Override
        public String label() {
            return "LEVEL";
        }

        @Override
        public StartLevels parse(String written) {
            return StartLevels.parse(written);
        }
    }
}
