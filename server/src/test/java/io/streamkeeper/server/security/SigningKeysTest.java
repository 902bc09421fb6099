package io.streamkeeper.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SigningKeysTest {
    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final SigningKeys KEYS = SigningKeys.parse(List.of("# keys", "new " + SECRET, "old x" + SECRET));
    private static final long EXPIRES = 1_800_000_000L;
    private static final long BEFORE = EXPIRES * 1_000 - 1;
    private static final Set<Action> READ = EnumSet.of(Action.READ);

    private static boolean allows(String signature, Action action, String path) {
        Principal principal = KEYS.verify(signature, BEFORE).principal();
        return principal != null && PolicyRules.any(principal.grants(), principal, action, path);
    }

    @Test
    void aSignatureAllowsItsActionsOnItsPath() {
        String signature = KEYS.sign(READ, "chat/42", false, EXPIRES);

        assertThat(signature).startsWith("v1.new.read.1800000000.");
        assertThat(allows(signature, Action.READ, "chat/42")).isTrue();
        assertThat(allows(signature, Action.APPEND, "chat/42")).isFalse();
        assertThat(allows(signature, Action.READ, "chat/42/a")).isFalse();
        assertThat(allows(signature, Action.READ, "chat/421")).isFalse();
        assertThat(KEYS.verify(signature, BEFORE).principal().hasName()).isFalse();
    }

    @Test
    void aSignatureOfAPrefixAllowsAllBelowIt() {
        String signature = KEYS.sign(EnumSet.of(Action.READ, Action.APPEND), "chat", true, EXPIRES);

        assertThat(allows(signature, Action.APPEND, "chat/42/a")).isTrue();
        assertThat(allows(signature, Action.READ, "chat")).isTrue();
        assertThat(allows(signature, Action.READ, "chats/1")).isFalse();
        assertThat(allows(signature, Action.DELETE, "chat/42")).isFalse();
    }

    @Test
    void aPathWithCharactersOfPatternsMatchesLiterally() {
        for (String path : List.of("a/*", "**", "{sub}", "a.b", "ü")) {
            String signature = KEYS.sign(READ, path, false, EXPIRES);
            assertThat(allows(signature, Action.READ, path)).isTrue();
            assertThat(allows(signature, Action.READ, "a/x")).isFalse();
            assertThat(allows(signature, Action.READ, "signed:new")).isFalse();
        }
    }

    @Test
    void itExpires() {
        String signature = KEYS.sign(READ, "a", false, EXPIRES);

        assertThat(KEYS.verify(signature, EXPIRES * 1_000).problem()).isEqualTo("the signature of the URL has expired");
        assertThat(KEYS.verify(signature, BEFORE).principal().expiresAtMillis()).isEqualTo(EXPIRES * 1_000);
    }

    @Test
    void noCharacterOfItCanBeChanged() {
        String signature = KEYS.sign(READ, "chat/42", false, EXPIRES);
        for (int at = 0; at < signature.length() - 1; at++) {
            for (char other : new char[] {'A', 'B', '1', '.', ','}) {
                String changed = signature.substring(0, at) + other + signature.substring(at + 1);
                if (!changed.equals(signature)) {
                    assertThat(KEYS.verify(changed, BEFORE).principal())
                            .as(changed)
                            .isNull();
                }
            }
        }
        assertThat(KEYS.verify(signature + "A", BEFORE).principal()).isNull();
        assertThat(KEYS.verify(signature + ".", BEFORE).principal()).isNull();
        assertThat(KEYS.verify("", BEFORE).principal()).isNull();
        assertThat(KEYS.verify(".....", BEFORE).principal()).isNull();
        assertThat(KEYS.verify("v1.new.read.1800000000.PWE.", BEFORE).principal())
                .isNull();
        assertThat(KEYS.verify("v".repeat(5_000), BEFORE).principal()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fly.1800000000.PWE",
                ".1800000000.PWE",
                "delete.1800000000.PWE",
                "all.1800000000.PWE",
                "read.soon.PWE",
                "read.-1.PWE",
                "read.99999999999999999999.PWE",
                "read.9223372036854775807.PWE",
                "read.1800000000.",
                "read.1800000000.PQ",
                "read.1800000000.YQE",
                "read.1800000000.!"
            })
    void aTextOfAnotherFormIsNotValidAlthoughItIsSigned(String rest) throws GeneralSecurityException {
        String signed = "v1.new." + rest;
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        String signature = signed + "."
                + Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));

        assertThat(KEYS.verify(signature, BEFORE).problem()).isEqualTo("the signature of the URL is not valid");
    }

    @Test
    void theFirstKeySignsAllVerifyAndARemovedOneDoesNot() {
        SigningKeys before = SigningKeys.parse(List.of("old x" + SECRET));
        String signature = before.sign(READ, "a", false, EXPIRES);

        assertThat(allows(signature, Action.READ, "a")).isTrue();
        SigningKeys after = SigningKeys.parse(List.of("new " + SECRET));
        assertThat(after.verify(signature, BEFORE).principal()).isNull();
        SigningKeys sameId = SigningKeys.parse(List.of("old " + SECRET));
        assertThat(sameId.verify(signature, BEFORE).principal()).isNull();
    }

    @Test
    void onlyReadsAndAppendsAreSigned() {
        for (Set<Action> actions :
                List.of(EnumSet.of(Action.DELETE), EnumSet.allOf(Action.class), EnumSet.noneOf(Action.class))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> KEYS.sign(actions, "a", false, EXPIRES))
                    .withMessageContaining("expected read, append, or both");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a|line 1 has no id and secret",
                "a! 0123456789abcdef0123456789abcdef|line 1 has no id and secret",
                "a hush|line 1 has a secret of 4 characters; expected at least 32",
                "alice sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08|line 1 has the digest of a token",
                "# nothing|there is no key"
            })
    void aFileThatIsNotValidIsRefusedWithoutItsSecret(String line, String expected) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SigningKeys.parse(List.of(line)))
                .withMessageContaining(expected)
                .matches(e -> !e.getMessage().contains("hush"));
    }
}
