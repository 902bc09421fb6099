package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.TEXT;
import static io.streamkeeper.server.wire.TestServer.path;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.server.config.DataConfig.Durability;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * From the answer on that a fork has ended, or was not created, requests about its source find it without that fork, in
 * whatever shards both are.
 */
class ForkEndTest {
    private static final int TRIES = 40;

    private static String of(String source) {
        return "Stream-Forked-From: " + source;
    }

    private interface Case {
        void run(TestServer server) throws IOException;
    }

    private static void tryOften(Durability durability, Case one) throws IOException {
        try (TestServer server =
                TestServer.started(TestServer.config(config -> config.data(data -> data.durability(durability))))) {
            for (int i = 0; i < TRIES; i++) {
                one.run(server);
            }
        }
    }

    /** Nothing holds the path of a source that has no forks. */
    private static void isFreeWhenDeleted(TestServer server, String source) {
        server.delete(source).is(204);
        server.head(source).is(404);
        server.createAt(source, TEXT, "again");
    }

    @ParameterizedTest
    @EnumSource
    void theSourceOfADeletedForkIsFree(Durability durability) throws IOException {
        tryOften(durability, server -> {
            String source = path(0);
            String fork = path(1);
            server.createAt(source, TEXT, "abc");
            server.put(fork, "", of(source)).is(201);
            server.delete(fork).is(204);
            isFreeWhenDeleted(server, source);
        });
    }

    @ParameterizedTest
    @EnumSource
    void allAncestorsOfADeletedForkAreFreeThatNothingElseNeeds(Durability durability) throws IOException {
        tryOften(durability, server -> {
            List<String> chain = List.of(path(0), path(1), path(1), path(2), path(0));
            server.createAt(chain.get(0), TEXT, "abc");
            for (int i = 1; i < chain.size(); i++) {
                server.put(chain.get(i), "", of(chain.get(i - 1))).is(201);
            }
            for (String path : chain) {
                server.delete(path).is(204);
            }
            for (String path : chain) {
                server.head(path).is(404);
                server.createAt(path, TEXT, "again");
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void theSourceOfAForkThatWasRefusedIsFree(Durability durability) throws IOException {
        tryOften(durability, server -> {
            String source = path(0);
            String offset = server.createAt(source, TEXT, "abc");
            server.put(path(1), "", of(source), "Stream-Fork-Offset: " + offset, "Stream-Fork-Sub-Offset: 1")
                    .is(400);
            isFreeWhenDeleted(server, source);
        });
    }

    @ParameterizedTest
    @EnumSource
    void theSourceOfAnExpiredForkIsFreeWhenItsDeletionIsAnswered(Durability durability) throws IOException {
        try (TestServer server =
                TestServer.started(TestServer.config(config -> config.data(data -> data.durability(durability))))) {
            String source = path(0);
            String fork = path(1);
            server.createAt(source, TEXT, "abc");
            server.put(fork, "", of(source), "Stream-TTL: 1").is(201);
            await().until(() -> server.head(fork).status() == 404);
            server.delete(fork).is(404);
            isFreeWhenDeleted(server, source);
        }
    }
}
