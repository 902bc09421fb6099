package io.streamkeeper.server.mount;

import io.streamkeeper.protocol.Quoted;

/**
 * The path below which a mount answers requests.
 *
 * @param path begins and ends with a slash
 */
record MountRoot(String path) {
    MountRoot {
        if (!path.startsWith("/") || !path.endsWith("/")) {
            throw new IllegalArgumentException(
                    "root " + Quoted.of(path) + " is not valid; expected a path that begins and ends with /");
        }
    }

    /**
     * Whether {@code target}, the unchanged target of a request, is below the path; characters are compared without
     * decoding.
     */
    boolean holds(String target) {
        int start = target.startsWith("/") ? 0 : absoluteFormPathStart(target);
        return start >= 0 && target.startsWith(path, start);
    }

    /** Returns where the path begins in a target such as {@code http://host/path}; -1 if it has none. */
    private static int absoluteFormPathStart(String target) {
        int colon = target.indexOf("://");
        if (colon < 0) {
            return -1;
        }
        int start = target.indexOf('/', colon + "://".length());
        int query = target.indexOf('?');
        return query >= 0 && query < start ? -1 : start;
    }
}
