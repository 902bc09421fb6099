package io.streamkeeper.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.files.Identity;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.config.TlsConfig;
import io.streamkeeper.server.tls.ClientTrust;
import io.streamkeeper.server.tls.Identities;
import io.streamkeeper.server.tls.TlsIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IssuerCheckTest {
    private static final Identity CLIENT = Identities.named("CN=client", "");
    private static final Identity OTHER = Identities.named("CN=other", "");

    @TempDir
    private Path folder;

    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();

    private void runNext() {
        tasks.remove().run();
    }

    private ClientTrust trust(Identity issuer) throws IOException {
        Identities.of("server").write(folder);
        Path file = Files.writeString(folder.resolve("ca.pem"), issuer.certificatePem());
        TlsConfig config = ServerConfig.builder()
                .tls(tls -> tls.certificateFile(folder.resolve("cert.pem").toString())
                        .keyFile(folder.resolve("key.pem").toString())
                        .clientCaFile(file.toString()))
                .build()
                .tls();
        try (TlsIdentity identity = TlsIdentity.open(config)) {
            return identity.context().trust();
        }
    }

    @Test
    void aResultIsKeptUntilTheIssuersChange() throws IOException {
        ClientTrust began = trust(CLIENT);
        ClientTrust others = trust(OTHER);
        ClientTrust again = trust(CLIENT);
        IssuerCheck check = new IssuerCheck(new X509Certificate[] {CLIENT.certificate()}, began, tasks::add);

        assertThat(check.by(began)).isCompletedWithValue(true);
        check.by(others);
        runNext();
        assertThat(check.by(others)).isCompletedWithValue(false);
        assertThat(check.by(null)).isCompletedWithValue(false);
        check.by(again);
        assertThat(check.by(again)).isNotDone();
        runNext();
        assertThat(check.by(again)).isCompletedWithValue(true);
        assertThat(tasks).isEmpty();
    }

    @Test
    void aCheckThatHasFailedIsRepeated() throws IOException {
        ClientTrust now = trust(CLIENT);
        X509Certificate[] chain = new X509Certificate[1];
        IssuerCheck check = new IssuerCheck(chain, trust(OTHER), tasks::add);
        check.by(now);
        runNext();
        chain[0] = CLIENT.certificate();

        assertThat(check.by(now)).isNotDone();
        runNext();
        assertThat(check.by(now)).isCompletedWithValue(true);
    }
}
