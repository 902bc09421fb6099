package io.streamkeeper.protocol;

import java.util.ArrayList;
import java.util.List;

/**
 * The value of {@code If-Match} or {@code If-None-Match} (RFC 9110 section 13.1): entity tags, or {@code *} for any
 * existing state. Immutable.
 */
public final class EntityTagList {
    private static final String ANY_TEXT = "*";
    private static final EntityTagList ANY = new EntityTagList(true, List.of());

    private record Tag(boolean weak, String opaque) {}

    private final boolean any;
    private final List<Tag> tags;

    private EntityTagList(boolean any, List<Tag> tags) {
        this.any = any;
        this.tags = tags;
    }

    /**
     * Reads a field.
     *
     * @param name the name of the field, for the refusal
     * @param text the value, the lines of the field joined by commas
     * @return the tags
     * @throws RefusedException with {@link ErrorCode#INVALID_HEADER} if it is neither {@code *} nor a list of tags in
     *     double quotes
     */
    public static EntityTagList parse(String name, String text) {
        if (text.equals(ANY_TEXT)) {
            return ANY;
        }
        List<Tag> tags = new ArrayList<>();
        int at = 0;
        boolean separated = true;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == ' ' || c == '\t') {
                at++;
            } else if (c == ',') {
                separated = true;
                at++;
            } else {
                boolean weak = text.startsWith("W/", at);
                int start = at + (weak ? 3 : 1);
                int end = separated && text.startsWith("\"", start - 1) ? text.indexOf('"', start) : -1;
                if (end < 0 || !isOpaque(text, start, end)) {
                    throw invalid(name, text);
                }
                tags.add(new Tag(weak, text.substring(start, end)));
                separated = false;
                at = end + 1;
            }
        }
        if (tags.isEmpty()) {
            throw invalid(name, text);
        }
        return new EntityTagList(false, tags);
    }

    private static boolean isOpaque(String text, int start, int end) {
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c == 0x7f) {
                return false;
            }
        }
        return true;
    }

    private static RefusedException invalid(String name, String text) {
        return new RefusedException(
                ErrorCode.INVALID_HEADER,
                name + " " + Quoted.of(text) + " is not valid; expected * or entity tags in double quotes");
    }

    /**
     * {@return a list of one tag, which is an offset}
     *
     * @param offset the offset, which is the tag without its quotes
     */
    public static EntityTagList of(Offset offset) {
        return new EntityTagList(false, List.of(new Tag(false, offset.toString())));
    }

    /** {@return whether the list is {@code *}} */
    public boolean isAny() {
        return any;
    }

    /**
     * {@return
     * whether the list has a tag, by the strong comparison: a weak tag matches none (RFC 9110 section 8.8.3.2)}
     *
     * @param tag a strong tag with its quotes
     */
    public boolean hasStrong(String tag) {
        return any || tags.stream().anyMatch(candidate -> !candidate.weak() && isTag(candidate, tag));
    }

    /**
     * {@return whether the list has a tag, by the weak comparison: the prefix {@code W/} is ignored}
     *
     * @param tag a strong tag with its quotes
     */
    public boolean hasWeak(String tag) {
        return any || tags.stream().anyMatch(candidate -> isTag(candidate, tag));
    }

    private static boolean isTag(Tag candidate, String tag) {
        return tag.length() == candidate.opaque().length() + 2 && tag.startsWith(candidate.opaque(), 1);
    }

    /**
     * {@return whether the list has the tag of a stream's tail, by the strong comparison}
     *
     * @param tail the tail; its tag is its text in quotes
     */
    public boolean namesStrongly(Offset tail) {
        return any || tags.stream().anyMatch(candidate -> !candidate.weak() && names(candidate.opaque(), tail));
    }

    /**
     * {@return whether the list has the tag of a stream's tail, by the weak comparison}
     *
     * @param tail the tail; its tag is its text in quotes
     */
    public boolean namesWeakly(Offset tail) {
        return any || tags.stream().anyMatch(candidate -> names(candidate.opaque(), tail));
    }

    /** Compares offsets as numbers, because a place may have several texts. */
    private static boolean names(String opaque, Offset tail) {
        try {
            return tail.isNamedBy(Offset.parse(opaque));
        } catch (RefusedException e) {
            return false;
        }
    }

    /** The field's value without the double quotes, for messages. */
    @Override
    public String toString() {
        if (any) {
            return ANY_TEXT;
        }
        StringBuilder text = new StringBuilder();
        for (Tag tag : tags) {
            text.append(text.isEmpty() ? "" : ", ")
                    .append(tag.weak() ? "W/" : "")
                    .append(tag.opaque());
        }
        return text.toString();
    }
}
