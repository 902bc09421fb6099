package io.streamkeeper.server.mount;

import io.streamkeeper.protocol.Quoted;

/**
 * The path below which a mount's requests are.
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

    /** Whether {@code target}, a request's target as it came, is below; its characters are compared as they are. */
    boolean holds(String target) {
        int start = target.startsWith("/") ? 0 : absoluteFormPathStart(target);
        return start >= 0 && target.startsWith(path, start);
    }

    /** Where the path begins in a target such as {@code http://host/path}; -1 where there is none. */
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
