package io.streamkeeper.server.http;

import static io.streamkeeper.server.http.SmallServer.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.server.wire.Answer;
import io.streamkeeper.server.wire.TestConnection;
import io.streamkeeper.storage.disk.Clock;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reads that begin at a time, on a server whose clock the test moves. */
class AppendTimesTest {
    private static final String JSON = "Content-Type: application/json";
    private static final int MIB = 64;

    private final AtomicLong millis =
            new AtomicLong(Instant.parse("2026-01-31T12:00:00Z").toEpochMilli());
    private SmallServer server;

    @BeforeEach
    void start() throws IOException {
        server = new SmallServer(MIB, new Clock() {
            @Override
            public long nowMillis() {
                return millis.get();
            }

            @Override
            public long monotonicNanos() {
                return TimeUnit.MILLISECONDS.toNanos(millis.get());
            }
        });
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Answer exchange(String method, String target, String body, String... fields) throws IOException {
        try (TestConnection connection = server.connect()) {
            return connection.exchange(method, target, body, fields);
        }
    }

    private String read(String target) throws IOException {
        return exchange("GET", target, "").is(200).text();
    }

    @Test
    void aTimeSeparatesAppendsOfAStreamWithRetentionByAge() throws IOException {
        String path = ROOT + "a";
        String fork = ROOT + "fork";
        exchange("PUT", path, "", JSON, "Stream-Retention-Max-Age: 60").is(201);
        exchange("POST", path, "[0]", JSON).is(204);
        millis.addAndGet(1_100);
        String between = "since=" + Instant.ofEpochMilli(millis.get());
        String middle = exchange("POST", path, "[1]", JSON).is(204).nextOffset();
        exchange("PUT", fork, "", "Stream-Forked-From: " + path).is(201);
        assertThat(read(path + "?" + between)).isEqualTo("[1]");
        assertThat(read(fork + "?" + between)).isEqualTo("[1]");
        assertThat(read(path + "?" + between + "&until=" + middle)).isEqualTo("[1]");
        assertThat(read(path + "?live=long-poll&" + between)).isEqualTo("[1]");
    }
}
