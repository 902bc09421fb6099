package io.streamkeeper.protocol;

/**
 * The entity tag of a run of bytes (section 10.1): it varies with the stream's incarnation, with the range, and with
 * whether the range ends a closed stream, so that nobody is told "not modified" where there is an end to be told.
 */
public final class EntityTag {
    private EntityTag() {}

    /**
     * {@return the tag with its quotes, such as {@code "192f3a4b5c60001:<start>:<next>:c"}}
     *
     * @param chunk the run; its bytes are not looked at
     */
    public static String of(Outcome.Chunk chunk) {
        String incarnation = Long.toHexString(chunk.incarnation());
        return "\"" + incarnation + ":" + chunk.start() + ":" + chunk.next() + (chunk.closed() ? ":c\"" : "\"");
    }

    /**
     * {@return whether an {@code If-None-Match} field names the tag, or any tag} Weak and strong tags are the same here
     * (RFC 9110 section 13.1.2).
     *
     * @param ifNoneMatch the field's value: tags separated by commas, or {@code *}
     * @param tag a tag with its quotes
     */
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
