package io.streamkeeper.server.docs;

import io.streamkeeper.server.cli.Flags;
import io.streamkeeper.server.setting.Setting;
import io.streamkeeper.server.setting.SettingGroup;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/**
 * The tables of settings in {@code docs/configuration.md} are generated from the descriptions. With {@code
 * -Dsettings.write=true} the document is rewritten.
 */
class SettingsPageTest {
    private static final GeneratedPart PART = new GeneratedPart(
            "docs/configuration.md",
            "<!-- settings: made from their descriptions by SettingsPageTest -->\n",
            "<!-- end of settings -->\n",
            "settings.write");

    @Test
    void theTablesAreThoseOfTheDescriptions() throws IOException {
        PART.check(tables());
    }

    private static String tables() {
        StringBuilder tables = new StringBuilder();
        for (SettingGroup group : SettingGroup.values()) {
            tables.append("\n### ").append(group.heading()).append("\n\n");
            tables.append("| flag | default | allowed | |\n| --- | --- | --- | --- |\n");
            Flags.all().stream()
                    .filter(setting -> setting.group() == group)
                    .forEach(setting -> tables.append(row(setting)));
        }
        return tables.append('\n').toString();
    }

    private static String row(Setting<?> setting) {
        String byDefault = setting.defaultText().isEmpty() ? "" : "`" + setting.defaultText() + "`";
        return "| `" + setting.flag() + "` | " + byDefault + " | "
                + setting.type().allowed() + " | "
                + setting.text().replace("*", "\\*").replace("|", "\\|") + " |\n";
    }
}
