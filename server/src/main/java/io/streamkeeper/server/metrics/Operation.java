package io.streamkeeper.server.metrics;

import java.util.Locale;

/** The operation of an HTTP request, as metrics count it. */
public enum Operation {
    /** PUT of a stream. */
    CREATE,
    /** POST to a stream: an append, a close, or both. */
    APPEND,
    /** GET that does not wait. */
    READ,
    /** GET that waits for the next append. */
    LONG_POLL,
    /** GET of events. */
    SSE,
    /** HEAD of a stream. */
    DESCRIBE,
    /** PATCH of a stream: a change of its metadata. */
    CHANGE,
    /** DELETE of a stream. */
    DELETE,
    /** GET or HEAD of the root: a listing of streams. */
    LIST,
    /** A request about a subscription (section 6), or for the keys that sign webhooks. */
    SUBSCRIPTION,
    /** OPTIONS of any path. */
    OPTIONS,
    /** A request for a path outside the streams, such as that of the health check. */
    ROUTE,
    /** Any other request, or input that is not a valid request. */
    OTHER;

    /** {@return the value of the label} */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** {@return whether it uses a stream} */
    public boolean isOfStream() {
        return switch (this) {
            case CREATE, APPEND, READ, LONG_POLL, SSE, DESCRIBE, CHANGE, DELETE -> true;
            case LIST, SUBSCRIPTION, OPTIONS, ROUTE, OTHER -> false;
        };
    }

    /** The index of the operation in arrays with a slot for each operation. */
    @SuppressWarnings("EnumOrdinal")
    int slot() {
        return ordinal();
    }
}
