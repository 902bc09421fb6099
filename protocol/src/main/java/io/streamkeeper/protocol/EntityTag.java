package io.streamkeeper.protocol;

/**
 * The entity tag of a run of bytes (section 10.1): it varies with the stream's incarnation, with the range, and with
 * whether the range ends a closed stream, so that nobody is told "not modified" where there is an end to be told.
 */
public final class EntityTag {
    private EntityTag() {}

    /** The tag with its quotes, such as {@code "0192f3a4b5c60001:<start>:<next>:c"}. */
    public static String of(Outcome.Chunk chunk) {
        String incarnation = Long.toHexString(chunk.incarnation());
        return "\"" + incarnation + ":" + chunk.start() + ":" + chunk.next() + (chunk.closed() ? ":c\"" : "\"");
    }

    /** Whether an {@code If-None-Match} field names {@code tag}; weak and strong tags are the same here. */
    public static boolean matches(String ifNoneMatch, String tag) {
        for (String part : ifNoneMatch.split(",", -1)) {
            String candidate = part.strip();
            String strong = candidate.startsWith("W/") ? candidate.substring(2) : candidate;
            if (strong.equals(tag) || strong.equals("*")) {
                return true;
            }
        }
        return false;
    }
}
