package io.streamkeeper.server.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.server.cli.Flags;
import io.streamkeeper.server.setting.Setting;
import io.streamkeeper.server.setting.SettingGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The tables of settings in {@code docs/configuration.md} are generated from the descriptions. With {@code
 * -Dsettings.write=true} the document is rewritten.
 */
class SettingsPageTest {
    private static final String BEGIN = "<!-- settings: made from their descriptions by SettingsPageTest -->\n";
    private static final String END = "<!-- end of settings -->\n";

    @Test
    void theTablesAreThoseOfTheDescriptions() throws IOException {
        Path file = Documents.REPOSITORY.resolve("docs/configuration.md");
        String page = Files.readString(file);
        assertThat(page).contains(BEGIN, END);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        int end = page.indexOf(END);
        if (Boolean.getBoolean("settings.write")) {
            Files.writeString(file, page.substring(0, begin) + tables() + page.substring(end));
        } else {
            assertThat(page.substring(begin, end))
                    .as("the settings in docs/configuration.md; run this test with -Dsettings.write=true")
                    .isEqualTo(tables());
        }
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
