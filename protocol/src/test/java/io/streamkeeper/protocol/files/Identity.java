package io.streamkeeper.protocol.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Base64;

/**
 * A key with a certificate that it has signed itself.
 *
 * @param store has both, with the password {@link #PASSWORD}
 */
public record Identity(KeyStore store) {
    /** The password of the store and of its key. */
    public static final String PASSWORD = "password";

    /** The name of the file with the certificate. */
    public static final String CERTIFICATE = "cert.pem";

    /** The name of the file with the key. */
    public static final String KEY = "key.pem";

    private static final String ALIAS = "test";

    /**
     * Makes one with the JDK's tool: the JDK has no interface for that.
     *
     * @param subject such as {@code CN=a}
     * @param algorithm of the key
     * @param others the alternative names, such as {@code dns:a,uri:b}; empty for none
     */
    public static Identity make(String subject, String algorithm, String others) {
        try {
            Path folder = TestFolders.create("keys");
            Path file = folder.resolve("keys.p12");
            Process keytool = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "keytool")
                                    .toString(),
                            "-genkeypair",
                            "-keystore",
                            file.toString(),
                            "-storepass",
                            PASSWORD,
                            "-alias",
                            ALIAS,
                            "-keyalg",
                            algorithm,
                            "-dname",
                            subject,
                            "-ext",
                            others.isEmpty() ? "ku=digitalSignature,keyCertSign" : "san=" + others)
                    .redirectErrorStream(true)
                    .start();
            String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(keytool.waitFor()).as(said).isZero();
            try (InputStream in = Files.newInputStream(file)) {
                KeyStore keys = KeyStore.getInstance("PKCS12");
                keys.load(in, PASSWORD.toCharArray());
                return new Identity(keys);
            } finally {
                Files.delete(file);
                Files.delete(folder);
            }
        } catch (IOException | GeneralSecurityException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    public String certificatePem() {
        try {
            Certificate certificate = store.getCertificate(ALIAS);
            return pem("CERTIFICATE", certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    public X509Certificate certificate() {
        try {
            return (X509Certificate) store.getCertificate(ALIAS);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    public String keyPem() {
        return pem("PRIVATE KEY", key().getEncoded());
    }

    public Key key() {
        try {
            return store.getKey(ALIAS, PASSWORD.toCharArray());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** Writes {@value #CERTIFICATE} and {@value #KEY} in {@code folder}. */
    public void write(Path folder) throws IOException {
        Files.writeString(folder.resolve(CERTIFICATE), certificatePem());
        Files.writeString(folder.resolve(KEY), keyPem());
        Files.setPosixFilePermissions(folder.resolve(KEY), PosixFilePermissions.fromString("rw-------"));
    }

    public static String pem(String label, byte[] content) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content) + "\n-----END " + label
                + "-----\n";
    }
}
