package io.streamkeeper.server.admin;

import java.util.Map;

/** The levels of the log, which an operator reads and changes while the server runs. Safe for use by any thread. */
public interface LogLevels {
    /** The name of the logger whose level all others have that have none of their own. */
    String ROOT = "root";

    /** {@return the level of each logger that has one of its own, by its name} */
    Map<String, String> all();

    /**
     * Sets the level of a logger, and of those below it that have none of their own.
     *
     * @param logger its name
     * @param level the name of a level, or {@code inherited} for that of the logger above
     * @throws IllegalArgumentException if the level or the name is not valid, or there are too many loggers; the message
     *     says which, and what was expected
     */
    void set(String logger, String level);
}
