package io.streamkeeper.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.streamkeeper.protocol.Digits;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What has become of a change of the members.
 *
 * @param state how far it is
 * @param change the change; null if there is none
 * @param reason why it was refused, or has failed; null otherwise
 * @param match index of the last entry that the new member has synced, or -1
 * @param committed index of the last committed entry, or -1
 */
public record ChangeStatus(
        State state,
        @Nullable MemberChange change,
        @Nullable String reason,
        long match,
        long committed) {
    /** How far a change is. */
    public enum State {
        /** The leader has made none since it leads. */
        NONE,
        /** The new member receives the log, or the members agree on the change. */
        RUNNING,
        /** The members are what the change makes of them. */
        DONE,
        /** It was not begun. */
        REFUSED,
        /** It was begun, and was not made. */
        FAILED,
        /** This member does not lead, or not any more: the next leader is asked. */
        NOT_LEADING
    }

    static ChangeStatus of(State state, @Nullable MemberChange change) {
        return new ChangeStatus(state, change, null, -1, -1);
    }

    static ChangeStatus because(State state, @Nullable MemberChange change, String reason) {
        return new ChangeStatus(state, change, reason.replaceAll("\\R", " "), -1, -1);
    }

    /** As lines of a word and a value, further ones of which a later version may have. */
    byte[] bytes() {
        StringBuilder text = new StringBuilder("state " + state.name().toLowerCase(Locale.ROOT) + "\n");
        if (change != null) {
            text.append("change ").append(change.text()).append('\n');
        }
        if (reason != null) {
            text.append("reason ").append(reason).append('\n');
        }
        if (match >= 0) {
            text.append("match ").append(match).append('\n');
        }
        if (committed >= 0) {
            text.append("committed ").append(committed).append('\n');
        }
        return text.toString().getBytes(UTF_8);
    }

    /**
     * Reads what {@link #bytes} has written.
     *
     * @throws IOException if a member of another version has written something else
     */
    static ChangeStatus parse(byte[] answer) throws IOException {
        List<String> lines = new String(answer, UTF_8).lines().toList();
        try {
            String state = value(lines, "state ");
            String change = value(lines, "change ");
            return new ChangeStatus(
                    State.valueOf(state == null ? "" : state.toUpperCase(Locale.ROOT)),
                    change == null ? null : MemberChange.parse(change),
                    value(lines, "reason "),
                    number(lines, "match "),
                    number(lines, "committed "));
        } catch (IllegalArgumentException e) {
            throw new IOException("the leader does not understand changes of the members, or has another version", e);
        }
    }

    private static @Nullable String value(List<String> lines, String word) {
        return lines.stream()
                .filter(line -> line.startsWith(word))
                .map(line -> line.substring(word.length()))
                .findFirst()
                .orElse(null);
    }

    private static long number(List<String> lines, String word) {
        String value = value(lines, word);
        return value == null ? -1 : Digits.toLong(value);
    }
}
