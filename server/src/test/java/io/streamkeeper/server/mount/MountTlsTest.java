package io.streamkeeper.server.mount;

import static io.streamkeeper.server.mount.MountingServer.TEXT;
import static io.streamkeeper.server.mount.MountingServer.path;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.streamkeeper.server.config.HttpLimits;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A mount behind TLS, which has bytes of its own to send when a connection ends. */
@Timeout(60)
class MountTlsTest {
    private static final char[] PASSWORD = "password".toCharArray();
    private static final int TIMEOUT_MILLIS = 20_000;

    @TempDir
    private Path folder;

    private SSLContext clients;
    private MountingServer server;

    @BeforeEach
    void start() throws Exception {
        KeyStore keys = keys();
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD);
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(keys);
        clients = SSLContext.getInstance("TLS");
        clients.init(null, trusted.getTrustManagers(), null);
        SslContext servers = SslContextBuilder.forServer(own).build();
        HttpLimits limits = new HttpLimits(8 << 10, 32 << 10, 1 << 20, 64, 10_000, 30_000, 75_000);
        server = MountingServer.started(
                MountingServer.config().withHttp(limits),
                pipeline -> pipeline.addBefore(
                        pipeline.context(HttpServerCodec.class).name(),
                        "tls",
                        servers.newHandler(pipeline.channel().alloc())));
    }

    /** A key and its certificate, made by the JDK's tool: the JDK has no interface for that. */
    private KeyStore keys() throws Exception {
        Path store = folder.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        new String(PASSWORD),
                        "-alias",
                        "test",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=test")
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), US_ASCII);
        assertThat(keytool.waitFor()).as(said).isZero();
        try (InputStream in = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, PASSWORD);
            return keys;
        }
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private SSLSocket connect() throws IOException {
        SSLSocket socket = (SSLSocket) clients.getSocketFactory()
                .createSocket(server.address().getAddress(), server.address().getPort());
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return socket;
    }

    @Test
    void bothSidesAnswerAndTheEndIsProper() throws IOException {
        String path = path();
        try (SSLSocket socket = connect()) {
            send(
                    socket,
                    "PUT " + path + " HTTP/1.1\r\nHost: test\r\n" + TEXT + "\r\nContent-Length: 3\r\n\r\nabc"
                            + "GET /hello HTTP/1.1\r\nHost: test\r\n\r\n"
                            + "GET " + path + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
            // An end without TLS's own farewell would be an exception here.
            String all = new String(socket.getInputStream().readAllBytes(), US_ASCII);
            assertThat(all).containsSubsequence("HTTP/1.1 201 ", "\r\n\r\nGET /hello ", "HTTP/1.1 200 ");
            assertThat(all).endsWith("\r\n\r\nabc");
        }
    }

    @Test
    void aRefusalArrivesThoughTheClientIsStillSending() throws IOException {
        try (SSLSocket socket = connect()) {
            send(
                    socket,
                    "PUT " + path() + " HTTP/1.1\r\nHost: test\r\n" + TEXT + "\r\nContent-Length: 2000000\r\n\r\n");
            send(socket, "x".repeat(1_999_999));
            String all = new String(socket.getInputStream().readAllBytes(), US_ASCII);
            assertThat(all).startsWith("HTTP/1.1 413 ").contains("\"body_too_large\"");
        }
    }

    private static void send(SSLSocket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(US_ASCII));
        out.flush();
    }
}
