package io.streamkeeper.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Random rules, clients, actions and paths, decided by the server's rules and by a second, plain implementation: one list
 * of rules, in which each pattern is a regular expression. {@code -Dpolicy.seed=S} repeats a run.
 */
class PolicyModelTest {
    private static final int FILES = 1_500;
    private static final int QUESTIONS = 40;

    private static final List<String> NAMES =
            List.of("alice", "bob", "a", "a.b", "x*", "{sub}", "b/c", "cert:CN=a", "cert:URI=spiffe://a/b", "\u00e9");

    /** Parts of patterns and of paths, of which few differ, so that many match. */
    private static final List<String> PARTS = List.of("a", "b", "ab", ".", "a.b", "alice", "x*", "\u00e9", "(", "$");

    private static final List<String> WILDCARDS = List.of("*", "**", "{sub}", "***", "*a", "{sub}*", "{sub}**", "a**");

    /** A rule as the model has it. */
    private record Rule(String who, Set<Action> actions, List<String> patterns) {}

    /** A client: no credentials, or a name, to which rules for names may not apply. */
    private record Client(String name, boolean hasName) {
        Principal principal() {
            return name.equals("anonymous")
                    ? Principal.ANONYMOUS
                    : new Principal(name, Long.MAX_VALUE, List.of(), hasName);
        }
    }

    private final Random random;
    private final long seed;

    PolicyModelTest() {
        seed = Long.getLong("policy.seed", System.nanoTime());
        random = new Random(seed);
    }

    private <T> T any(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    // ---- the model ----

    private static boolean allows(List<Rule> rules, Set<String> refused, Client client, Action action, String path) {
        if (refused.contains(client.name())) {
            return false;
        }
        for (Rule rule : rules) {
            boolean concerns = rule.who().equals("anonymous")
                    || (client.hasName()
                            && (rule.who().equals("*") || rule.who().equals(client.name())));
            if (concerns && rule.actions().contains(action)) {
                for (String pattern : rule.patterns()) {
                    boolean isOfName = pattern.contains("{sub}");
                    if (!(action == Action.ADMIN && isOfName) && matches(pattern, client.name(), path)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private static boolean matches(String pattern, String name, String path) {
        StringBuilder regex = new StringBuilder();
        Matcher token = Pattern.compile("\\*\\*|\\*|\\{sub}|[^*{]+|\\{").matcher(pattern);
        while (token.find()) {
            regex.append(
                    switch (token.group()) {
                        case "**" -> ".*";
                        case "*" -> "[^/]*";
                        case "{sub}" -> name.contains("/") ? "(?!)" : Pattern.quote(name);
                        default -> Pattern.quote(token.group());
                    });
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL).matcher(path).matches();
    }

    // ---- random input ----

    private String path() {
        List<String> segments = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(3); i++) {
            segments.add(random.nextInt(3) == 0 ? any(NAMES) : any(PARTS));
        }
        return String.join("/", segments);
    }

    private String pattern() {
        List<String> segments = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(3); i++) {
            segments.add(random.nextInt(2) == 0 ? any(WILDCARDS) : any(PARTS));
        }
        return String.join("/", segments);
    }

    private Rule rule() {
        String who = random.nextInt(4) == 0 ? any(List.of("*", "anonymous")) : any(NAMES);
        Set<Action> actions = EnumSet.of(any(List.of(Action.values())), any(List.of(Action.values())));
        List<String> patterns = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(3); i++) {
            String pattern = pattern();
            // The name of somebody who has none is refused where the file is read.
            patterns.add(who.equals("anonymous") ? pattern.replace("{sub}", "*") : pattern);
        }
        return new Rule(who, actions, patterns);
    }

    private String line(Rule rule) {
        String actions = rule.actions().size() == Action.values().length
                ? "all"
                : rule.actions().stream().map(Action::text).collect(Collectors.joining(","));
        return String.join(
                        any(List.of(" ", "\t", "  ")), "allow", rule.who(), actions, String.join(" ", rule.patterns()))
                + any(List.of("", " # a comment", "\t"));
    }

    @Test
    void theRulesDecideAsThePlainModel() {
        int allowed = 0;
        int refusals = 0;
        for (int file = 0; file < FILES; file++) {
            List<Rule> rules = new ArrayList<>();
            List<String> lines = new ArrayList<>();
            Set<String> refused = new HashSet<>();
            for (int i = 0; i < random.nextInt(6); i++) {
                Rule rule = rule();
                rules.add(rule);
                lines.add(line(rule));
            }
            if (random.nextInt(3) == 0) {
                String name = any(NAMES);
                refused.add(name);
                lines.add(random.nextInt(lines.size() + 1), "refuse " + name);
            }
            PolicyRules parsed = PolicyRules.parse(lines);
            for (int question = 0; question < QUESTIONS; question++) {
                Client client = random.nextInt(5) == 0
                        ? new Client("anonymous", false)
                        : new Client(any(NAMES), random.nextInt(5) > 0);
                Action action = any(List.of(Action.values()));
                String path = path();
                boolean expected = allows(rules, refused, client, action, path);
                boolean decided = !parsed.refuse(client.name()) && parsed.allow(client.principal(), action, path);
                assertThat(decided)
                        .as("-Dpolicy.seed=%s: %s %s %s by %s", seed, client, action, path, lines)
                        .isEqualTo(expected);
                allowed += expected ? 1 : 0;
                refusals += refused.contains(client.name()) ? 1 : 0;
            }
        }
        assertThat(allowed).isBetween(FILES * QUESTIONS / 50, FILES * QUESTIONS / 2);
        assertThat(refusals).isPositive();
    }
}
