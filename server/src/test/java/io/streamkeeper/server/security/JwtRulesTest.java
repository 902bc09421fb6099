package io.streamkeeper.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import io.streamkeeper.protocol.output.LogsFaults;
import io.streamkeeper.server.config.JwtConfig;
import io.streamkeeper.server.config.ServerConfig;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class JwtRulesTest {
    private static final long NOW = 1_800_000_000_000L;
    private static final long SECONDS = NOW / 1_000;

    private static JwtRules rules(Consumer<JwtConfig.Builder> change) {
        return new JwtRules(ServerConfig.builder()
                .security(security -> security.jwt(change))
                .build()
                .security()
                .jwt());
    }

    private static final JwtRules RULES = rules(jwt -> jwt.leewaySeconds(10));

    private static Map<String, Object> claims(Object... more) {
        Map<String, Object> claims = new HashMap<>(Map.of("sub", "alice", "exp", SECONDS + 60));
        for (int i = 0; i < more.length; i += 2) {
            claims.put((String) more[i], more[i + 1]);
        }
        return claims;
    }

    private static Authentication verify(JwtRules rules, JwtSigner signer, String token) {
        return rules.verify(token, signer.keys(), NOW).authentication();
    }

    private static void refuses(JwtRules rules, Map<String, Object> claims, String problem) {
        JwtSigner signer = JwtSigner.SECRET;
        Authentication result = verify(rules, signer, signer.sign(claims));
        assertThat(result.principal()).isNull();
        assertThat(result.problem()).isEqualTo("the token " + problem);
        assertThat(result.mayPass()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void aTokenOfEachAlgorithmIsAccepted(JwtSigner signer) {
        Principal principal = verify(RULES, signer, signer.sign(claims())).principal();

        assertThat(principal).isEqualTo(new Principal("alice", NOW + 70_000, List.of(), true));
        assertThat(RULES.verify(signer.sign(claims()), signer.otherKeys(), NOW)
                        .authentication()
                        .problem())
                .isEqualTo("the token has no valid signature");
    }

    @ParameterizedTest
    @EnumSource
    void aKeyIsReadFromPemAndFromJson(JwtSigner signer) {
        for (String content : signer.files()) {
            JwtKeys keys = JwtKeys.ofFile(content.getBytes(StandardCharsets.UTF_8));
            assertThat(RULES.verify(signer.sign(claims()), keys, NOW)
                            .authentication()
                            .problem())
                    .as(content)
                    .isEmpty();
        }
    }

    @Test
    void aPublicKeyIsNeverTheSecretOfHs256() {
        String pem = JwtSigner.RSA.files().get(0);
        String forged = JwtSigner.signWithSecret(pem.getBytes(StandardCharsets.UTF_8), claims());

        JwtRules.Verdict verdict = RULES.verify(forged, JwtKeys.ofFile(pem.getBytes(StandardCharsets.UTF_8)), NOW);

        assertThat(verdict.authentication().principal()).isNull();
        assertThat(verdict.lacksKey()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "NONE", "None", "HS384", "RS512", "PS256", "ES256K", "hs256"})
    void aTokenDoesNotSelectAnotherAlgorithm(String algorithm) {
        String token = JwtSigner.SECRET.sign(claims());
        String header = JwtSigner.base64("{\"alg\":\"" + algorithm + "\"}");
        String rest = token.substring(token.indexOf('.'));
        for (String forged : List.of(header + rest, header + rest.substring(0, rest.lastIndexOf('.') + 1))) {
            assertThat(verify(RULES, JwtSigner.SECRET, forged).principal()).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource
    void noByteOfATokenCanBeChanged(JwtSigner signer) {
        String token = signer.sign(claims());
        for (int at = 0; at < token.length(); at += 7) {
            char other = token.charAt(at) == 'A' ? 'B' : 'A';
            if (token.charAt(at) != '.' && at < token.length() - 2) {
                String changed = token.substring(0, at) + other + token.substring(at + 1);
                assertThat(verify(RULES, signer, changed).principal())
                        .as(changed)
                        .isNull();
            }
        }
    }

    @Test
    void theTimesOfATokenHaveALeeway() {
        refuses(RULES, claims("exp", SECONDS - 10), "has expired");
        refuses(RULES, claims("nbf", SECONDS + 11), "is not valid yet");
        assertThat(verify(
                                RULES,
                                JwtSigner.SECRET,
                                JwtSigner.SECRET.sign(claims("exp", SECONDS - 9, "nbf", SECONDS + 9)))
                        .principal())
                .isNotNull();
        Map<String, Object> endless = claims();
        endless.remove("exp");
        refuses(RULES, endless, "has no exp");
    }

    @Test
    void issuerAndAudienceAreRequiredIfConfigured() {
        JwtRules strict = rules(jwt -> jwt.issuer("https://id.example").audience("streams"));

        refuses(strict, claims(), "has another issuer");
        refuses(strict, claims("iss", "https://id.example/"), "has another issuer");
        refuses(strict, claims("iss", "https://id.example"), "is for another audience");
        refuses(strict, claims("iss", "https://id.example", "aud", "other"), "is for another audience");
        refuses(
                strict,
                claims("iss", "https://id.example", "aud", List.of("a", "streams2")),
                "is for another audience");
        String accepted = JwtSigner.SECRET.sign(claims("iss", "https://id.example", "aud", List.of("a", "streams")));
        assertThat(verify(strict, JwtSigner.SECRET, accepted).principal()).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "*", "anonymous", "cert:CN=admin", "signed:k1"})
    void aSubjectThatRulesUseOtherwiseIsRefused(String subject) {
        refuses(RULES, claims("sub", subject), "has no usable sub");
    }

    @Test
    void headersThatChangeTheMeaningAreRefused() {
        assertThat(verify(RULES, JwtSigner.SECRET, JwtSigner.signWithHeader("crit", List.of("b64"), claims()))
                        .principal())
                .isNull();
        assertThat(verify(RULES, JwtSigner.SECRET, JwtSigner.signWithHeader("typ", "logout+jwt", claims()))
                        .problem())
                .contains("typ");
        assertThat(verify(RULES, JwtSigner.SECRET, JwtSigner.signWithHeader("typ", "at+jwt", claims()))
                        .principal())
                .isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a.b.c", "a.b", "..", "eyJhbGciOiJIUzI1NiJ9..", "a.b.c.d.e"})
    void whatIsNoTokenIsRefused(String text) {
        assertThat(verify(RULES, JwtSigner.SECRET, text).principal()).isNull();
        assertThat(verify(RULES, JwtSigner.SECRET, "a".repeat(9_000)).problem()).contains("9000 characters");
    }

    @Test
    void claimsAllowTheActionsOfTheScopeBelowThePrefix() {
        JwtRules tenants = rules(jwt -> jwt.prefixClaim("prefix"));
        Object[] claims = {"scope", "openid read streams:append fly", "prefix", List.of("tenants/a/", "b", "../x", "")};
        Principal principal = verify(tenants, JwtSigner.SECRET, JwtSigner.SECRET.sign(claims(claims)))
                .principal();

        assertThat(allows(principal, Action.READ, "tenants/a/x/y")).isTrue();
        assertThat(allows(principal, Action.APPEND, "tenants/a")).isTrue();
        assertThat(allows(principal, Action.APPEND, "b/c")).isTrue();
        assertThat(allows(principal, Action.DELETE, "tenants/a/x")).isFalse();
        assertThat(allows(principal, Action.READ, "tenants/ab")).isFalse();
        assertThat(allows(principal, Action.READ, "x")).isFalse();
        assertThat(allows(
                        verify(RULES, JwtSigner.SECRET, JwtSigner.SECRET.sign(claims(claims)))
                                .principal(),
                        Action.READ,
                        "b"))
                .isFalse();
        Principal all = verify(tenants, JwtSigner.SECRET, JwtSigner.SECRET.sign(claims("scope", "read", "prefix", "*")))
                .principal();
        assertThat(allows(all, Action.READ, "any/path")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"teams/b *", "* x", "teams/b shared", " *", "shared,x", "", "**"})
    void aPrefixThatIsATextIsOnePrefix(String prefix) {
        JwtRules tenants = rules(jwt -> jwt.prefixClaim("prefix"));
        for (Object claim : List.of(prefix, List.of(prefix))) {
            Principal principal = verify(
                            tenants, JwtSigner.SECRET, JwtSigner.SECRET.sign(claims("scope", "read", "prefix", claim)))
                    .principal();

            for (String other : List.of("shared", "shared/a", "teams/b", "teams/b/a", "x")) {
                assertThat(allows(principal, Action.READ, other)).as(other).isFalse();
            }
            if (prefix.equals("teams/b shared")) {
                assertThat(allows(principal, Action.READ, "teams/b shared/a")).isTrue();
            }
        }
    }

    private static boolean allows(Principal principal, Action action, String path) {
        return PolicyRules.any(principal.grants(), principal, action, path);
    }

    @Test
    void keysThatAreTooWeakOrForOtherPurposesAreNotUsed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JwtKeys.ofFile("short".getBytes(StandardCharsets.UTF_8)))
                .withMessage("the secret has 5 bytes; expected at least 32");
        String secret = new JWKSet(List.of(new OctetSequenceKey.Builder(new byte[32]).build())).toString(false);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JwtKeys.ofSet(secret, false))
                .withMessageContaining("no usable key");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JwtKeys.ofSet("{\"keys\":[{\"kty\":\"RSA\",\"n\":\"x\"}]}", true))
                .withMessageContaining("not a valid JWK");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JwtKeys.ofFile("-----BEGIN PRIVATE KEY-----\nx".getBytes(StandardCharsets.UTF_8)))
                .withMessageContaining("no public key");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\uFEFF%s",
                "# our key\n%s",
                "Bag Attributes\n  friendlyName: key\n%s",
                "[%s]",
                "x%s",
                "\u0000%s",
                "0123456789abcdef 0123456789abcdef",
                "0123456789abcdef\n0123456789abcdef",
                "0123456789abcdef\u00a00123456789abcdef"
            })
    void aFileWithOtherTextBeforeAPublicKeyIsNoSecret(String format) {
        String pem = JwtSigner.RSA.files().get(0);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JwtKeys.ofFile(format.replace("%s", pem).getBytes(StandardCharsets.UTF_8)))
                .withMessageContaining("expected a file that begins with");
        if (!format.startsWith("x") && format.contains("%s")) {
            String json = JwtSigner.RSA.jwk("a");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> JwtKeys.ofFile(format.replace("%s", json).getBytes(StandardCharsets.UTF_8)))
                    .withMessageContaining("expected a file that begins with");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"kty\":\"RSA\",\"n\":\"x\",\"kid\":\"bad\"}",
                "{\"kty\":\"RSA\",\"n\":\"_____w\",\"e\":\"AQAB\"}",
                "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AQ\",\"y\":\"AQ\"}",
                "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"\"}",
                "{\"kty\":\"OKP\",\"crv\":5,\"x\":\"AQ\"}"
            })
    @LogsFaults("of the keys of the JWK set cannot be used and are skipped")
    void aKeyThatCannotBeUsedDoesNotRefuseTheSetOfAUrl(String bad) {
        JwtKeys keys = JwtKeys.ofSet("{\"keys\":[" + bad + "," + JwtSigner.EC.jwk("good") + "]}", false);

        assertThat(RULES.verify(JwtSigner.EC.sign(claims()), keys, NOW)
                        .authentication()
                        .problem())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"keys\":null}", "{\"keys\":[null]}", "{\"keys\":[5]}", "{\"keys\":5}", "[]", "null", "5", ""})
    void anAnswerOfAUrlThatIsNoSetIsRefused(String json) {
        assertThatIllegalArgumentException().isThrownBy(() -> JwtKeys.ofSet(json, false));
    }

    @ParameterizedTest
    @EnumSource
    void aFileWithASecretIsKnownAsOne(JwtSigner signer) {
        for (String content : signer.files()) {
            assertThat(JwtKeys.isSecret(content.getBytes(StandardCharsets.UTF_8)))
                    .isEqualTo(signer == JwtSigner.SECRET);
        }
    }
}
