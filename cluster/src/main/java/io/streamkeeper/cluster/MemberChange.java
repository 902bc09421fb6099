package io.streamkeeper.cluster;

import io.streamkeeper.protocol.Quoted;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A change of the members of a cluster: one is added, removed, or replaced by another one.
 *
 * @param added the new member, or null
 * @param removed the name of the member that is removed, or null
 */
public record MemberChange(@Nullable Member added, @Nullable String removed) {
    private static final Pattern FORM = Pattern.compile("(?:add ([^ ]+)|remove ([^ ]+)|replace ([^ ]+) by ([^ ]+))");

    /** Checks that there is a change. */
    public MemberChange {
        if (added == null && removed == null) {
            throw new IllegalArgumentException("no member is added or removed");
        }
        if (added != null && added.name().equals(removed)) {
            throw new IllegalArgumentException("the member " + removed
                    + " is to be replaced by one of the same name; expected a new name, because a name belongs to one"
                    + " data directory for ever");
        }
    }

    /**
     * A change in its text form: {@code add NAME=HOST:PORT}, {@code remove NAME}, or {@code replace NAME by
     * NAME=HOST:PORT}.
     *
     * @throws IllegalArgumentException if it has another form; the message quotes the wrong part
     */
    public static MemberChange parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    Quoted.of(text)
                            + " is no change of members; expected add NAME=HOST:PORT, remove NAME, or replace NAME by NAME=HOST:PORT");
        }
        String added = matcher.group(1) != null ? matcher.group(1) : matcher.group(4);
        String removed = matcher.group(2) != null ? matcher.group(2) : matcher.group(3);
        return new MemberChange(
                added == null ? null : Member.parseList(added).get(0),
                removed == null ? null : Member.checkName(removed));
    }

    /** The text form. */
    public String text() {
        if (added == null) {
            return "remove " + removed;
        }
        String item = added.name() + "=" + added.address();
        return removed == null ? "add " + item : "replace " + removed + " by " + item;
    }

    /** Whether the new member is one already, and the old one is not. */
    boolean isDone(List<Member> members) {
        return added != null
                && members.contains(added)
                && members.stream().noneMatch(member -> member.name().equals(removed));
    }

    /**
     * What the change makes of the members.
     *
     * @throws IllegalArgumentException if it cannot be made; the message says why
     */
    List<Member> appliedTo(List<Member> members) {
        List<String> names = members.stream().map(Member::name).toList();
        if (removed != null && !names.contains(removed)) {
            throw new IllegalArgumentException(removed + " is no member; the members are " + String.join(", ", names));
        }
        if (added != null && names.contains(added.name())) {
            throw new IllegalArgumentException(
                    "a member " + added.name() + " exists, at another address; expected a new"
                            + " name, because a name belongs to one data directory for ever");
        }
        List<Member> changed = Stream.concat(
                        members.stream().filter(member -> !member.name().equals(removed)), Stream.ofNullable(added))
                .toList();
        if (changed.isEmpty()) {
            throw new IllegalArgumentException("the only member cannot be removed");
        }
        Member.requireDistinct(changed);
        if (added != null && removed != null && changed.size() <= 2) {
            throw new IllegalArgumentException("a cluster of " + members.size()
                    + " members cannot replace one in a single step; add " + added.name() + " first, and then remove "
                    + removed);
        }
        return changed;
    }
}
