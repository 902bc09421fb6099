package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestConnection.requestText;
import static io.streamkeeper.server.wire.TestServer.JSON;
import static io.streamkeeper.server.wire.TestServer.TEXT;
import static io.streamkeeper.server.wire.TestServer.path;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.StreamPath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Deep chains and wide families of forks over HTTP, with shards of which each holds a part, and starts in between. The
 * depth is {@code -Dstreamkeeper.fork.depth=N}.
 */
class ForkChainTest {
    private static final int DEPTH = Integer.getInteger("streamkeeper.fork.depth", 1_000);

    private static String of(String source) {
        return "Stream-Forked-From: " + source;
    }

    /** A chain, each link a fork of the one before it with one byte of its own; the paths from the root on. */
    private static List<String> chain(TestConnection connection, int depth) throws IOException {
        List<String> paths = new ArrayList<>();
        for (int i = 0; i < depth; i++) {
            String path = path();
            String[] fields = i == 0 ? new String[] {TEXT} : new String[] {TEXT, of(paths.get(i - 1))};
            exchange(connection, "PUT", path, digit(i), fields).is(201);
            paths.add(path);
        }
        return paths;
    }

    private static Answer exchange(TestConnection connection, String method, String path, String body, String... fields)
            throws IOException {
        connection.send(requestText(method, path, body, fields));
        return connection.input().answer(false);
    }

    private static String digit(int i) {
        return Integer.toString(i % 10);
    }

    private static String digits(int from, int to) {
        StringBuilder all = new StringBuilder();
        for (int i = from; i < to; i++) {
            all.append(digit(i));
        }
        return all.toString();
    }

    /** Everything from an offset on, whatever number of answers it takes. */
    private static String readAll(TestServer server, String path, String offset) {
        StringBuilder text = new StringBuilder();
        Answer page = server.get(path + "?offset=" + offset).is(200);
        text.append(page.text());
        while (!page.isUpToDate()) {
            page = server.get(path + "?offset=" + page.nextOffset()).is(200);
            text.append(page.text());
        }
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"root first", "leaf first", "random"})
    void aDeepChainIsReadAndDeletedInAnyOrderWithStartsInBetween(String order) throws IOException {
        try (TestServer server = TestServer.started(TestServer.config())) {
            List<String> paths;
            try (TestConnection connection = server.connect()) {
                paths = chain(connection, DEPTH);
            }
            String leaf = paths.get(DEPTH - 1);
            assertThat(readAll(server, leaf, "-1")).isEqualTo(digits(0, DEPTH));
            server.restart();
            String middle = server.head(paths.get(DEPTH / 2)).nextOffset();
            assertThat(readAll(server, leaf, middle)).isEqualTo(digits(DEPTH / 2 + 1, DEPTH));
            List<String> doomed = new ArrayList<>(paths);
            if (order.equals("leaf first")) {
                Collections.reverse(doomed);
            } else if (order.equals("random")) {
                Collections.shuffle(doomed, new Random(1));
            }
            delete(server, doomed.subList(0, DEPTH / 2));
            server.restart();
            delete(server, doomed.subList(DEPTH / 2, DEPTH));
            for (String path : List.of(paths.get(0), paths.get(DEPTH / 2), leaf)) {
                server.head(path).is(404);
            }
            server.restart();
            server.createAt(paths.get(0), TEXT, "again");
        }
    }

    private static void delete(TestServer server, List<String> paths) throws IOException {
        try (TestConnection connection = server.connect()) {
            for (String path : paths) {
                exchange(connection, "DELETE", path, "").is(204);
            }
        }
    }

    @Test
    void aDeepChainOnOneLoopIsReadWithoutAStackThatGrows() throws IOException {
        try (TestServer server = TestServer.started(TestServer.config())) {
            String root = path(0);
            server.createAt(root, TEXT, "0");
            String last = root;
            try (TestConnection connection = server.connect()) {
                for (int i = 1; i < DEPTH; i++) {
                    String next = path(0);
                    exchange(connection, "PUT", next, digit(i), TEXT, of(last)).is(201);
                    last = next;
                }
            }
            assertThat(new StreamPath(last.substring(TestServer.ROOT.length())).shard(TestServer.SHARDS))
                    .isZero();
            assertThat(readAll(server, last, "-1")).isEqualTo(digits(0, DEPTH));
        }
    }

    @Test
    void aDeepChainOnOneLoopIsDroppedWithoutAStackThatGrows() throws IOException {
        try (TestServer server = TestServer.started(TestServer.config())) {
            List<String> paths = new ArrayList<>(List.of(path(0)));
            server.createAt(paths.get(0), TEXT, "0");
            try (TestConnection connection = server.connect()) {
                for (int i = 1; i < 2 * DEPTH; i++) {
                    paths.add(path(0));
                    exchange(connection, "PUT", paths.get(i), "", TEXT, of(paths.get(i - 1)))
                            .is(201);
                }
            }
            delete(server, paths);
            server.head(paths.get(0)).is(404);
            server.createAt(paths.get(0), TEXT, "again");
        }
    }

    @Test
    void aForkSkipsMessagesOfManyAncestors() throws IOException {
        try (TestServer server = TestServer.started(TestServer.config())) {
            String root = path(0);
            server.createAt(root, JSON, "[0]");
            String last = root;
            try (TestConnection connection = server.connect()) {
                for (int i = 1; i < DEPTH; i++) {
                    String next = path(i % 2);
                    exchange(connection, "PUT", next, "[" + digit(i) + "]", JSON, of(last))
                            .is(201);
                    last = next;
                }
            }
            String fork = path(1);
            server.put(fork, "", of(last), "Stream-Fork-Offset: -1", "Stream-Fork-Sub-Offset: " + (DEPTH - 1))
                    .is(201);
            assertThat(server.get(fork).is(200).text()).hasSize(2 * (DEPTH - 1) + 1);
            server.put(path(0), "", of(last), "Stream-Fork-Offset: -1", "Stream-Fork-Sub-Offset: " + (DEPTH + 1))
                    .isError(400, "invalid_offset");
        }
    }

    @Test
    void manyForksOfOneStreamTakeItWithThemWhenTheLastIsDeleted() throws IOException {
        try (TestServer server = TestServer.started(TestServer.config())) {
            String root = path(0);
            server.createAt(root, TEXT, "abc");
            List<String> forks = new ArrayList<>();
            try (TestConnection connection = server.connect()) {
                for (int i = 0; i < DEPTH; i++) {
                    String fork = path();
                    exchange(connection, "PUT", fork, "", of(root)).is(201);
                    forks.add(fork);
                }
            }
            server.delete(root).is(204);
            server.restart();
            assertThat(server.get(forks.get(DEPTH / 2)).is(200).text()).isEqualTo("abc");
            delete(server, forks.subList(0, DEPTH - 1));
            server.head(root).is(410);
            server.delete(forks.get(DEPTH - 1)).is(204);
            server.head(root).is(404);
        }
    }
}
