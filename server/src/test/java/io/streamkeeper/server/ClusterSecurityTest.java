package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.files.Identity;
import io.streamkeeper.protocol.output.MayLogFaults;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.security.JwtSigner;
import io.streamkeeper.server.security.NewToken;
import io.streamkeeper.server.tls.Identities;
import io.streamkeeper.server.wire.Answer;
import io.streamkeeper.server.wire.TestConnection;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a member passes on is decided by the leader: TLS, credentials and limits hold through any member. */
@Timeout(180)
@MayLogFaults({"was abandoned: {}", "a limit refuses requests"})
class ClusterSecurityTest {
    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final long HOUR_SECONDS = 3_600;

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(Identities.client(null))
            .build();

    @TempDir
    Path folder;

    /** The servers of members whose configuration is changed. */
    private final class Servers implements AutoCloseable {
        final MembersInJvm members;
        final List<DurableStreamsServer> all;
        final DurableStreamsServer leader;
        final DurableStreamsServer follower;

        Servers(UnaryOperator<ServerConfig.Builder> change) throws IOException {
            members = new MembersInJvm(folder, change);
            all = List.copyOf(members.startServers().values());
            leader = all.get(MembersInJvm.NAMES.indexOf(members.leader()));
            follower = all.get(MembersInJvm.NAMES.indexOf(members.follower()));
        }

        @Override
        public void close() {
            all.forEach(DurableStreamsServer::close);
            members.close();
        }
    }

    private HttpResponse<String> send(
            DurableStreamsServer server, String method, String path, @Nullable String credentials) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.url() + path))
                .timeout(Duration.ofSeconds(30))
                .method(method, BodyPublishers.ofString(method.equals("GET") ? "" : "x"))
                .header("Content-Type", "text/plain");
        if (credentials != null) {
            request.header("Authorization", "Bearer " + credentials);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private int status(DurableStreamsServer server, String method, String path, @Nullable String credentials)
            throws Exception {
        return send(server, method, path, credentials).statusCode();
    }

    private Path secretFile(String name, String content) throws IOException {
        Path file = Files.writeString(folder.resolve(name), content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private static String jwt(String subject, long expiresInSeconds) {
        return JwtSigner.SECRET.sign(
                Map.of("sub", subject, "exp", System.currentTimeMillis() / 1_000 + expiresInSeconds));
    }

    @Test
    void writesReachALeaderOfHttpsAndItDecidesByTheCredentialsOfTheClient() throws Exception {
        Identity identity = Identities.of("members");
        identity.write(folder);
        String certificate = folder.resolve(Identity.CERTIFICATE).toString();
        String key = folder.resolve(Identity.KEY).toString();
        NewToken alice = NewToken.make("alice", null);
        NewToken bob = NewToken.make("bob", null);
        Path tokens = secretFile("tokens", alice.line() + "\n" + bob.line() + "\n");
        Path policy = secretFile("policy", "allow alice all a/**\nallow bob read a/**\nallow carol append a/**\n");
        Path jwtKey = secretFile("jwt", SECRET);
        try (Servers servers = new Servers(config -> config.tls(
                        tls -> tls.certificateFile(certificate).keyFile(key))
                .cluster(cluster -> cluster.tls(certificate, key, certificate))
                .security(security -> security.tokens(tokens.toString())
                        .policy(policy.toString())
                        .jwt(jwt -> jwt.key(jwtKey.toString()))))) {
            for (DurableStreamsServer server : servers.all) {
                assertThat(server.url()).startsWith("https://");
                String path = "a/" + servers.all.indexOf(server);
                assertThat(status(server, "PUT", path, null)).isEqualTo(401);
                assertThat(status(server, "PUT", path, bob.token())).isEqualTo(403);
                HttpResponse<String> created = send(server, "PUT", path, alice.token());
                assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
                assertThat(status(server, "POST", path, alice.token())).isEqualTo(204);
                assertThat(status(server, "POST", path, bob.token())).isEqualTo(403);
                assertThat(status(server, "POST", path, jwt("carol", HOUR_SECONDS)))
                        .isEqualTo(204);
                assertThat(status(server, "POST", path, jwt("carol", -HOUR_SECONDS)))
                        .isEqualTo(401);
                assertThat(status(server, "POST", "b", jwt("carol", HOUR_SECONDS)))
                        .isEqualTo(403);
                for (DurableStreamsServer other : servers.all) {
                    assertThat(send(other, "GET", path, bob.token()).body()).isEqualTo("xxx");
                    assertThat(status(other, "GET", path, null)).isEqualTo(401);
                    assertThat(status(other, "GET", path, jwt("carol", HOUR_SECONDS)))
                            .isEqualTo(403);
                }
                assertThat(status(server, "DELETE", path, bob.token())).isEqualTo(403);
                assertThat(status(server, "DELETE", path, alice.token())).isEqualTo(204);
            }
        }
    }

    @Test
    void theLimitsOfAClientHoldThroughEachMember() throws Exception {
        NewToken alice = NewToken.make("alice", null);
        NewToken bob = NewToken.make("bob", null);
        Path tokens = secretFile("tokens", alice.line() + "\n" + bob.line() + "\n");
        Path policy = secretFile("policy", "allow * all **\n");
        try (Servers servers = new Servers(config -> config.security(
                        security -> security.tokens(tokens.toString()).policy(policy.toString()))
                .limits(limits -> limits.client("requests=20/1h")))) {
            int accepted = 0;
            HttpResponse<String> refused = null;
            for (int each = 0; each < 60 && refused == null; each++) {
                DurableStreamsServer server = servers.all.get(each % servers.all.size());
                HttpResponse<String> answer = send(server, "PUT", "a" + each, alice.token());
                if (answer.statusCode() == 429) {
                    refused = answer;
                } else {
                    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
                    accepted++;
                }
            }
            assertThat(accepted).isEqualTo(20);
            assertThat(refused).isNotNull();
            assertThat(refused.body()).contains("\"code\":\"request_limit\"");
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            HttpResponse<String> throughFollower = send(servers.follower, "PUT", "b", alice.token());
            assertThat(throughFollower.statusCode()).isEqualTo(429);
            assertThat(throughFollower.headers().firstValue("Retry-After")).isPresent();
            assertThat(status(servers.follower, "PUT", "c", bob.token())).isEqualTo(201);
        }
    }

    @Test
    void theLimitsOfAnAddressAreThoseOfTheClientIfTheLeaderTrustsTheMember() throws Exception {
        try (Servers servers = new Servers(
                config -> config.limits(limits -> limits.client("requests=5/1h").trustedProxies("127.0.0.1")))) {
            for (String address : List.of("10.0.0.1", "10.0.0.2")) {
                for (int each = 0; each < 6; each++) {
                    Answer answer = put(servers.follower, address + "/" + each, address);
                    assertThat(answer.status()).as(answer.text()).isEqualTo(each < 5 ? 201 : 429);
                }
                assertThat(put(servers.leader, address + "/last", address).status())
                        .isEqualTo(429);
            }
        }
    }

    private static Answer put(DurableStreamsServer server, String path, String address) throws IOException {
        URI uri = URI.create(server.url());
        try (TestConnection connection =
                new TestConnection(new InetSocketAddress(InetAddress.getLoopbackAddress(), uri.getPort()))) {
            return connection.exchange(
                    "PUT", uri.getPath() + path, "", "Content-Type: text/plain", "X-Forwarded-For: " + address);
        }
    }
}
