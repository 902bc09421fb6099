package io.streamkeeper.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.protocol.files.Identity;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The forms in which tools write private keys. */
class PrivateKeysTest {
    private static final String SEC1 = """
            -----BEGIN EC PARAMETERS-----
            BggqhkjOPQMBBw==
            -----END EC PARAMETERS-----
            -----BEGIN EC PRIVATE KEY-----
            MHcCAQEEINxO0OF/C+YGaN/rsb8z1xEBlfY7wiP/cjg+v+4lNKSHoAoGCCqGSM49
            AwEHoUQDQgAERrlIRKAa/+CnUuWzLMfXa4l0tg2e78IbyfEX5JiSVST3MeulVXnD
            uCAHHWLmB9txpavJbDFuCBGLDRGd4p66Fw==
            -----END EC PRIVATE KEY-----
            """;

    /** The same key. */
    private static final String PKCS8 = """
            -----BEGIN PRIVATE KEY-----
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg3E7Q4X8L5gZo3+ux
            vzPXEQGV9jvCI/9yOD6/7iU0pIehRANCAARGuUhEoBr/4KdS5bMsx9driXS2DZ7v
            whvJ8RfkmJJVJPcx66VVecO4IAcdYuYH23Glq8lsMW4IEYsNEZ3inroX
            -----END PRIVATE KEY-----
            """;

    private static PrivateKey key(String text) {
        return PrivateKeys.of(
                "tls-key key.pem", PemFile.of(new TlsFiles.Content("tls-key key.pem", Path.of("."), text)));
    }

    private static void assertRefused(String text, String... parts) {
        assertThatThrownBy(() -> key(text)).isInstanceOf(TlsException.class).hasMessageContainingAll(parts);
    }

    @Test
    void anEcKeyIsTheSameInBothOfItsForms() {
        ECPrivateKey expected = (ECPrivateKey) key(PKCS8);
        for (String text : List.of(SEC1, SEC1.replace("\n", "\r\n"))) {
            ECPrivateKey key = (ECPrivateKey) key(text);
            assertThat(key.getS()).isEqualTo(expected.getS());
            assertThat(key.getParams()).isEqualTo(expected.getParams());
        }
    }

    @Test
    void anRsaKeyIsTheSameInBothOfItsForms() {
        byte[] pkcs8 = Identities.of("rsa", "RSA").key().getEncoded();
        int head = 26;
        byte[] pkcs1 = Arrays.copyOfRange(pkcs8, head, pkcs8.length);

        assertThat(key(Identity.pem("RSA PRIVATE KEY", pkcs1))).isEqualTo(key(Identity.pem("PRIVATE KEY", pkcs8)));
    }

    @Test
    void everyCutOfAKeyIsRefusedWithItsLine() {
        byte[] sec1 = Base64.getMimeDecoder()
                .decode(SEC1.substring(SEC1.indexOf("MHc"), SEC1.indexOf("-----END EC PRIVATE")));
        for (int length = 0; length < sec1.length; length++) {
            assertRefused(
                    Identity.pem("EC PRIVATE KEY", Arrays.copyOf(sec1, length)),
                    "tls-key key.pem, line 1: the private key");
        }
    }

    @Test
    void anEncryptedKeyIsRefusedWithARemedy() {
        assertRefused(PKCS8.replace("PRIVATE", "ENCRYPTED PRIVATE"), "line 1", "ENCRYPTED PRIVATE KEY", "openssl pkey");
        String old = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE KEY-----\n";
        assertRefused(old, "line 2", "encrypted", "openssl pkey");
    }

    @Test
    void aFileThatIsCutIsRefusedWithTheLineThatBeginsTheBlock() {
        assertRefused(PKCS8.substring(0, PKCS8.length() - 10), "line 1", "-----END PRIVATE KEY-----", "cut");
    }

    @Test
    void aFileWithoutAKeyOrWithTwoIsRefused() {
        assertRefused("hello", "tls-key key.pem has no private key", "-----BEGIN PRIVATE KEY-----");
        assertRefused(PKCS8 + SEC1, "has 2 private keys");
    }
}
