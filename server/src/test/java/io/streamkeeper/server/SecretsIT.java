package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.streamkeeper.server.security.Action;
import io.streamkeeper.server.security.JwtSigner;
import io.streamkeeper.server.security.NewToken;
import io.streamkeeper.server.security.SignedUrls;
import io.streamkeeper.server.tls.Identities;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged jar with recognisable secrets in every place that has any, and with each kind of error in them: nothing
 * that it prints, writes or answers contains one.
 */
class SecretsIT {
    private static final Duration RUN_MAX = Duration.ofSeconds(60);
    private static final int ANSWER_BYTES_MAX = 1 << 20;

    private static final String SIGNING_SECRET = "signing0secret0signing0secret0signing";
    private static final String JWT_SECRET = "0123456789abcdef0123456789abcdef";
    private static final String QUERY_SECRET = "queryOfTheJwksUrlThatIsSecret";
    private static final String WRITTEN_TOKEN = "sk_writtenIntoTheWrongFileOrPlace0123456789";
    private static final NewToken ALICE = NewToken.make("alice", null);

    @TempDir
    private Path folder;

    private final List<String> secrets = new ArrayList<>();
    private final StringBuilder answers = new StringBuilder();

    @BeforeEach
    void files() throws IOException {
        write("tokens", ALICE.line());
        write("policy", "allow alice all **");
        write("keys", "k1 " + SIGNING_SECRET);
        write("jwt", JWT_SECRET);
        Identities.of("localhost").write(folder);
        String key = Identities.of("localhost").keyPem();
        secrets.addAll(List.of(
                SIGNING_SECRET,
                JWT_SECRET,
                QUERY_SECRET,
                WRITTEN_TOKEN,
                ALICE.token(),
                ALICE.token().substring(3, 30)));
        key.lines().filter(line -> line.length() > 40 && !line.startsWith("-")).forEach(secrets::add);
    }

    private Path write(String name, String content) throws IOException {
        Path made = Files.writeString(folder.resolve(name + ".new"), content + "\n");
        Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rw-------"));
        return Files.move(made, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    private void assertNoSecretIn(String place, String text) {
        for (String secret : secrets) {
            assertThat(text).as(place).doesNotContain(secret);
        }
    }

    // ---- commands that end ----

    /** Runs the jar until it ends by itself; returns what it has printed, in which no secret may be. */
    private String fails(String... arguments) throws Exception {
        Path output = folder.resolve("output");
        List<String> command = new ArrayList<>(List.of(
                PackagedServer.runningJava().toString(),
                "-jar",
                PackagedServer.jar().toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(RUN_MAX.toSeconds(), TimeUnit.SECONDS))
                    .as("%s ends; it printed: %s", command, Files.readString(output))
                    .isTrue();
            String printed = Files.readString(output);
            assertThat(process.exitValue()).as(printed).isNotZero();
            assertNoSecretIn(String.join(" ", arguments), printed);
            return printed;
        } finally {
            process.destroyForcibly();
        }
    }

    private String failsToStart(String... flags) throws Exception {
        List<String> all = new ArrayList<>(List.of("--port", "0", "--log-level=debug", "--data-dir", path("none")));
        all.addAll(List.of(flags));
        return fails(all.toArray(String[]::new));
    }

    @Test
    void aStartThatFailsBecauseOfAFileWithSecretsShowsNone() throws Exception {
        write("bad-tokens", "alice " + ALICE.line().split(" ", -1)[1] + " " + WRITTEN_TOKEN);
        assertThat(failsToStart("--token-file", path("bad-tokens"), "--policy-file", path("policy")))
                .contains("line 1 has a third word");
        write("bad-tokens", "alice " + WRITTEN_TOKEN);
        assertThat(failsToStart("--token-file", path("bad-tokens"), "--policy-file", path("policy")))
                .contains("line 1 has a second word");
        assertThat(failsToStart("--token-file", path("keys"), "--policy-file", path("policy")))
                .contains("line 1 has ");
        assertThat(failsToStart("--token-file", path("tokens"), "--policy-file", path("keys")))
                .contains("line 1 has no rule");
        assertThat(failsToStart("--token-file", path("key.pem"), "--policy-file", path("key.pem")))
                .contains("line 1");
        write("bad-keys", "k1 " + SIGNING_SECRET + " " + WRITTEN_TOKEN);
        assertThat(failsToStart("--signing-keys", path("bad-keys"))).contains("line 1 has ");
        write("bad-keys", SIGNING_SECRET + " k1");
        assertThat(failsToStart("--signing-keys", path("bad-keys"))).contains("line 1 has ");
        write("bad-jwt", "{\"kty\":\"oct\",\"k\":\"" + JWT_SECRET + "\",\"use\":");
        assertThat(failsToStart("--jwt-key", path("bad-jwt"))).contains("not a valid JWK");
        write("bad-jwt", JWT_SECRET + " " + SIGNING_SECRET);
        assertThat(failsToStart("--jwt-key", path("bad-jwt"))).contains("no secret");
        assertThat(failsToStart("--jwt-key", path("key.pem"))).contains("no public key");
        assertThat(failsToStart("--tls-cert", path("key.pem"), "--tls-key", path("key.pem")))
                .contains("has no certificate");
        write("cut.pem", Files.readString(folder.resolve("key.pem")).replace("-----END", ""));
        assertThat(failsToStart("--tls-cert", path("cert.pem"), "--tls-key", path("cut.pem")))
                .contains("does not end");
        write(
                "odd.pem",
                Files.readString(folder.resolve("key.pem")).replace("PRIVATE KEY-----\nM", "PRIVATE KEY-----\n!"));
        failsToStart("--tls-cert", path("cert.pem"), "--tls-key", path("odd.pem"));
        for (String name : List.of("keys", "jwt")) {
            Files.setPosixFilePermissions(folder.resolve(name), PosixFilePermissions.fromString("rw-r--r--"));
        }
        assertThat(failsToStart("--signing-keys", path("keys"))).contains("run chmod 600");
        assertThat(failsToStart("--jwt-key", path("jwt"))).contains("run chmod 600");
    }

    @Test
    void aFlagOrACommandThatIsNotValidShowsNoSecret() throws Exception {
        String issuer = "http://issuer.example/jwks?key=" + QUERY_SECRET;
        assertThat(failsToStart("--jwt-jwks", issuer, "--jwt-audience", "a")).contains("expected https");
        assertThat(failsToStart(
                        "--jwt-jwks", "https://u:" + QUERY_SECRET + "@issuer.example/jwks", "--jwt-audience", "a"))
                .contains("a user or a password");
        assertThat(failsToStart("--jwt-jwks", issuer.replace("http:", "https:")))
                .contains("expected an audience");
        fails("sign", "--signing-keys", path("tokens"), "--path", "a", "--allow", "read", "--expires", "1h");
        fails("sign", "--signing-keys", path("keys"), "--path", "a", "--allow", "delete", "--expires", "1h");
        fails("sign", "--signing-keys", path("keys"), "--path", "//", "--allow", "read", "--expires", "1h");
        fails("token", "--name", "*");
        write("config", "signing-keys = " + path("keys") + "\njwt-key = " + path("jwt") + "\nno-such-flag = 1");
        fails("--config", path("config"));
    }

    // ---- a server that runs ----

    /** Sends bytes on a connection of its own, and keeps what the server answers. */
    private void send(URI server, boolean tls, String... requests) throws IOException {
        try (Socket plain = new Socket(server.getHost(), server.getPort())) {
            plain.setSoTimeout(5_000);
            SSLSocketFactory factory = Identities.client(null).getSocketFactory();
            Socket socket = tls ? factory.createSocket(plain, server.getHost(), server.getPort(), true) : plain;
            OutputStream out = socket.getOutputStream();
            for (String request : requests) {
                out.write(request.getBytes(StandardCharsets.ISO_8859_1));
            }
            out.flush();
            answers.append(
                    new String(socket.getInputStream().readNBytes(ANSWER_BYTES_MAX), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            answers.append(e).append('\n');
        }
    }

    private static String request(String line, String... fields) {
        return line + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + String.join("\r\n", fields)
                + "\r\n\r\n";
    }

    @Test
    void aServerThatMeetsEachErrorShowsNoSecret() throws Exception {
        HttpServer issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer.createContext("/jwks", exchange -> {
            byte[] set = ("{\"keys\":[{\"kty\":\"oct\",\"k\":\"" + JWT_SECRET + "\"}").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, set.length);
            exchange.getResponseBody().write(set);
            exchange.close();
        });
        issuer.start();
        Path recording = folder.resolve("recording.jfr");
        Path log = folder.resolve("log");
        String signature =
                SignedUrls.of(folder.resolve("keys")).signature(EnumSet.of(Action.READ), "chat/1", Duration.ofHours(1));
        String jwt = JwtSigner.SECRET.sign(Map.of("sub", "alice", "exp", 4_000_000_000L, "aud", "streams"));
        secrets.addAll(List.of(signature, signature.substring(signature.length() - 20), jwt, jwt.split("\\.", -1)[2]));
        List<String> flags = List.of(
                "--log-level=debug",
                "--token-file=" + path("tokens"),
                "--policy-file=" + path("policy"),
                "--signing-keys=" + path("keys"),
                "--jwt-key=" + path("jwt"),
                "--jwt-audience=streams",
                "--audit-log=" + path("audit"),
                "--access-log=json",
                "--access-log-file=" + path("access-log"),
                "--admin-listen=127.0.0.1:0",
                "--tls-cert=" + path("cert.pem"),
                "--tls-key=" + path("key.pem"),
                "--config="
                        + write(
                                "config",
                                "jwt-jwks = http://127.0.0.1:"
                                        + issuer.getAddress().getPort() + "/jwks?key=" + QUERY_SECRET));
        try (PackagedServer server = PackagedServer.start(
                PackagedServer.runningJava(),
                List.of("-XX:StartFlightRecording=settings=profile,filename=" + recording),
                Map.of(),
                log,
                flags)) {
            requests(server.uri(), signature, jwt);
            reloads(server);
            send(server.adminUri(), false, request("GET /health"), request("GET /metrics"));
            server.signal("QUIT");
            await().atMost(Duration.ofSeconds(20)).until(() -> server.output().contains("Full thread dump"));
            server.stop();
            assertNoSecretIn("the output", server.output());
            assertThat(server.output()).contains("cannot be used");
        } finally {
            issuer.stop(0);
        }
        assertNoSecretIn("the audit log", Files.readString(folder.resolve("audit")));
        assertThat(Files.readString(folder.resolve("audit"))).contains("\"who\":\"alice\"", "\"status\":401");
        assertNoSecretIn("the access log", Files.readString(folder.resolve("access-log")));
        assertThat(Files.readString(folder.resolve("access-log")))
                .contains("\"subject\":\"alice\"", "\"subject\":\"signed:k1\"", "\"status\":401");
        assertThat(answers).contains("HTTP/1.1 200", "HTTP/1.1 400", "HTTP/1.1 401", "HTTP/1.1 403");
        assertNoSecretIn("the answers", answers.toString());
        assertNoSecretIn("the recording", Files.readString(recording, StandardCharsets.ISO_8859_1));
        assertNoSecretInFiles(log.resolveSibling("log-data"));
    }

    private void requests(URI server, String signature, String jwt) throws IOException {
        String root = server.getPath();
        String bearer = "Authorization: Bearer " + ALICE.token();
        String signed = root + "chat/1?signature=" + signature;
        send(server, true, request("PUT " + root + "chat/1", bearer, "Content-Type: text/plain"));
        for (String field : List.of(
                bearer,
                bearer + "x",
                bearer + ", Bearer " + WRITTEN_TOKEN,
                bearer + "\r\nAuthorization: Bearer " + WRITTEN_TOKEN,
                "Authorization: Basic " + ALICE.token(),
                "Authorization: " + ALICE.token(),
                "Authorization: Bearer " + jwt,
                "Authorization: Bearer " + jwt + "x",
                "Authorization: Bearer " + jwt.substring(0, jwt.length() - 3),
                bearer + "\u0001",
                bearer + "\r\n continued",
                bearer + " ".repeat(200_000),
                bearer + "\r\nOrigin: https://evil.example",
                bearer + "\r\nStream-Forked-From: /elsewhere",
                bearer + "\r\nContent-Length: 5")) {
            send(server, true, request("GET " + root + "chat/1", field));
            send(server, true, request("POST " + root + "none", field));
        }
        for (String target : List.of(
                signed,
                signed + "x",
                signed + "&offset=bad",
                signed + "&" + signed.substring(signed.indexOf('?') + 1),
                signed.replace("chat/1", "chat/2"),
                signed.replace("chat/1", "..%2fchat"),
                signed + "%zz",
                signed + " x",
                signed + "\u0001",
                signed + "y".repeat(100_000))) {
            send(server, true, request("GET " + target));
            send(server, true, request("DELETE " + target));
        }
        send(server, true, request("GET " + signed, bearer));
        // What a client writes where no secret belongs may be quoted in the answer that it gets, and nowhere else.
        int answered = answers.length();
        send(server, true, request(ALICE.token()));
        send(server, true, request("GET " + root + "chat/1", "Host: " + ALICE.token()));
        send(server, true, request("GET " + root + "chat/1", bearer, "Transfer-Encoding: " + ALICE.token()));
        answers.setLength(answered);
        send(server, false, request("GET " + root + "chat/1", bearer));
        send(server, false, "\u0016\u0003\u0001", bearer.repeat(20));
        send(server, false, "\u0016" + bearer);
    }

    /** Each file is replaced by one that is not valid, in which there is a secret. */
    private void reloads(PackagedServer server) throws IOException {
        for (Map.Entry<String, String> bad : Map.of(
                        "tokens", "alice " + ALICE.line().split(" ", -1)[1] + " " + WRITTEN_TOKEN,
                        "policy", WRITTEN_TOKEN,
                        "keys", "k1 " + SIGNING_SECRET + " " + SIGNING_SECRET,
                        "jwt", "{" + JWT_SECRET,
                        "key.pem", Files.readString(folder.resolve("key.pem")).replace("-----END", "-----"))
                .entrySet()) {
            write(bad.getKey(), bad.getValue());
        }
        for (String name : List.of("tokens", "policy", "keys", "jwt", "key.pem")) {
            await().atMost(Duration.ofSeconds(20))
                    .until(() ->
                            server.output().lines().anyMatch(line -> line.contains(" WARN ") && line.contains(name)));
        }
    }

    private void assertNoSecretInFiles(Path data) throws IOException {
        try (var files = Files.walk(data)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertNoSecretIn(file.toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
    }
}
