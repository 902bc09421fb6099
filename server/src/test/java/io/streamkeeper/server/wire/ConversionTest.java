package io.streamkeeper.server.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.files.TestFolders;
import io.streamkeeper.protocol.output.LogsFaults;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.storage.Version1Fixture;
import io.streamkeeper.storage.disk.LocalDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that starts with a data directory of format version 1 serves what that version has served. */
class ConversionTest {
    private static TestServer startedWith(Version1Fixture fixture) throws IOException {
        Path directory = TestFolders.create("data");
        fixture.unpack(new LocalDisk(), directory);
        return TestServer.started(ServerConfig.builder()
                .listen(listen -> listen.port(0))
                .data(data -> data.directory(directory)
                        .mustExist(true)
                        .checkpointBytes(64 << 10)
                        .checkpointMillis(150)
                        .segmentBytes(256 << 10))
                .build());
    }

    @ParameterizedTest
    @ValueSource(strings = {"normal", "gap", "digits"})
    @LogsFaults({"is converted", "were converted"})
    void whatVersion1HasServedIsServed(String name) throws IOException {
        Version1Fixture fixture = new Version1Fixture(name);
        try (TestServer server = startedWith(fixture)) {
            for (Version1Fixture.Served served : fixture.served()) {
                check(server, served);
            }
            server.append(TestServer.ROOT + fixture.served().get(0).path(), "and more");
            server.restart();
            fixture.served().stream().skip(1).forEach(served -> check(server, served));
        }
    }

    private static void check(TestServer server, Version1Fixture.Served served) {
        String path = TestServer.ROOT + served.path();
        Answer head = server.head(path);
        assertThat(head.status()).as(served.path()).isEqualTo(served.status());
        if (served.status() != 200) {
            return;
        }
        assertThat(head.field("Content-Type")).isEqualTo(served.contentType());
        assertThat(head.isClosed()).as(served.path() + " is closed").isEqualTo(served.closed());
        byte[] body = server.get(path + "?offset=-1").is(200).body();
        if (served.contentType().equals("application/json")) {
            String text = new String(body, StandardCharsets.UTF_8);
            body = text.replace(" ", "").getBytes(StandardCharsets.UTF_8);
        }
        assertThat(body).as(served.path()).hasSize((int) served.bytes());
        assertThat(sha256(body)).as(served.path()).isEqualTo(served.sha256());
        Answer rest = server.get(path + "?offset=" + served.tail()).is(200);
        assertThat(rest.nextOffset()).as("the tail of " + served.path()).isEqualTo(head.nextOffset());
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
