package io.streamkeeper.server.security;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The rules of a policy file. What no rule allows is denied. Immutable.
 *
 * <pre>
 *   #     who        actions       patterns of paths
 *   allow alice      read,append   chat/** notes/*
 *   allow *          all           users/{sub}/**       # each authenticated principal
 *   allow anonymous  read          public/**            # everybody, also without credentials
 * </pre>
 */
final class PolicyRules {
    /** No rules, so everything is denied. */
    static final PolicyRules NONE = new PolicyRules(Map.of());

    private static final String EVERY_NAME = "*";
    private static final String ANONYMOUS = "anonymous";
    private static final int WORDS_MIN = 4;

    private final Map<String, List<Grant>> grants;
    private final List<Grant> ofEveryName;
    private final List<Grant> ofAnonymous;

    private PolicyRules(Map<String, List<Grant>> grants) {
        this.grants = grants;
        this.ofEveryName = grants.getOrDefault(EVERY_NAME, List.of());
        this.ofAnonymous = grants.getOrDefault(ANONYMOUS, List.of());
    }

    /** Whether a principal may have this name. */
    static boolean isName(String name) {
        return !name.isEmpty() && !name.equals(EVERY_NAME) && !name.equals(ANONYMOUS);
    }

    /**
     * Parses a file.
     *
     * @throws IllegalArgumentException if a line is not valid; the message begins with its number
     */
    static PolicyRules parse(List<String> lines) {
        Map<String, List<Grant>> grants = new HashMap<>();
        for (RuleLine line : RuleLine.of(lines)) {
            add(line, grants);
        }
        return new PolicyRules(grants);
    }

    private static void add(RuleLine line, Map<String, List<Grant>> grants) {
        List<String> words = line.words();
        if (words.size() < WORDS_MIN || !words.get(0).equals("allow")) {
            // The line may be a secret, in a file that was given in place of this one.
            throw line.invalid(
                    (words.get(0).equals("allow") ? "'allow' and " + (words.size() - 1) + " words" : "no rule")
                            + "; expected allow, a name, actions joined by commas, and patterns of paths");
        }
        String name = words.get(1);
        for (String pattern : words.subList(WORDS_MIN - 1, words.size())) {
            try {
                PathPattern paths = PathPattern.parse(pattern);
                if (name.equals(ANONYMOUS) && paths.hasName()) {
                    throw new IllegalArgumentException("'" + pattern + "' for anonymous, who has no name");
                }
                grants.computeIfAbsent(name, any -> new ArrayList<>())
                        .add(new Grant(Action.parse(words.get(2)), paths));
            } catch (IllegalArgumentException e) {
                throw line.invalid("an error: " + e.getMessage());
            }
        }
    }

    /** Whether a rule allows the action. */
    boolean allow(Principal principal, Action action, String path) {
        return any(ofAnonymous, principal, action, path)
                || (principal.hasName()
                        && (any(grants.getOrDefault(principal.name(), List.of()), principal, action, path)
                                || any(ofEveryName, principal, action, path)));
    }

    static boolean any(List<Grant> grants, Principal principal, Action action, String path) {
        for (Grant grant : grants) {
            if (grant.allows(action, path, principal.name())) {
                return true;
            }
        }
        return false;
    }
}
