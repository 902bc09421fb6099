package io.streamkeeper.server.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/** What the command line knows, for tests outside this package. */
public final class Flags {
    private Flags() {}

    /** Every flag that configures, with its default as {@code docs/configuration.md} writes it. */
    public static Map<String, String> withDefaults() {
        Map<String, String> flags = new LinkedHashMap<>();
        ServeCommand.commandLine().getCommandSpec().options().stream()
                .filter(option -> !option.usageHelp() && !option.versionHelp())
                .forEach(option -> flags.put(
                        option.negatable() ? "--[no-]" + option.longestName().substring(2) : option.longestName(),
                        option.defaultValue() == null ? "" : "`" + option.defaultValue() + "`"));
        return flags;
    }
}
