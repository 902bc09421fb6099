package io.streamkeeper.server.http;

/** The purpose of a listener, which decides its paths. */
public enum ListenerKind {
    /** For clients: streams, and information that is public. */
    PUBLIC,
    /** For operators: no streams. */
    ADMINISTRATIVE
}
