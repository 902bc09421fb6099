package io.streamkeeper.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.InvalidKeySpecException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookSignatureTest {
    private static final String TEXT = "A".repeat(86);

    @Test
    void theHeaderIsReadAsItIsWritten() {
        byte[] bytes = new byte[Ed25519.SIGNATURE_BYTES];
        bytes[0] = (byte) 0xfb;
        WebhookSignature signature = new WebhookSignature(1_778_324_210, "ds_abc", bytes);

        assertThat(signature.value()).isEqualTo("t=1778324210,kid=ds_abc,ed25519=-w" + "A".repeat(84));
        WebhookSignature read = WebhookSignature.parse(signature.value());
        assertThat(read).isNotNull();
        assertThat(read.seconds()).isEqualTo(1_778_324_210);
        assertThat(read.keyId()).isEqualTo("ds_abc");
        assertThat(read.bytes()).isEqualTo(bytes);
        assertThat(new String(WebhookSignature.prefix(7), StandardCharsets.US_ASCII))
                .isEqualTo("7.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "t=1",
                "t=,kid=a,ed25519=X",
                "t=-1,kid=a,ed25519=X",
                "t=+1,kid=a,ed25519=X",
                "t=1.5,kid=a,ed25519=X",
                "t=9999999999999999,kid=a,ed25519=X",
                "t=١,kid=a,ed25519=X",
                "t=1,kid=,ed25519=X",
                "t=1,kid=a b,ed25519=X",
                "t=1,kid=a\",ed25519=X",
                "t=1,kid=a,kid=b,ed25519=X",
                "t=1,ed25519=X,kid=a",
                "t=1,kid=a,ed25519=XA",
                "t=1,kid=a,ed25519=X=",
                "t=1,kid=a,ed25519=X,",
                "t=1,kid=a,ed25519=X ",
                " t=1,kid=a,ed25519=X",
                "t=1, kid=a, ed25519=X",
                "t=1,kid=a,ed25519=X\n",
                "T=1,kid=a,ed25519=X"
            })
    void whateverElseIsNoSignature(String value) {
        assertThat(WebhookSignature.parse(value.replace("X", TEXT))).isNull();
        assertThat(WebhookSignature.parse("t=1,kid=a,ed25519=" + TEXT)).isNotNull();
        assertThat(WebhookSignature.parse("t=1,kid=a,ed25519=" + TEXT.substring(1)))
                .isNull();
    }

    @Test
    void keysAreTheirBytes() throws GeneralSecurityException {
        // RFC 8032, section 7.1, test 2.
        HexFormat hex = HexFormat.of();
        byte[] seed = hex.parseHex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
        byte[] bytes = hex.parseHex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
        Signature signature = Signature.getInstance(Ed25519.ALGORITHM);
        signature.initSign(Ed25519.privateKey(seed));
        signature.update((byte) 0x72);
        byte[] signed = signature.sign();

        assertThat(hex.formatHex(signed))
                .isEqualTo("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                        + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
        signature.initVerify(Ed25519.publicKey(bytes));
        signature.update((byte) 0x72);
        assertThat(signature.verify(signed)).isTrue();
        assertThat(Ed25519.seed(Ed25519.privateKey(seed))).isEqualTo(seed);
        assertThat(Ed25519.bytes(Ed25519.publicKey(bytes))).isEqualTo(bytes);
    }

    @Test
    void otherKeysAreRefused() throws GeneralSecurityException {
        KeyPair other = KeyPairGenerator.getInstance("X25519").generateKeyPair();

        assertThatIllegalArgumentException().isThrownBy(() -> Ed25519.bytes(other.getPublic()));
        assertThatIllegalArgumentException().isThrownBy(() -> Ed25519.seed(other.getPrivate()));
        assertThatExceptionOfType(InvalidKeySpecException.class).isThrownBy(() -> Ed25519.publicKey(new byte[31]));
        assertThatExceptionOfType(InvalidKeySpecException.class).isThrownBy(() -> Ed25519.privateKey(new byte[33]));
    }
}
