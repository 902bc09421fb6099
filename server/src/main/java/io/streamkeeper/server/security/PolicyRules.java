package io.streamkeeper.server.security;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rules of a policy file. What no rule allows is denied, and so is everything to a name that is refused. Immutable.
 *
 * <pre>
 *   #     who              actions       patterns of paths
 *   allow alice            read,append   chat/** notes/*
 *   allow *                all           users/{sub}/**       # each authenticated principal
 *   allow anonymous        read          public/**            # everybody, also without credentials
 *   allow cert:CN=ingest   append        events/**
 *   refuse mallory cert:SHA256=9f86d081…
 * </pre>
 */
final class PolicyRules {
    /** No rules, so everything is denied. */
    static final PolicyRules NONE = new PolicyRules(Map.of(), Set.of());

    private static final String EVERY_NAME = "*";
    private static final String ANONYMOUS = "anonymous";
    private static final String REFUSE = "refuse";
    private static final int WORDS_MIN = 4;

    private final Map<String, List<Grant>> grants;
    private final List<Grant> ofEveryName;
    private final List<Grant> ofAnonymous;
    private final Set<String> refused;

    private PolicyRules(Map<String, List<Grant>> grants, Set<String> refused) {
        this.grants = grants;
        this.refused = refused;
        this.ofEveryName = grants.getOrDefault(EVERY_NAME, List.of());
        this.ofAnonymous = grants.getOrDefault(ANONYMOUS, List.of());
    }

    /** Whether a token may have this name. */
    static boolean isName(String name) {
        return !name.isEmpty()
                && !name.equals(EVERY_NAME)
                && !name.equals(ANONYMOUS)
                && !name.startsWith(CertificateName.PREFIX)
                && !name.startsWith(SigningKeys.NAME_PREFIX);
    }

    /**
     * Parses a file.
     *
     * @throws IllegalArgumentException if a line is not valid; the message begins with its number
     */
    static PolicyRules parse(List<String> lines) {
        Map<String, List<Grant>> grants = new HashMap<>();
        Set<String> refused = new HashSet<>();
        for (RuleLine line : RuleLine.of(lines)) {
            if (line.words().get(0).equals(REFUSE)) {
                addRefused(line, refused);
            } else {
                add(line, grants);
            }
        }
        return new PolicyRules(grants, refused);
    }

    private static void addRefused(RuleLine line, Set<String> refused) {
        List<String> names = line.words().subList(1, line.words().size());
        if (names.isEmpty()) {
            throw line.invalid("'refuse' and no name; expected one or more names");
        }
        for (String name : names) {
            if (name.equals(EVERY_NAME) || name.equals(ANONYMOUS)) {
                throw line.invalid("'refuse " + name + "'; expected names other than * and anonymous, who have only the"
                        + " rights that rules allow them");
            }
            refused.add(checked(line, name));
        }
    }

    /** A name that begins as that of a certificate must have its whole form, so that a slip is noticed. */
    private static String checked(RuleLine line, String name) {
        if (name.startsWith(CertificateName.PREFIX) && !CertificateName.isName(name)) {
            throw line.invalid("the name '" + name + "'; expected cert:URI=, cert:DNS=, cert:EMAIL=, cert:CN= and a"
                    + " value, or after refuse cert:SHA256= and 64 hex digits in lower case");
        }
        return name;
    }

    private static void add(RuleLine line, Map<String, List<Grant>> grants) {
        List<String> words = line.words();
        if (words.size() < WORDS_MIN || !words.get(0).equals("allow")) {
            // The line may be a secret, in a file that was given in place of this one.
            throw line.invalid(
                    (words.get(0).equals("allow") ? "'allow' and " + (words.size() - 1) + " words" : "no rule")
                            + "; expected allow, a name, actions joined by commas, and patterns of paths; or refuse and names");
        }
        String name = checked(line, words.get(1));
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

    /** Whether this name has no rights, whatever other rules and its credentials allow. */
    boolean refuse(String name) {
        return refused.contains(name);
    }

    /** Whether a rule allows the action. */
    boolean allow(Principal principal, Action action, String path) {
        return any(ofAnonymous, principal, action, path)
                || (principal.hasName()
                        && (any(grants.getOrDefault(principal.name(), List.of()), principal, action, path)
                                || any(ofEveryName, principal, action, path)));
    }

    /** Whether a rule allows the action at some path. */
    boolean allowAnywhere(Principal principal, Action action) {
        return any(ofAnonymous, action)
                || (principal.hasName()
                        && (any(grants.getOrDefault(principal.name(), List.of()), action) || any(ofEveryName, action)));
    }

    static boolean any(List<Grant> grants, Action action) {
        return grants.stream().anyMatch(grant -> grant.allows(action));
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
