package io.streamkeeper.server.cli;

import io.streamkeeper.server.setting.Setting;
import io.streamkeeper.server.setting.SettingValues;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.TypeConversionException;

/** The flags of settings, derived from their descriptions, for the server and for the tools. */
final class SettingOptions {
    private static final String DASHES = "--";

    private SettingOptions() {}

    /** Adds a flag for each setting to a command. */
    static void add(CommandSpec command, List<Setting<?>> settings) {
        settings.forEach(setting -> add(command, setting, setting.text()));
    }

    /** Adds a flag for a setting, which means {@code text} to the command. */
    static void add(CommandSpec command, Setting<?> setting, String text) {
        command.addOption(option(setting, text));
    }

    private static OptionSpec option(Setting<?> setting, String text) {
        OptionSpec.Builder option = OptionSpec.builder(DASHES + setting.name());
        if (setting.type().isSwitch()) {
            option.type(boolean.class).negatable(true).fallbackValue("true");
        } else {
            option.type(String.class).paramLabel(setting.type().label()).converters(checked(setting));
        }
        if (setting.defaultText().isEmpty()) {
            return option.description(text).build();
        }
        return option.defaultValue(setting.defaultText())
                .description(text + " Default: ${DEFAULT-VALUE}")
                .build();
    }

    /**
     * Keeps the text, and refuses one that the setting cannot parse; the parser adds the flag's name to the message.
     */
    private static ITypeConverter<String> checked(Setting<?> setting) {
        return text -> {
            try {
                setting.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
            return text;
        };
    }

    /** Returns the values from the command line, or from the default provider, or the defaults. */
    static SettingValues values(CommandSpec parsed, List<Setting<?>> settings) {
        SettingValues values = new SettingValues();
        for (Setting<?> setting : settings) {
            Object text = parsed.findOption(DASHES + setting.name()).getValue();
            if (text != null) {
                values.parse(setting, text.toString());
            }
        }
        return values;
    }
}
