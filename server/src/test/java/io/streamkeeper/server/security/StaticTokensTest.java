package io.streamkeeper.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StaticTokensTest {
    private static final String DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    @Test
    void aTokenIsFoundByItsDigest() {
        StaticTokens tokens = StaticTokens.parse(List.of("# comment", "alice sha256:" + DIGEST));

        assertThat(tokens.find(TokenDigest.of("test"))).isEqualTo(Principal.named("alice"));
        assertThat(tokens.find(TokenDigest.of("Test"))).isNull();
        assertThat(tokens.find(TokenDigest.of(DIGEST))).isNull();
        assertThat(tokens.find(TokenDigest.of(""))).isNull();
    }

    @Test
    void aNewTokenIsNotInItsLineWhichTheFileTakes() {
        Instant expires = Instant.parse("2027-01-31T00:00:00Z");
        NewToken made = NewToken.make("alice", expires);

        assertThat(made.token()).matches("sk_[A-Za-z0-9_-]{43}");
        assertThat(made.line()).doesNotContain(made.token().substring(3));
        assertThat(made.toString()).doesNotContain(made.token());
        assertThat(StaticTokens.parse(List.of(made.line())).find(TokenDigest.of(made.token())))
                .isEqualTo(new Principal("alice", expires.toEpochMilli(), List.of(), true));
        assertThat(NewToken.make("alice", null).token()).isNotEqualTo(made.token());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "alice|1 words; expected a name, sha256:",
                "* sha256:DIGEST|the name '*'",
                "anonymous sha256:DIGEST|the name 'anonymous'",
                "cert:CN=alice sha256:DIGEST|the name 'cert:CN=alice'",
                "signed:k1 sha256:DIGEST|the name 'signed:k1'",
                "alice sk_secret|a second word that is no digest; expected sha256: and 64 hex digits",
                "alice sha256:DIGEST0|a second word that is no digest",
                "alice sha256:DIGEST sk_secret|a third word that is no expiry; expected expires=",
                "alice sha256:DIGEST expires=sk_secret|a time that cannot be read; expected one such as",
                "bob sha256:DIGEST|the token of carol again"
            })
    void aLineThatIsNotValidIsNamedByItsNumberAndShowsNoSecret(String line, String expected) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StaticTokens.parse(List.of("carol sha256:" + DIGEST, line.replace("DIGEST", DIGEST))))
                .withMessageStartingWith("line 2 has " + expected)
                .matches(e -> !e.getMessage().contains("secret"));
    }

    @ParameterizedTest
    @CsvSource({"'', x", "*, x", "anonymous, x", "cert:CN=a, x", "signed:k, x", "a b, x", "#a, x"})
    void aNameThatTheFileWouldNotTakeGetsNoToken(String name, String unused) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NewToken.make(name, null))
                .withMessageContaining("'" + name + "'");
    }
}
