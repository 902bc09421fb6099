package io.streamkeeper.server.config;

import org.jspecify.annotations.Nullable;

/**
 * Which tenant a stream belongs to: the segments at the beginning of its path, if they match a pattern such as {@code
 * tenants/*}, in which {@code *} matches a whole segment. The path alone decides, so that what a tenant stores can be
 * counted from the recovered streams. Immutable.
 */
public final class TenantPattern {
    private final String[] segments;

    private TenantPattern(String[] segments) {
        this.segments = segments;
    }

    /** {@return the pattern of a text} */
    static TenantPattern parse(String text) {
        return new TenantPattern(text.split("/", -1));
    }

    /** The length of the tenant's name, which is the beginning of {@code path}; -1 if it belongs to no tenant. */
    private int tenantLength(String path) {
        int start = 0;
        for (int i = 0; i < segments.length; i++) {
            if (start > path.length()) {
                return -1;
            }
            int slash = path.indexOf('/', start);
            int end = slash < 0 ? path.length() : slash;
            String segment = segments[i];
            boolean matches =
                    segment.equals("*") || (segment.length() == end - start && path.startsWith(segment, start));
            if (!matches) {
                return -1;
            }
            start = end + 1;
        }
        return start - 1;
    }

    /**
     * {@return the tenant that a stream belongs to; null if it belongs to none}
     *
     * @param path of the stream
     */
    public @Nullable String tenantOf(String path) {
        int length = tenantLength(path);
        return length < 0 ? null : path.substring(0, length);
    }

    /**
     * {@return whether a stream belongs to {@code tenant}, without an allocation}
     *
     * @param tenant a name that {@link #tenantOf} has returned
     * @param path of the stream
     */
    public static boolean isOf(String tenant, String path) {
        return path.startsWith(tenant) && (path.length() == tenant.length() || path.charAt(tenant.length()) == '/');
    }
}
