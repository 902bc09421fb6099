package io.streamkeeper.cluster;

import io.streamkeeper.protocol.Digits;
import io.streamkeeper.protocol.Quoted;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A member of a cluster, as the list of members describes it.
 *
 * @param name identifies the member for ever: a name belongs to one data directory, and is not used again for another
 * @param host the name or address of the host at which the other members reach it; an IPv6 address in brackets
 * @param port its port for the other members
 */
public record Member(String name, String host, int port) {
    /** As many members as a cluster may have; each of them receives every frame. */
    public static final int MEMBERS_MAX = 9;

    private static final int PORT_MAX = 65_535;
    private static final Pattern NAME = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?");
    private static final Pattern ITEM = Pattern.compile("([^=]*)=(\\[[0-9a-fA-F:.]+]|[^:\\[\\]\\s]+):([0-9]{1,5})");

    /** Checks the name and the port. */
    public Member {
        checkName(name);
        if (port < 1 || port > PORT_MAX) {
            throw new IllegalArgumentException(
                    "the port " + port + " of member " + name + " is not valid; expected 1 to " + PORT_MAX);
        }
    }

    /**
     * Parses a list such as {@code n1=host:port,n2=host:port,n3=host:port}.
     *
     * @throws IllegalArgumentException if an item is not valid, or two have the same name or address
     */
    public static List<Member> parseList(String text) {
        List<Member> members = new ArrayList<>();
        for (String item : text.split(",", -1)) {
            Matcher matcher = ITEM.matcher(item.strip());
            if (!matcher.matches()) {
                throw new IllegalArgumentException(
                        "the member " + Quoted.of(item) + " is not valid; expected name=host:port");
            }
            members.add(new Member(matcher.group(1), matcher.group(2), Digits.toInt(matcher.group(3))));
        }
        requireDistinct(members);
        return List.copyOf(members);
    }

    /**
     * Returns a name that is valid.
     *
     * @throws IllegalArgumentException if it is not
     */
    static String checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "the name " + Quoted.of(name) + " of a member is not valid; expected 1 to"
                            + " 32 lower-case letters, digits and hyphens, not at either end");
        }
        return name;
    }

    static void requireDistinct(List<Member> members) {
        if (members.isEmpty() || members.size() > MEMBERS_MAX) {
            throw new IllegalArgumentException(
                    "the list has " + members.size() + " members; expected 1 to " + MEMBERS_MAX);
        }
        Set<String> seen = new HashSet<>();
        for (Member member : members) {
            if (!seen.add(member.name)) {
                throw new IllegalArgumentException("the list has two members with the name " + member.name);
            }
            if (!seen.add(member.address())) {
                throw new IllegalArgumentException("the list has two members with the address " + member.address());
            }
        }
    }

    /** Host and port, as in a URL. */
    public String address() {
        return host + ":" + port;
    }
}
