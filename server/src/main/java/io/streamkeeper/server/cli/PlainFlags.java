package io.streamkeeper.server.cli;

import io.streamkeeper.server.setting.Setting;
import io.streamkeeper.server.setting.SettingValues;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the command line of a usual start without the library for command lines, whose classes take a tenth of the
 * start time to load: flags of settings, with valid values that no syntax of that library applies to. It reads
 * everything else, and reports the errors.
 */
final class PlainFlags {
    private static final String DASHES = "--";
    private static final String NEGATED = "--no-";

    private PlainFlags() {}

    /** Returns the values of flags, environment and file; empty if {@link ServeFlags} has to parse them. */
    static Optional<SettingValues> read(List<Setting<?>> settings, String[] args, ConfigSources sources) {
        SettingValues values = new SettingValues();
        return readSources(settings, sources, values) && readFlags(settings, args, values)
                ? Optional.of(values)
                : Optional.empty();
    }

    private static boolean readSources(List<Setting<?>> settings, ConfigSources sources, SettingValues values) {
        for (Setting<?> setting : settings) {
            String text = sources.value(setting.name());
            if (text != null && !parse(setting, text, values)) {
                return false;
            }
        }
        return true;
    }

    private static boolean readFlags(List<Setting<?>> settings, String[] args, SettingValues values) {
        Map<String, Setting<?>> byFlag = byFlag(settings);
        int next = 0;
        while (next < args.length) {
            String arg = args[next++];
            int equals = arg.indexOf('=');
            Setting<?> setting = byFlag.get(equals < 0 ? arg : arg.substring(0, equals));
            String text;
            if (setting == null || (setting.type().isSwitch() && equals >= 0)) {
                return false;
            } else if (setting.type().isSwitch()) {
                text = Boolean.toString(!arg.startsWith(NEGATED));
            } else if (equals >= 0) {
                text = arg.substring(equals + 1);
            } else if (next < args.length) {
                text = args[next++];
            } else {
                return false;
            }
            if (!parse(setting, text, values)) {
                return false;
            }
        }
        return true;
    }

    private static Map<String, Setting<?>> byFlag(List<Setting<?>> settings) {
        Map<String, Setting<?>> byFlag = new HashMap<>();
        for (Setting<?> setting : settings) {
            byFlag.put(DASHES + setting.name(), setting);
            if (setting.type().isSwitch()) {
                byFlag.put(NEGATED + setting.name(), setting);
            }
        }
        return byFlag;
    }

    private static boolean parse(Setting<?> setting, String text, SettingValues values) {
        if (!isPlain(text)) {
            return false;
        }
        try {
            values.parse(setting, text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Whether the library takes the text as it is: it is no flag, no file of arguments, no variable, not quoted. */
    private static boolean isPlain(String text) {
        return !text.isEmpty()
                && text.charAt(0) != '-'
                && text.charAt(0) != '@'
                && text.indexOf('"') < 0
                && text.indexOf('\'') < 0
                && text.indexOf('$') < 0;
    }
}
