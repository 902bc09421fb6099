package io.streamkeeper.server.subscription.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamkeeper.protocol.Ed25519;
import io.streamkeeper.protocol.WebhookSignature;
import io.streamkeeper.protocol.output.LogsFaults;
import io.streamkeeper.server.subscription.WakeTokens.Claims;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredWebhookKeysTest {
    private static final long HOUR_MILLIS = TimeUnit.HOURS.toMillis(1);
    private static final byte[] BODY = "{\"wake_id\":\"w\"}".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path folder;

    private final AtomicLong nowMillis = new AtomicLong(1_700_000_000_999L);
    private Path file;
    private StoredWebhookKeys keys;

    @BeforeEach
    void open() throws IOException {
        file = folder.resolve(StoredWebhookKeys.FILE);
        keys = StoredWebhookKeys.ofFile(file, nowMillis::get, HOUR_MILLIS);
    }

    @AfterEach
    void close() {
        keys.close();
    }

    private void prepare() {
        keys.prepare(Runnable::run).join();
    }

    private static JsonNode jwks(StoredWebhookKeys of) throws IOException {
        return new ObjectMapper().readTree(of.jwkSet()).get("keys");
    }

    private static boolean verifies(JsonNode jwk, WebhookSignature signed) throws GeneralSecurityException {
        Signature signature = Signature.getInstance("Ed25519");
        signature.initVerify(
                Ed25519.publicKey(Base64.getUrlDecoder().decode(jwk.get("x").asText())));
        signature.update((signed.seconds() + ".").getBytes(StandardCharsets.US_ASCII));
        signature.update(BODY);
        return signature.verify(signed.bytes());
    }

    @Test
    void theFirstUseMakesAKeyForItsOwnerOnly() throws Exception {
        assertThat(file).doesNotExist();
        assertThatIllegalStateException().isThrownBy(() -> keys.activeKid());

        prepare();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(folder).isDirectoryNotContaining(each -> !each.equals(file));
        JsonNode jwk = jwks(keys).get(0);
        assertThat(jwk.get("kid").asText()).isEqualTo(keys.activeKid()).matches("ds_[A-Za-z0-9_-]{43}");
        assertThat(jwk.get("kty").asText()).isEqualTo("OKP");
        assertThat(jwk.get("crv").asText()).isEqualTo("Ed25519");
        assertThat(jwk.get("use").asText()).isEqualTo("sig");
        assertThat(jwk.get("alg").asText()).isEqualTo("EdDSA");
        WebhookSignature signed = keys.sign(BODY);
        assertThat(signed.seconds()).isEqualTo(1_700_000_000);
        assertThat(signed.keyId()).isEqualTo(keys.activeKid());
        assertThat(verifies(jwk, signed)).isTrue();
        assertThat(Files.readString(file)).doesNotContain("PRIVATE").startsWith("streamkeeper webhook keys 1\n");
    }

    @Test
    void theIdOfAKeyIsItsThumbprint() {
        // The key and the thumbprint of RFC 8037, appendix A.3.
        byte[] bytes = Base64.getUrlDecoder().decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");

        assertThat(VerifyingKey.of(bytes, bytes).id()).isEqualTo("ds_kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    @Test
    void theKeyIsTheSameAfterARestart() throws Exception {
        prepare();
        String token = new SignedWakeTokens(keys).sign(new Claims("s", "i", 1, 2));
        byte[] content = Files.readAllBytes(file);

        try (StoredWebhookKeys again = StoredWebhookKeys.ofFile(file, nowMillis::get)) {
            assertThat(again.activeKid()).isEqualTo(keys.activeKid());
            assertThat(again.jwkSet()).isEqualTo(keys.jwkSet());
            assertThat(again.sign(BODY).value()).isEqualTo(keys.sign(BODY).value());
            assertThat(new SignedWakeTokens(again).verify(token)).isNotNull();
            again.prepare(Runnable::run).join();
        }
        assertThat(Files.readAllBytes(file)).isEqualTo(content);
    }

    @Test
    void aRotationOfARunningServerKeepsTheOldKeyForAnHour() throws Exception {
        prepare();
        String old = keys.activeKid();
        SignedWakeTokens tokens = new SignedWakeTokens(keys);
        String token = tokens.sign(new Claims("s", "i", 1, 2));
        WebhookSignature signed = keys.sign(BODY);

        String rotated = StoredWebhookKeys.rotate(file, false, nowMillis.get());
        keys.check();

        assertThat(keys.activeKid()).isEqualTo(rotated).isNotEqualTo(old);
        assertThat(jwks(keys)).hasSize(2);
        assertThat(jwks(keys).get(1).get("kid").asText()).isEqualTo(old);
        assertThat(verifies(jwks(keys).get(1), signed)).isTrue();
        assertThat(verifies(jwks(keys).get(0), signed)).isFalse();
        assertThat(tokens.verify(token)).isNotNull();
        assertThat(Files.readString(file)).containsOnlyOnce("signs ").containsOnlyOnce("verifies " + old);

        nowMillis.addAndGet(HOUR_MILLIS);
        assertThat(jwks(keys)).hasSize(1);
        assertThat(tokens.verify(token)).isNull();
    }

    @Test
    void theFileIsReadAgainByItself() throws Exception {
        String first = StoredWebhookKeys.rotate(file, false, nowMillis.get());
        try (StoredWebhookKeys watching = StoredWebhookKeys.ofFile(file, nowMillis::get, 5)) {
            assertThat(watching.activeKid()).isEqualTo(first);

            String rotated = StoredWebhookKeys.rotate(file, false, nowMillis.get());

            await().until(() -> watching.activeKid().equals(rotated));
        }
    }

    @Test
    void aRevokedKeyVerifiesNothing() throws Exception {
        prepare();
        SignedWakeTokens tokens = new SignedWakeTokens(keys);
        String token = tokens.sign(new Claims("s", "i", 1, 2));

        String rotated = StoredWebhookKeys.rotate(file, true, nowMillis.get());
        keys.check();

        assertThat(keys.activeKid()).isEqualTo(rotated);
        assertThat(jwks(keys)).hasSize(1);
        assertThat(tokens.verify(token)).isNull();
    }

    @Test
    void manyRotationsKeepTheLastKeys() throws Exception {
        String last = "";
        for (int i = 0; i < KeySet.RETIRED_MAX + 5; i++) {
            last = StoredWebhookKeys.rotate(file, false, nowMillis.incrementAndGet());
        }

        prepare();

        assertThat(keys.activeKid()).isEqualTo(last);
        assertThat(jwks(keys)).hasSize(KeySet.RETIRED_MAX + 1);
    }

    @Test
    void aKeyInMemoryIsAnotherInEachProcess() throws Exception {
        try (StoredWebhookKeys one = StoredWebhookKeys.inMemory(nowMillis::get);
                StoredWebhookKeys other = StoredWebhookKeys.inMemory(nowMillis::get)) {
            one.prepare(Runnable::run).join();
            other.prepare(Runnable::run).join();
            String kid = one.activeKid();
            one.prepare(Runnable::run).join();

            assertThat(one.activeKid()).isEqualTo(kid).isNotEqualTo(other.activeKid());
            assertThat(verifies(jwks(one).get(0), one.sign(BODY))).isTrue();
        }
    }

    @Test
    void aFileThatOthersMayReadIsRefusedWithTheRemedy() throws Exception {
        prepare();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        assertThatIOException()
                .isThrownBy(() -> StoredWebhookKeys.ofFile(file, nowMillis::get))
                .withMessageContaining(file + " has the mode rw-r--r--")
                .withMessageContaining("run chmod 600 " + file);
        assertThatIOException().isThrownBy(() -> StoredWebhookKeys.rotate(file, false, nowMillis.get()));
    }

    @Test
    void everyDamagedByteIsReportedWithoutTheSecret() throws Exception {
        StoredWebhookKeys.rotate(file, false, nowMillis.get());
        StoredWebhookKeys.rotate(file, false, nowMillis.get());
        byte[] whole = Files.readAllBytes(file);
        String seed = Files.readString(file).lines().toList().get(1).split(" ", -1)[2];
        for (int i = 0; i < whole.length; i++) {
            byte[] damaged = whole.clone();
            damaged[i] ^= 1;
            Files.write(file, damaged);
            assertRefused(seed);
        }
        for (int length = 0; length < whole.length - 1; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertRefused(seed);
        }
    }

    private void assertRefused(String secret) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StoredWebhookKeys.ofFile(file, nowMillis::get))
                .withMessageStartingWith(file + ": ")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain(secret));
    }

    @Test
    void aFileOfAnotherProgramOrVersionIsNamed() throws Exception {
        StoredWebhookKeys.rotate(file, false, nowMillis.get());
        Files.write(file, List.of("-----BEGIN PRIVATE KEY-----", "MC4CAQAwBQYDK2VwBCIEIA"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StoredWebhookKeys.ofFile(file, nowMillis::get))
                .withMessageContaining("its first line is not \"streamkeeper webhook keys 1\"")
                .withMessageContaining("name another file, or move this one away");

        Files.write(file, List.of("streamkeeper webhook keys 2", "x"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StoredWebhookKeys.ofFile(file, nowMillis::get))
                .withMessageContaining("it has version 2; expected 1");
    }

    @Test
    @LogsFaults("has changed and cannot be used")
    void aDamageWhileTheServerRunsKeepsTheLastKeys() throws Exception {
        prepare();
        String kid = keys.activeKid();

        Files.writeString(file, "damaged");
        keys.check();
        assertThat(keys.activeKid()).isEqualTo(kid);

        Files.delete(file);
        String rotated = StoredWebhookKeys.rotate(file, false, nowMillis.get());
        keys.check();
        assertThat(keys.activeKid()).isEqualTo(rotated);
    }

    @Test
    void aDirectoryThatCannotBeWrittenFailsThePreparation() throws IOException {
        Path missing = folder.resolve("none").resolve("keys");
        try (StoredWebhookKeys of = StoredWebhookKeys.ofFile(missing, nowMillis::get)) {
            assertThatExceptionOfType(CompletionException.class)
                    .isThrownBy(() -> of.prepare(Runnable::run).join())
                    .withCauseInstanceOf(IOException.class)
                    .withMessageContaining(folder.resolve("none").toString());
        }
    }
}
