package io.streamkeeper.server.metrics;

import java.util.Locale;

/** The operation of an HTTP request, as metrics count it. */
public enum Operation {
    /** PUT of a stream. */
    CREATE,
    /** POST to a stream: an append, a close, or both. */
    APPEND,
    /** GET that waits for nothing. */
    READ,
    /** GET that waits for the next append. */
    LONG_POLL,
    /** GET of events. */
    SSE,
    /** HEAD of a stream. */
    DESCRIBE,
    /** DELETE of a stream. */
    DELETE,
    /** OPTIONS of any path. */
    OPTIONS,
    /** A request for a path beside the streams, such as that of the health check. */
    ROUTE,
    /** What is none of these, or could not be read as a request. */
    OTHER;

    /** {@return the value of the label} */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** A number from 0 on, for arrays with a slot for each operation. */
    @SuppressWarnings("EnumOrdinal")
    int slot() {
        return ordinal();
    }
}
