package io.streamkeeper.server.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.server.admin.LogLevels;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.slf4j.LoggerFactory;

/** The levels of the loggers of Logback. Safe for use by any thread. */
final class LogbackLevels implements LogLevels {
    private static final String INHERITED = "inherited";
    private static final List<String> LEVELS = List.of("off", "error", "warn", "info", "debug", "trace");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_$]+(\\.[A-Za-z0-9_$]+){0,30}");
    private static final int NAME_CHARS_MAX = 200;

    /** The library keeps every logger that was ever named. */
    private static final int LOGGERS_MAX = 5_000;

    /** Whether a text can be the name of a logger. */
    static boolean isName(String text) {
        return text.length() <= NAME_CHARS_MAX && NAME.matcher(text).matches();
    }

    private static LoggerContext context() {
        return (LoggerContext) LoggerFactory.getILoggerFactory();
    }

    @Override
    public Map<String, String> all() {
        Map<String, String> levels = new TreeMap<>();
        for (Logger logger : context().getLoggerList()) {
            if (logger.getLevel() != null) {
                String name = logger.getName().equals(Logger.ROOT_LOGGER_NAME) ? ROOT : logger.getName();
                levels.put(name, logger.getLevel().toString().toLowerCase(Locale.ROOT));
            }
        }
        return levels;
    }

    @Override
    public void set(String name, String level) {
        boolean isRoot = name.equals(ROOT);
        if (!LEVELS.contains(level) && (isRoot || !level.equals(INHERITED))) {
            throw new IllegalArgumentException("level is " + Quoted.of(level) + "; expected "
                    + String.join(", ", LEVELS) + (isRoot ? "" : " or inherited"));
        }
        if (!isName(name)) {
            throw new IllegalArgumentException("logger is " + Quoted.of(name)
                    + "; expected root, or the name of a package or class such as io.streamkeeper.server.http");
        }
        if (context().exists(name) == null && context().getLoggerList().size() >= LOGGERS_MAX) {
            throw new IllegalArgumentException("logger " + name + " would be one more than " + LOGGERS_MAX);
        }
        context()
                .getLogger(isRoot ? Logger.ROOT_LOGGER_NAME : name)
                .setLevel(level.equals(INHERITED) ? null : Level.toLevel(level));
    }
}
