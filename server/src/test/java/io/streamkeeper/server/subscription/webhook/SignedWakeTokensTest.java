package io.streamkeeper.server.subscription.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.server.subscription.WakeTokens.Claims;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SignedWakeTokensTest {
    private static final Claims CLAIMS = new Claims("orders/ü \"x\"", "i-7", 42, 1_800_000_000_123L);
    private static final int ROUNDS = 20_000;

    private final AtomicLong nowMillis = new AtomicLong(1_700_000_000_000L);
    private final StoredWebhookKeys keys = prepared();
    private final SignedWakeTokens tokens = new SignedWakeTokens(keys);

    private StoredWebhookKeys prepared() {
        StoredWebhookKeys made = StoredWebhookKeys.inMemory(nowMillis::get);
        made.prepare(Runnable::run).join();
        return made;
    }

    private static String part(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aTokenHasTheClaimsThatWereSigned() {
        String token = tokens.sign(CLAIMS);

        assertThat(token).matches("eyJ[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]{43}");
        assertThat(tokens.verify(token)).isEqualTo(CLAIMS);
        Claims least = new Claims("", "", 0, 0);
        assertThat(tokens.verify(tokens.sign(least))).isEqualTo(least);
        Claims most = new Claims("a", "b", Long.MAX_VALUE, Long.MAX_VALUE);
        assertThat(tokens.verify(tokens.sign(most))).isEqualTo(most);
    }

    @Test
    void aTokenOfAnotherServerIsNotKnown() {
        assertThat(new SignedWakeTokens(prepared()).verify(tokens.sign(CLAIMS))).isNull();
        assertThat(new SignedWakeTokens(StoredWebhookKeys.inMemory(nowMillis::get)).verify(tokens.sign(CLAIMS)))
                .isNull();
    }

    @Test
    void aTokenOfAnotherSubscriptionCannotBeMadeOfTwo() {
        String[] one = tokens.sign(CLAIMS).split("\\.", -1);
        String[] other =
                tokens.sign(new Claims("other", "i-7", 42, 1_800_000_000_123L)).split("\\.", -1);

        assertThat(tokens.verify(one[0] + "." + one[1] + "." + other[2])).isNull();
        assertThat(tokens.verify(one[0] + "." + other[1] + "." + one[2])).isNull();
    }

    @Test
    void theHeaderSelectsNoOtherAlgorithm() {
        String[] parts = tokens.sign(CLAIMS).split("\\.", -1);
        for (String header : new String[] {
            "{\"alg\":\"none\"}",
            "{\"alg\":\"none\",\"kid\":\"" + keys.activeKid() + "\"}",
            "{\"alg\":\"EdDSA\",\"kid\":\"" + keys.activeKid() + "\"}",
            "{\"kid\":\"" + keys.activeKid() + "\",\"alg\":\"HS256\"}",
            "{\"alg\":\"HS256\",\"kid\":\"" + keys.activeKid() + "\",\"jwk\":{}}",
        }) {
            assertThat(tokens.verify(part(header) + "." + parts[1] + "." + parts[2]))
                    .isNull();
            assertThat(tokens.verify(part(header) + "." + parts[1] + ".")).isNull();
        }
    }

    @Test
    void aChangeOfAnyCharacterIsSeen() {
        String token = tokens.sign(CLAIMS);
        for (int i = 0; i < token.length(); i++) {
            for (char c : new char[] {'A', 'B', '_', '.', '=', ' ', 'é', '\0'}) {
                String changed = token.substring(0, i) + c + token.substring(i + 1);
                // The last character has bits that no byte contains.
                if (token.charAt(i) != c && i < token.length() - 1) {
                    assertThat(tokens.verify(changed)).as(changed).isNull();
                }
            }
            assertThat(tokens.verify(token.substring(0, i))).isNull();
            assertThat(tokens.verify(token.substring(i + 1))).isNull();
        }
        assertThat(tokens.verify(token + "A")).isNull();
        assertThat(tokens.verify(token + ".")).isNull();
        assertThat(tokens.verify("Bearer " + token)).isNull();
    }

    @Test
    void randomTextIsNoToken() {
        String token = tokens.sign(CLAIMS);
        String alphabet = "eyJABC_-.=/+ {}\"\u0000\uD800é" + token;
        for (int seed = 0; seed < ROUNDS; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder(random.nextBoolean() ? token : "");
            for (int edits = random.nextInt(8); edits >= 0; edits--) {
                char c = alphabet.charAt(random.nextInt(alphabet.length()));
                text.insert(random.nextInt(text.length() + 1), c);
            }
            assertThat(tokens.verify(text.toString()))
                    .as("seed %s: %s", seed, text)
                    .isNull();
        }
        assertThat(tokens.verify("a".repeat(1 << 20))).isNull();
        assertThat(tokens.verify((token.substring(0, token.indexOf('.')) + ".").repeat(100)))
                .isNull();
    }

    @Test
    void theKeyOfATokenVerifiesForAnHourAfterItWasReplaced() {
        KeySet old = keys.set();
        VerifyingKey key = old.current().verifying();
        KeySet rotated = old.rotated(nowMillis.get(), false);

        assertThat(rotated.current().verifying().id()).isNotEqualTo(key.id());
        assertThat(rotated.verifying(nowMillis.get() + TimeUnit.HOURS.toMillis(1) - 1))
                .extracting(VerifyingKey::id)
                .containsExactly(rotated.current().verifying().id(), key.id());
        assertThat(rotated.verifying(nowMillis.get() + TimeUnit.HOURS.toMillis(1)))
                .extracting(VerifyingKey::id)
                .containsExactly(rotated.current().verifying().id());
        assertThat(old.rotated(nowMillis.get(), true).verifying(nowMillis.get()))
                .hasSize(1);
    }
}
