package io.streamkeeper.server.cli;

/** How the lines of the log are written. */
enum LogFormat {
    /** For people. */
    TEXT,
    /** One object of JSON for each line, for programs. */
    JSON
}
