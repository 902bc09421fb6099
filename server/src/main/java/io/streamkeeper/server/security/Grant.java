package io.streamkeeper.server.security;

import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/** Actions that are allowed on the paths of a pattern. Immutable. */
public final class Grant {
    private final Set<Action> actions;
    private final PathPattern paths;

    Grant(Set<Action> actions, PathPattern paths) {
        this.actions = EnumSet.copyOf(actions);
        this.paths = paths;
    }

    /**
     * {@return a grant}
     *
     * @param actions at least one
     * @param pattern a pattern of paths, in which {@code *} matches any part of a segment, {@code **} any text, and
     *     <code>{sub}</code> the name of the principal
     * @throws IllegalArgumentException if the pattern is not valid, or there is no action
     */
    public static Grant of(Set<Action> actions, String pattern) {
        return new Grant(actions, PathPattern.parse(pattern));
    }

    /**
     * {@return the grant that is stored as these texts}
     *
     * @param actions from {@link #storedActions}
     * @param paths from {@link #storedPaths}
     * @throws IllegalArgumentException if they are not
     */
    public static Grant ofStored(String actions, String paths) {
        return new Grant(Action.parse(actions), PathPattern.ofStored(paths));
    }

    /** {@return the actions, as text} */
    public String storedActions() {
        return actions.stream().map(Action::text).collect(Collectors.joining(","));
    }

    /** {@return the pattern of paths, as text} It differs from the text of {@link #of}, because a prefix may have any characters. */
    public String storedPaths() {
        return paths.stored();
    }

    /**
     * Whether it allows {@code action} on {@code path} to a principal with this name. A pattern with the name allows
     * nobody to administer the server, whatever names there are.
     */
    boolean allows(Action action, String path, String name) {
        return actions.contains(action) && !(action == Action.ADMIN && paths.hasName()) && paths.matches(path, name);
    }

    /** Whether it allows {@code action} at some path. */
    boolean allows(Action action) {
        return actions.contains(action);
    }

    @Override
    public String toString() {
        return actions + " on " + paths;
    }
}
