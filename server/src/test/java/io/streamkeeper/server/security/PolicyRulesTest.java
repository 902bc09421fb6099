package io.streamkeeper.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyRulesTest {
    private static final PolicyRules RULES = PolicyRules.parse(List.of(
            "# who may do what",
            "",
            "allow alice read,append chat/** notes/*   # the editor",
            "\tallow *  all  users/{sub}/**",
            "allow anonymous read public/**"));

    private static final Principal ALICE = Principal.named("alice");
    private static final Principal BOB = Principal.named("bob");
    private static final Principal LINK = new Principal("link", Long.MAX_VALUE, List.of(), false);

    @Test
    void whatNoRuleAllowsIsDenied() {
        assertThat(PolicyRules.NONE.allow(ALICE, Action.READ, "chat/1")).isFalse();
        assertThat(RULES.allow(ALICE, Action.DELETE, "chat/1")).isFalse();
        assertThat(RULES.allow(ALICE, Action.READ, "other")).isFalse();
        assertThat(RULES.allow(BOB, Action.READ, "chat/1")).isFalse();
    }

    @Test
    void aRuleAllowsItsActionsOnEachOfItsPatterns() {
        assertThat(RULES.allow(ALICE, Action.READ, "chat/1/2")).isTrue();
        assertThat(RULES.allow(ALICE, Action.APPEND, "notes/1")).isTrue();
        assertThat(RULES.allow(ALICE, Action.APPEND, "notes/1/2")).isFalse();
    }

    @Test
    void aStarIsEachAuthenticatedPrincipal() {
        assertThat(RULES.allow(BOB, Action.DELETE, "users/bob/a")).isTrue();
        assertThat(RULES.allow(BOB, Action.READ, "users/alice/a")).isFalse();
        assertThat(RULES.allow(Principal.ANONYMOUS, Action.READ, "users/anonymous/a"))
                .isFalse();
        assertThat(RULES.allow(LINK, Action.READ, "users/link/a")).isFalse();
    }

    @Test
    void aPatternWithANameAllowsNobodyToAdminister() {
        String path = SecurityPolicy.ADMINISTRATION.value();
        Principal reserved = Principal.named("__ds");

        assertThat(PolicyRules.parse(List.of("allow * all {sub}/**")).allow(reserved, Action.READ, path))
                .isTrue();
        assertThat(PolicyRules.parse(List.of("allow * all {sub}/**")).allow(reserved, Action.ADMIN, path))
                .isFalse();
        assertThat(PolicyRules.parse(List.of("allow alice all users/**")).allow(ALICE, Action.ADMIN, path))
                .isFalse();
        assertThat(PolicyRules.parse(List.of("allow alice read **")).allow(ALICE, Action.ADMIN, path))
                .isFalse();
        assertThat(PolicyRules.parse(List.of("allow alice admin **")).allow(ALICE, Action.ADMIN, path))
                .isTrue();
    }

    @Test
    void aRefusedNameIsKnownByItsWholeText() {
        String digest = "cert:SHA256=" + "9f".repeat(32);
        PolicyRules rules = PolicyRules.parse(List.of("allow * all **", "refuse bob cert:CN=bob " + digest));

        assertThat(List.of("bob", "cert:CN=bob", digest)).allMatch(rules::refuse);
        assertThat(List.of("bo", "Bob", "alice", "cert:CN=bo", "anonymous")).noneMatch(rules::refuse);
        assertThat(RULES.refuse("bob")).isFalse();
    }

    @Test
    void anonymousIsEverybody() {
        for (Principal principal : List.of(ALICE, BOB, LINK, Principal.ANONYMOUS)) {
            assertThat(RULES.allow(principal, Action.READ, "public/a")).isTrue();
            assertThat(RULES.allow(principal, Action.APPEND, "public/a")).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hush", "2027a hush", "allow hush", "allowhush a b c d"})
    void aMessageDoesNotQuoteALineOfAnotherFile(String line) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PolicyRules.parse(List.of(line)))
                .withMessageContaining("expected allow")
                .matches(e -> !e.getMessage().contains("hush"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "allow alice read|line 2 has 'allow' and 2 words; expected allow, a name, actions",
                "deny alice read a|expected allow",
                "allow alice read,fly a|line 2 has an error: 'fly' is not an action; expected create, append",
                "allow alice read, a|'' is not an action",
                "refuse|line 2 has 'refuse' and no name",
                "refuse *|line 2 has 'refuse *'",
                "refuse alice anonymous|line 2 has 'refuse anonymous'",
                "refuse cert:SHA256=9F|line 2 has the name 'cert:SHA256=9F'; expected cert:URI=",
                "allow cert:cn=alice read a|line 2 has the name 'cert:cn=alice'",
                "allow cert:alice read a|line 2 has the name 'cert:alice'",
                "allow alice read /a|'/a' is not a pattern of paths",
                "allow anonymous read {sub}/a|'{sub}/a' for anonymous, who has no name"
            })
    void aLineThatIsNotValidIsNamedByItsNumber(String line, String expected) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PolicyRules.parse(List.of("# first", line)))
                .withMessageStartingWith("line 2 has ")
                .withMessageContaining(expected);
    }
}
