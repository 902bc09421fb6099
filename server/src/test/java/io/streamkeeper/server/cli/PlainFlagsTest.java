package io.streamkeeper.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.server.setting.Setting;
import io.streamkeeper.server.setting.SettingValues;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A command line that is read without the library has the values that the library finds in it. */
class PlainFlagsTest {
    private static final int COMMAND_LINES = 3_000;
    private static final List<Setting<?>> SETTINGS = ProcessSettings.all();

    /** Values of all types, and texts with a meaning to the library. */
    private static final List<String> TEXTS = List.of(
            "",
            " ",
            "1",
            "0",
            "-1",
            "4437",
            "5s",
            "64KiB",
            "true",
            "false",
            "TRUE",
            "localhost",
            "a=b",
            "--port",
            "--gzip",
            "-h",
            "--help",
            "@file",
            "@@file",
            "${sys:user.name}",
            "\"quoted\"",
            "'quoted'",
            "$",
            "a\"b",
            "info",
            "os",
            "fsync",
            "none",
            "/s/",
            "logs/**=max-age:1d",
            "\u0662",
            "verify",
            "--",
            "a b",
            "\\",
            "data");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--port 4437",
                "--port=0 --host 0.0.0.0 --data-dir /var/lib/streamkeeper --data-dir-must-exist",
                "--no-gzip --durability os --admin-listen [::1]:9 --log-level debug",
                "--port 1 --port 2 --gzip --no-gzip --cors-origin https://example.com"
            })
    void aUsualCommandLineIsReadWithoutTheLibrary(String line) {
        assertThat(plain(line.isEmpty() ? new String[0] : line.split(" "), Map.of()))
                .isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"--help", "--version", "--port", "--prot 1", "--port plenty", "--gzip=true", "x", "--", "-p 1"})
    void helpAndErrorsAreLeftToTheLibrary(String line) {
        assertThat(plain(line.split(" "), Map.of())).isEmpty();
    }

    @Test
    void whatIsReadWithoutTheLibraryIsWhatTheLibraryReads() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int read = 0;
        for (int i = 0; i < COMMAND_LINES; i++) {
            String[] args = args(random);
            Map<String, String> environment = environment(random);
            Optional<SettingValues> plain = plain(args, environment);
            if (plain.isPresent()) {
                read++;
                assertThat(texts(plain.get()))
                        .as("seed %d: %s with %s", seed, List.of(args), environment)
                        .isEqualTo(texts(library(args, environment)));
            }
        }
        assertThat(read).as("seed %d", seed).isGreaterThan(COMMAND_LINES / 20);
    }

    private static String[] args(Random random) {
        List<String> args = new ArrayList<>();
        for (int flags = random.nextInt(4); flags > 0; flags--) {
            Setting<?> setting = setting(random);
            String dashes = random.nextInt(8) == 0 ? "-" : random.nextInt(4) == 0 ? "--no-" : "--";
            String text = text(setting, random);
            switch (random.nextInt(3)) {
                case 0 -> args.add(dashes + setting.name() + "=" + text);
                case 1 -> args.addAll(List.of(dashes + setting.name(), text));
                default -> args.add(setting.type().isSwitch() ? dashes + setting.name() : text);
            }
        }
        return args.toArray(String[]::new);
    }

    private static Map<String, String> environment(Random random) {
        Map<String, String> environment = new HashMap<>();
        for (int variables = random.nextInt(3); variables > 0; variables--) {
            Setting<?> setting = setting(random);
            if (setting != ProcessSettings.CONFIG_FILE) {
                environment.put(setting.variable(), text(setting, random));
            }
        }
        return environment;
    }

    private static Setting<?> setting(Random random) {
        return SETTINGS.get(random.nextInt(SETTINGS.size()));
    }

    /** Often one that is valid. */
    private static String text(Setting<?> setting, Random random) {
        return random.nextBoolean() && !setting.defaultText().isEmpty()
                ? setting.defaultText()
                : TEXTS.get(random.nextInt(TEXTS.size()));
    }

    private static Optional<SettingValues> plain(String[] args, Map<String, String> environment) {
        return PlainFlags.read(SETTINGS, args, sources(environment));
    }

    private static SettingValues library(String[] args, Map<String, String> environment) {
        PrintStream nowhere = new PrintStream(PrintStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        return ServeFlags.parse(SETTINGS, args, sources(environment), nowhere).orElseThrow();
    }

    /** Without a file, whose name may be any text here. */
    private static ConfigSources sources(Map<String, String> environment) {
        return ConfigSources.of(SETTINGS, new String[0], environment);
    }

    private static Map<String, String> texts(SettingValues values) {
        Map<String, String> texts = new HashMap<>();
        for (Setting<?> setting : SETTINGS) {
            texts.put(setting.name(), valueOf(setting, values));
        }
        return texts;
    }

    private static String valueOf(Setting<?> setting, SettingValues values) {
        try {
            return String.valueOf(values.get(setting));
        } catch (IllegalArgumentException noDefault) {
            return "none";
        }
    }
}
