package io.streamkeeper.server.subscription.webhook;

import static io.streamkeeper.server.subscription.webhook.ScriptedReceiver.answering;
import static io.streamkeeper.server.subscription.webhook.ScriptedReceiver.ok;
import static io.streamkeeper.server.subscription.webhook.ScriptedReceiver.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.protocol.files.Identity;
import io.streamkeeper.server.subscription.Deliveries.Result;
import io.streamkeeper.server.subscription.Deliveries.Result.Accepted;
import io.streamkeeper.server.subscription.Deliveries.Result.Failed;
import io.streamkeeper.server.tls.Identities;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass
@MethodSource("io.streamkeeper.server.subscription.webhook.ClientTransport#available")
class WebhookTlsTest {
    private static final long SHORT_MILLIS = 400;
    private static final Identity LOCAL = Identities.of("local");
    private static final Identity OTHER = Identities.named("CN=localhost", "dns:other.example");

    private final ClientTransport transport;

    WebhookTlsTest(ClientTransport transport) {
        this.transport = transport;
    }

    private static TrustManagerFactory trusting(Identity identity) {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("trusted", identity.certificate());
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            return trust;
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    private Result result(SSLContext server, TrustManagerFactory trust, String host) throws IOException {
        try (ScriptedReceiver receiver = new ScriptedReceiver("127.0.0.1", server, answering(ok("{\"done\":true}")));
                ClientRig rig = new ClientRig(transport, true, 8, InetAddress::getAllByName, trust)) {
            Result result =
                    rig.send("https://" + host + ":" + receiver.port() + "/").join();
            if (result instanceof Accepted) {
                assertThat(rig.send("https://" + host + ":" + receiver.port() + "/")
                                .join())
                        .isEqualTo(result);
                assertThat(receiver.connections()).isEqualTo(1);
            }
            rig.awaitNoneUnderWay();
            return result;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1"})
    void aCertificateOfTheHostThatIsTrustedIsAccepted(String host) throws IOException {
        assertThat(result(Identities.client(LOCAL), trusting(LOCAL), host)).isEqualTo(new Accepted(true));
    }

    @Test
    void aCertificateOfAnotherHostIsRefused() throws IOException {
        Result result = result(Identities.client(OTHER), trusting(OTHER), "localhost");

        assertThat(((Failed) result).reason())
                .startsWith("TLS failed while connecting to localhost:")
                .contains("No subject alternative DNS name matching localhost found");
        assertThat(((Failed) result(Identities.client(OTHER), trusting(OTHER), "127.0.0.1")).reason())
                .startsWith("TLS failed while connecting to 127.0.0.1:");
    }

    @Test
    void aCertificateThatNoAuthorityOfTheJvmHasIssuedIsRefused() throws IOException {
        assertThat(((Failed) result(Identities.client(LOCAL), trusting(OTHER), "localhost")).reason())
                .startsWith("TLS failed while connecting to localhost:");
        assertThat(((Failed) result(Identities.client(LOCAL), null, "localhost")).reason())
                .startsWith("TLS failed while connecting to localhost:");
    }

    @Test
    void aReceiverWithoutTlsIsAFailure() throws IOException {
        try (ScriptedReceiver receiver = ScriptedReceiver.of((socket, connection) -> write(socket, ok("{}")));
                ClientRig rig = new ClientRig(transport, true, 8, InetAddress::getAllByName, null)) {
            Result result =
                    rig.send("https://localhost:" + receiver.port() + "/").join();

            assertThat(((Failed) result).reason()).startsWith("TLS failed while connecting to localhost:");
            rig.awaitNoneUnderWay();
        }
    }

    @Test
    void aHandshakeThatHangsEndsInTime() throws IOException {
        try (ScriptedReceiver receiver = ScriptedReceiver.of(
                        (socket, connection) -> socket.getInputStream().transferTo(OutputStream.nullOutputStream()));
                ClientRig rig = new ClientRig(transport, true, 8, InetAddress::getAllByName, null)) {
            Result result = rig.send("https://127.0.0.1:" + receiver.port() + "/", SHORT_MILLIS)
                    .join();

            assertThat(result).isInstanceOf(Failed.class);
            assertThat(((Failed) result).reason()).contains("400 ms");
            await().until(() -> receiver.open() == 0);
            rig.awaitNoneUnderWay();
        }
    }
}
