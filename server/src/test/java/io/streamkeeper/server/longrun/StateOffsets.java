package io.streamkeeper.server.longrun;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The offsets that a server adds to state messages. */
final class StateOffsets {
    /** What the model has in the place of an offset, in as many characters. */
    static final String PLACE = "#".repeat(45);

    private static final Pattern FIELD = Pattern.compile(",\"offset\":\"([0-9]{16})_([0-9]{16})\"");

    private StateOffsets() {}

    /**
     * Adjacent messages, each with its comma, without the values of their offsets. An offset is that of the end of its
     * message, so two of them differ by as much as the ends do.
     */
    static String without(String messages) {
        Matcher field = FIELD.matcher(messages);
        StringBuilder without = new StringBuilder();
        String generation = "";
        long shift = -1;
        while (field.find()) {
            long position = Long.parseLong(field.group(2)) / 2;
            long end = messages.indexOf(Forks.END_OF_MESSAGE, field.end() + 1) + Forks.END_OF_MESSAGE.length() + 1L;
            boolean isFirst = generation.isEmpty();
            if (field.group(1).compareTo(generation) < 0 || (!isFirst && position - end != shift)) {
                throw new AssertionError(
                        "the offset " + field.group() + " is not that after its message, in " + messages);
            }
            generation = field.group(1);
            shift = position - end;
            field.appendReplacement(without, PLACE);
        }
        return field.appendTail(without).toString();
    }
}
