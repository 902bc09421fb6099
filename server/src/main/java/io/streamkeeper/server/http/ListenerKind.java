package io.streamkeeper.server.http;

/** What a listener is for, which decides its paths. */
public enum ListenerKind {
    /** Clients: streams, and what everybody may know. */
    PUBLIC,
    /** Those who run the server: no streams. */
    ADMINISTRATIVE
}
