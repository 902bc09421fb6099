package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.JSON;
import static io.streamkeeper.server.wire.TestServer.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that do everything to a few streams at one time: each request is answered, and none by a fault. */
class ConcurrencyTest {
    private static final int CLIENTS = 8;
    private static final int OPERATIONS = 300;
    private static final int PATHS = 5;

    @RegisterExtension
    static final TestServer SERVER =
            new TestServer(TestServer.config(config -> config.read(read -> read.readBytesMax(100))));

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void whateverMeetsIsAnsweredWithoutAFault(long seed) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        List<Future<?>> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            Random random = new Random(seed * CLIENTS + i);
            clients.add(threads.submit(() -> {
                act(ROOT + "concurrent/" + seed + "/", random);
                return null;
            }));
        }
        for (Future<?> client : clients) {
            client.get();
        }
        threads.shutdown();
    }

    private static void act(String run, Random random) throws IOException {
        TestConnection connection = SERVER.connect();
        for (int i = 0; i < OPERATIONS; i++) {
            String path = run + random.nextInt(PATHS);
            String from = "Stream-Forked-From: " + run + random.nextInt(PATHS);
            switch (random.nextInt(12)) {
                case 0, 1 -> check(connection, "PUT", path, "[1,2,3]", JSON);
                case 2, 3 -> check(connection, "PUT", path, "", from);
                case 4 ->
                    check(
                            connection,
                            "PUT",
                            path,
                            "[9]",
                            JSON,
                            from,
                            "Stream-Fork-Offset: -1",
                            "Stream-Fork-Sub-Offset: 2");
                case 5 -> check(connection, "DELETE", path, "");
                case 6, 7 -> check(connection, "POST", path, "[\"" + "x".repeat(random.nextInt(200)) + "\"]", JSON);
                case 8 -> check(connection, "GET", path + "?live=long-poll&offset=now&timeout=0.005", "");
                case 9 -> {
                    connection.request("GET", path + (random.nextBoolean() ? "?live=sse&offset=-1" : "?offset=-1"), "");
                    connection.close();
                    connection = SERVER.connect();
                }
                case 10 -> {
                    connection.request("GET", path + "?live=long-poll&offset=now", "");
                    connection.close();
                    connection = SERVER.connect();
                }
                default -> check(connection, "GET", path, "");
            }
        }
        connection.close();
    }

    private static void check(TestConnection connection, String method, String target, String body, String... fields)
            throws IOException {
        Answer answer = connection.exchange(method, target, body, fields);
        assertThat(answer.status())
                .as("%s %s: %s", method, target, answer.text())
                .isLessThan(500);
    }
}
