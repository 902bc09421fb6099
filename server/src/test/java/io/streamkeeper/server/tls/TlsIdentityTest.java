package io.streamkeeper.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.streamkeeper.protocol.files.Identity;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.config.TlsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Which files are accepted when the server starts, and while it runs. Each check stands for a second. */
class TlsIdentityTest {
    @TempDir
    private Path folder;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("io.streamkeeper.server.tls");

    @BeforeEach
    void begin() throws IOException {
        Identities.of("one").write(folder);
        log.start();
        logger.addAppender(log);
        logger.setAdditive(false);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(log);
        logger.setAdditive(true);
    }

    private TlsConfig config() {
        return ServerConfig.builder()
                .tls(tls -> tls.certificateFile(folder.resolve("cert.pem").toString())
                        .keyFile(folder.resolve("key.pem").toString()))
                .build()
                .tls();
    }

    private TlsIdentity opened() throws IOException {
        return TlsIdentity.open(config());
    }

    private void assertRefused(String... parts) {
        assertThatThrownBy(this::opened).isInstanceOf(IOException.class).hasMessageContainingAll(parts);
    }

    // ---- the start ----

    @Test
    void aMissingFileIsNamed() throws Exception {
        Files.delete(folder.resolve("cert.pem"));
        assertRefused("tls-cert: ", folder.resolve("cert.pem") + " does not exist");
    }

    @Test
    void aDirectoryIsRefused() throws Exception {
        Files.delete(folder.resolve("key.pem"));
        Files.createDirectory(folder.resolve("key.pem"));
        assertRefused("tls-key: ", "is a directory; expected a PEM file");
    }

    @Test
    void aFileWithoutACertificateIsRefused() throws Exception {
        Files.writeString(folder.resolve("cert.pem"), Identities.of("one").keyPem());
        assertRefused("tls-cert ", "has no certificate", "-----BEGIN CERTIFICATE-----");
    }

    @Test
    void aDamagedCertificateIsRefusedWithItsLine() throws Exception {
        Files.writeString(folder.resolve("cert.pem"), "text\n" + Identity.pem("CERTIFICATE", new byte[100]));
        assertRefused("tls-cert ", "line 2: the certificate cannot be read");
    }

    @Test
    void theKeyOfAnotherCertificateIsRefused() throws Exception {
        Files.writeString(folder.resolve("key.pem"), Identities.of("two").keyPem());
        assertRefused("tls-key ", "is not the key of the first certificate in tls-cert ");
        Files.writeString(folder.resolve("key.pem"), Identities.of("rsa", "RSA").keyPem());
        assertRefused("tls-key ", "is not the key of the first certificate in tls-cert ");
    }

    @Test
    void aHugeFileIsRefused() throws Exception {
        Files.writeString(folder.resolve("cert.pem"), "x".repeat((1 << 20) + 1));
        assertRefused("tls-cert: ", "has more than 1048576 bytes");
    }

    @Test
    void oneSettingWithoutTheOtherIsRefused() {
        TlsConfig config = ServerConfig.builder()
                .tls(tls -> tls.certificateFile("cert.pem"))
                .build()
                .tls();
        assertThatThrownBy(() -> TlsIdentity.open(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tls-cert is cert.pem and tls-key is none; expected both files, or none");
    }

    @Test
    void aKeyThatOthersCanReadIsReported() throws Exception {
        Files.setPosixFilePermissions(folder.resolve("key.pem"), PosixFilePermissions.fromString("rw-r--r--"));
        opened();
        assertThat(log.list)
                .singleElement()
                .satisfies(event -> assertThat(event.getFormattedMessage())
                        .startsWith("every user of this machine can read tls-key "));
    }

    // ---- changes ----

    @Test
    void aNewPairIsTakenWhenItStaysTheSameForOneCheck() throws Exception {
        TlsIdentity identity = opened();
        TlsContext first = identity.context();
        identity.check();
        identity.check();
        assertThat(identity.context()).isSameAs(first);

        Identities.of("two").write(folder);
        identity.check();
        assertThat(identity.context()).isSameAs(first);
        identity.check();
        assertThat(identity.context()).isNotSameAs(first);
        assertThat(log.list).isEmpty();
    }

    @Test
    void aCertificateAndAKeyThatAreWrittenOneAfterTheOtherAreTakenTogether() throws Exception {
        TlsIdentity identity = opened();
        TlsContext first = identity.context();
        Files.writeString(folder.resolve("cert.pem"), Identities.of("two").certificatePem());
        identity.check();
        Files.writeString(folder.resolve("key.pem"), Identities.of("two").keyPem());
        identity.check();
        assertThat(identity.context()).isSameAs(first);
        identity.check();
        assertThat(identity.context()).isNotSameAs(first);
        assertThat(log.list).isEmpty();
    }

    /** As Kubernetes replaces a secret; the new files may have an older time than the previous ones. */
    @Test
    void filesBehindALinkThatIsReplacedAreTaken() throws Exception {
        Path one = Files.createDirectory(folder.resolve("one"));
        Path two = Files.createDirectory(folder.resolve("two"));
        Identities.of("one").write(one);
        Identities.of("two").write(two);
        for (String name : new String[] {"cert.pem", "key.pem"}) {
            Files.setLastModifiedTime(two.resolve(name), FileTime.fromMillis(0));
            Files.delete(folder.resolve(name));
            Files.createSymbolicLink(folder.resolve(name), Path.of("data", name));
        }
        Files.createSymbolicLink(folder.resolve("data"), Path.of("one"));
        TlsIdentity identity = opened();
        TlsContext first = identity.context();

        Files.createSymbolicLink(folder.resolve("new"), Path.of("two"));
        Files.move(folder.resolve("new"), folder.resolve("data"), StandardCopyOption.ATOMIC_MOVE);
        identity.check();
        identity.check();
        assertThat(identity.context()).isNotSameAs(first);
    }

    @Test
    void aBadPairIsReportedOnceAndThePreviousOneStays() throws Exception {
        TlsIdentity identity = opened();
        TlsContext first = identity.context();
        Files.writeString(folder.resolve("key.pem"), Identities.of("two").keyPem());
        for (int i = 0; i < 10; i++) {
            identity.check();
        }
        assertThat(identity.context()).isSameAs(first);
        assertThat(log.list).singleElement().satisfies(event -> {
            assertThat(event.getLevel()).isEqualTo(Level.WARN);
            assertThat(event.getFormattedMessage())
                    .contains("the previous certificate stays in use: tls-key " + folder.resolve("key.pem"))
                    .contains("is not the key of the first certificate");
        });

        Files.writeString(folder.resolve("cert.pem"), Identities.of("two").certificatePem());
        identity.check();
        identity.check();
        assertThat(identity.context()).isNotSameAs(first);
    }

    @Test
    void aFileThatDisappearsIsReportedOnceAndReadWhenItIsThereAgain() throws Exception {
        TlsIdentity identity = opened();
        TlsContext first = identity.context();
        Files.delete(folder.resolve("cert.pem"));
        for (int i = 0; i < 10; i++) {
            identity.check();
        }
        assertThat(identity.context()).isSameAs(first);
        assertThat(log.list)
                .singleElement()
                .satisfies(event -> assertThat(event.getFormattedMessage())
                        .contains("tls-cert: " + folder.resolve("cert.pem") + " does not exist"));

        Identities.of("two").write(folder);
        identity.check();
        identity.check();
        assertThat(identity.context()).isNotSameAs(first);
    }

    @Test
    void noMessageContainsAKey() throws Exception {
        assertThat(TlsFiles.read(config()).toString())
                .doesNotContain(Identities.of("one").keyPem().substring(40, 60));
    }
}
