package io.streamkeeper.server.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.streamkeeper.protocol.files.TestFolders;
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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Keys with certificates that they have signed themselves, made once for each name by the JDK's tool: the JDK has no
 * interface for that.
 */
public final class Identities {
    private static final char[] PASSWORD = "password".toCharArray();
    private static final ConcurrentMap<String, Identity> MADE = new ConcurrentHashMap<>();

    private Identities() {}

    /** A key with its certificate. */
    public record Identity(KeyStore store) {
        public String certificatePem() {
            try {
                Certificate certificate = store.getCertificate("test");
                return pem("CERTIFICATE", certificate.getEncoded());
            } catch (GeneralSecurityException e) {
                throw new AssertionError(e);
            }
        }

        public X509Certificate certificate() {
            try {
                return (X509Certificate) store.getCertificate("test");
            } catch (GeneralSecurityException e) {
                throw new AssertionError(e);
            }
        }

        public String keyPem() {
            return pem("PRIVATE KEY", key().getEncoded());
        }

        Key key() {
            try {
                return store.getKey("test", PASSWORD);
            } catch (GeneralSecurityException e) {
                throw new AssertionError(e);
            }
        }

        /** Writes {@code cert.pem} and {@code key.pem} in {@code folder}. */
        public void write(Path folder) throws IOException {
            Files.writeString(folder.resolve("cert.pem"), certificatePem());
            Files.writeString(folder.resolve("key.pem"), keyPem());
            Files.setPosixFilePermissions(folder.resolve("key.pem"), PosixFilePermissions.fromString("rw-------"));
        }
    }

    /** An identity with an EC key. */
    public static Identity of(String name) {
        return of(name, "EC");
    }

    /** An identity with a key of {@code algorithm}. */
    public static Identity of(String name, String algorithm) {
        return MADE.computeIfAbsent(
                name + " " + algorithm, key -> make("CN=" + name, algorithm, "ip:127.0.0.1,dns:localhost"));
    }

    /** An identity with a subject, and the alternative names in {@code others}, such as {@code dns:a,uri:b}. */
    public static Identity named(String subject, String others) {
        return MADE.computeIfAbsent(subject + " " + others, key -> make(subject, "EC", others));
    }

    private static Identity make(String subject, String algorithm, String others) {
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
                            new String(PASSWORD),
                            "-alias",
                            "test",
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
                keys.load(in, PASSWORD);
                return new Identity(keys);
            } finally {
                Files.delete(file);
                Files.delete(folder);
            }
        } catch (IOException | GeneralSecurityException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    public static String pem(String label, byte[] content) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content) + "\n-----END " + label
                + "-----\n";
    }

    /** What a client needs that trusts every server, and has {@code own} if that is not null. */
    public static SSLContext client(@Nullable Identity own) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            if (own != null) {
                keys.init(own.store(), PASSWORD);
            }
            context.init(
                    own == null ? null : keys.getKeyManagers(),
                    InsecureTrustManagerFactory.INSTANCE.getTrustManagers(),
                    null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
