package io.streamkeeper.server.security;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** What a client does with a path. */
public enum Action {
    /** PUT: create a stream; a fork also reads its source. */
    CREATE,
    /** POST: append, close, or both. */
    APPEND,
    /** GET and HEAD: read, follow, or describe. */
    READ,
    /** DELETE. */
    DELETE,
    /** GET and HEAD of the root: list streams. */
    LIST,
    /** Subscribe to changes of streams; for interfaces that push them. */
    SUBSCRIBE,
    /** Administer the server. */
    ADMIN;

    private static final String ALL = "all";

    private final String text = name().toLowerCase(Locale.ROOT);

    /** {@return the name in lower case, as files and tokens contain it} */
    public String text() {
        return text;
    }

    /**
     * {@return the actions of a list}
     *
     * @param list names joined by commas, or {@code all}
     * @throws IllegalArgumentException if the list contains another name; the message quotes it
     */
    public static Set<Action> parse(String list) {
        if (list.equals(ALL)) {
            return EnumSet.allOf(Action.class);
        }
        EnumSet<Action> actions = EnumSet.noneOf(Action.class);
        for (String name : list.split(",", -1)) {
            actions.add(ofName(name));
        }
        return actions;
    }

    private static Action ofName(String name) {
        for (Action action : values()) {
            if (action.text.equals(name)) {
                return action;
            }
        }
        throw new IllegalArgumentException("'" + name
                + "' is not an action; expected create, append, read, delete, list, subscribe, admin, or all");
    }
}
