package io.streamkeeper.server.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The levels of the log with which a server starts. The networking library logs at debug what no operator needs, so it
 * stays at warnings unless it is named.
 *
 * @param all the level of all loggers without one of their own
 * @param loggers the levels of others, by their names
 */
record StartLevels(Level all, Map<String, Level> loggers) {
    private static final String NETWORK = "io.netty";

    /** Warns of a machine without network interfaces, where random bytes are as good. */
    private static final String ADDRESSES = "io.netty.util.internal.MacAddressUtil";

    private static final String EXPECTED = "expected error, warn, info or debug, and after commas loggers with theirs,"
            + " such as warn,io.streamkeeper.server.http=debug";

    /** Copies the map. */
    StartLevels {
        loggers = Map.copyOf(loggers);
    }

    /**
     * The levels of a text such as {@code warn,io.streamkeeper.server.http=debug}.
     *
     * @throws IllegalArgumentException if it is not valid; the message quotes the wrong part
     */
    static StartLevels parse(String written) {
        String[] parts = written.split(",", -1);
        Map<String, Level> loggers = new LinkedHashMap<>();
        for (int i = 1; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            String name = equals < 0 ? "" : parts[i].substring(0, equals).strip();
            if (!LogbackLevels.isName(name)) {
                throw new IllegalArgumentException("'" + parts[i] + "' is not a logger and its level; " + EXPECTED);
            }
            loggers.put(name, level(parts[i].substring(equals + 1)));
        }
        return new StartLevels(level(parts[0]), loggers);
    }

    private static Level level(String written) {
        Level level = Level.toLevel(written.strip(), null);
        if (level == null) {
            throw new IllegalArgumentException("'" + written + "' is not a log level; " + EXPECTED);
        }
        return level;
    }

    void applyTo(LoggerContext context) {
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(all);
        if (Level.WARN.isGreaterOrEqual(all)) {
            context.getLogger(NETWORK).setLevel(Level.WARN);
        }
        context.getLogger(ADDRESSES).setLevel(Level.ERROR);
        loggers.forEach((name, level) -> context.getLogger(name).setLevel(level));
    }
}
