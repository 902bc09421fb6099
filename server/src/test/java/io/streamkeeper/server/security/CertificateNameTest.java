package io.streamkeeper.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.streamkeeper.server.config.SecurityConfig;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.tls.Identities;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CertificateNameTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CN=ingest|''|cert:CN=ingest",
                "CN=ingest,O=Acme|ip:127.0.0.1|cert:CN=ingest",
                "CN=admin|uri:spiffe://example.org/ingest|cert:URI=spiffe://example.org/ingest",
                "O=Acme|uri:spiffe://example.org/ingest|cert:URI=spiffe://example.org/ingest",
                "CN=admin|dns:Ingest.Example.org|cert:DNS=ingest.example.org",
                "CN=admin|email:alice@example.org|cert:EMAIL=alice@example.org",
                "CN=admin|email:a@b.c,dns:host,uri:urn:x|cert:URI=urn:x",
                "CN=ingest\\,admin|''|cert:CN=ingest,admin",
                "CN=ingest+OU=cert|''|cert:CN=ingest",
                "CN=j\\C3\\BCrgen|''|cert:CN=j\u00fcrgen",
                "CN=anonymous|''|cert:CN=anonymous"
            })
    void theNameIsTheFirstKindThatTheCertificateHas(String subject, String others, String name) {
        assertThat(CertificateName.of(Identities.named(subject, others).certificate()))
                .isEqualTo(name)
                .matches(CertificateName::isName);
    }

    /** A subject, which not every issuer verifies, never replaces alternative names that are ambiguous. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CN=admin|dns:a,dns:b|2 names of the kind DNS",
                "CN=admin|uri:urn:x,uri:urn:y|2 names of the kind URI",
                "CN=ingest,OU=a,CN=admin|''|2 names of the kind CN",
                "CN=ingest+CN=admin|''|2 names of the kind CN",
                "O=Acme|''|has no name",
                "UID=admin|ip:127.0.0.1|has no name",
                "CN=Alice Smith|''|not one word",
                "CN=admin\\E2\\80\\AE|''|not one word",
                "CN=admin\\00|''|not one word",
                "CN=\\C2\\A0admin|''|not one word"
            })
    void aCertificateWithoutOneNameIsRefused(String subject, String others, String problem) {
        X509Certificate certificate = Identities.named(subject, others).certificate();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CertificateName.of(certificate))
                .withMessageContaining(problem)
                .withMessageMatching("the certificate has [ -~]*");
    }

    @Test
    void aCertificateIsAPrincipalUntilItExpiresOrIsRefused() throws IOException {
        X509Certificate certificate = Identities.named("CN=ingest", "").certificate();
        AtomicLong now = new AtomicLong(certificate.getNotAfter().toInstant().toEpochMilli() - 1);
        Path rules = Files.write(folder.resolve("policy"), List.of("allow cert:CN=ingest read **"));
        Credentials credentials = new Credentials(null, null, certificate);
        try (SecurityPolicy policy = DrivenPolicies.open(config(rules), now::get, System::nanoTime)) {
            Principal principal = policy.authenticate(credentials).join().principal();
            assertThat(principal).isEqualTo(new Principal("cert:CN=ingest", now.get() + 1, List.of(), true));

            now.incrementAndGet();
            assertThat(policy.authenticate(credentials).join().problem()).isEqualTo("the certificate has expired");
        }
        now.set(0);
        Files.write(rules, List.of("allow * all **", "refuse " + CertificateName.digest(certificate)));
        try (SecurityPolicy policy = DrivenPolicies.open(config(rules), now::get, System::nanoTime)) {
            assertThat(policy.authenticate(credentials).join().problem()).isEqualTo("the certificate is revoked");
        }
    }

    private static SecurityConfig config(Path rules) {
        return ServerConfig.builder()
                .security(security -> security.policy(rules.toString()))
                .build()
                .security();
    }
}
