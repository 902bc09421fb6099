package io.streamkeeper.server.cli;

import io.streamkeeper.server.cli.remote.RemoteCommands;
import io.streamkeeper.server.setting.Setting;
import io.streamkeeper.storage.disk.FileProblem;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Supplies the values of flags that are not on the command line: from the environment, or else from the configuration
 * file. If neither has a value, the default applies.
 */
final class ConfigSources {
    private static final String FILE_FLAG = ProcessSettings.CONFIG_FILE.name();

    private final Set<String> settings;
    private final Map<String, String> environment;
    private final Properties file;

    private ConfigSources(Set<String> settings, Map<String, String> environment, Properties file) {
        this.settings = settings;
        this.environment = environment;
        this.file = file;
    }

    /**
     * Reads the file that the command line, or else the environment, names.
     *
     * @param settings all settings of the server, also for a tool, which uses only some of them
     * @throws IllegalArgumentException if the file cannot be read, or contains a key that is not a setting
     */
    static ConfigSources of(List<Setting<?>> settings, String[] args, Map<String, String> environment) {
        String path = fileOnCommandLine(args);
        if (path == null) {
            path = environment.get(ProcessSettings.CONFIG_FILE.variable());
        }
        Properties file = path == null ? new Properties() : read(path);
        Set<String> unknown = new TreeSet<>(file.stringPropertyNames());
        Set<String> names = settings.stream().map(Setting::name).collect(Collectors.toSet());
        unknown.removeAll(names);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("config file " + path + " has the unknown key \""
                    + unknown.iterator().next() + "\"; expected names of flags without their dashes, see --help");
        }
        return new ConfigSources(names, environment, file);
    }

    private static @Nullable String fileOnCommandLine(String[] args) {
        String path = null;
        for (int i = 0; i < args.length; i++) {
            if (args[i].startsWith("--" + FILE_FLAG + "=")) {
                path = args[i].substring(FILE_FLAG.length() + 3);
            } else if (args[i].equals("--" + FILE_FLAG) && i + 1 < args.length) {
                path = args[i + 1];
            }
        }
        return path;
    }

    private static Properties read(String path) {
        if (path.isBlank()) {
            throw new IllegalArgumentException("--config or " + ProcessSettings.CONFIG_FILE.variable() + " is '" + path
                    + "', expected the path of a properties file; leave it out where there is none");
        }
        Properties file = new Properties();
        if (Files.isDirectory(Path.of(path))) {
            throw new IllegalArgumentException("config file " + path + " is a directory, expected a properties file");
        }
        try (Reader reader = Files.newBufferedReader(Path.of(path), StandardCharsets.UTF_8)) {
            file.load(reader);
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("config file " + path + " does not exist", e);
        } catch (FileSystemException e) {
            throw new IllegalArgumentException("config file " + FileProblem.text(e, Path.of(path)), e);
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "config file " + path + " cannot be read as a properties file: " + e.getMessage(), e);
        }
        return file;
    }

    /** Returns the variables that have the prefix of settings, but belong to no setting. */
    Set<String> unknownVariables() {
        Set<String> known = settings.stream().map(Setting::variable).collect(Collectors.toSet());
        return environment.keySet().stream()
                .filter(name -> Setting.looksLikeVariable(name) && !known.contains(name))
                .filter(name -> !RemoteCommands.VARIABLES.contains(name))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Returns the text of a setting's value; null if there is none, or no such setting. */
    @Nullable
    String value(String name) {
        if (!settings.contains(name)) {
            return null;
        }
        String value = environment.get(Setting.variable(name));
        return value == null ? file.getProperty(name) : value;
    }
}
