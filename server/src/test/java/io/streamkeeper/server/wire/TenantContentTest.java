package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.JSON;
import static io.streamkeeper.server.wire.TestServer.ROOT;
import static io.streamkeeper.server.wire.TestServer.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.output.MayLogFaults;
import io.streamkeeper.server.config.LimitsConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Limits of streams and of the bytes in them, over connections and restarts. */
@MayLogFaults("a limit refuses requests")
class TenantContentTest {
    private static final String ACME = ROOT + "tenants/acme/";
    private static final String OTHER = ROOT + "tenants/other/";

    private static TestServer limited(Consumer<LimitsConfig.Builder> change) throws IOException {
        return TestServer.started(TestServer.config(config -> config.limits(limits -> {
            limits.tenants("tenants/*");
            change.accept(limits);
        })));
    }

    @Test
    void aTenantStoresWhatItMayAndNoMoreAlsoAfterARestart() throws Exception {
        try (TestServer server = limited(set -> set.tenant("storage=1000"))) {
            server.put(ACME + "a", "x".repeat(600), TEXT).is(201);
            server.post(ACME + "a", "x".repeat(401), TEXT).isError(429, "storage_limit");
            assertThat(server.put(ACME + "b", "x".repeat(401), TEXT)
                            .isError(429, "storage_limit")
                            .field("Retry-After"))
                    .isEqualTo("60");
            server.post(ACME + "a", "x".repeat(400), TEXT).is(204);

            server.restart();

            server.post(ACME + "a", "x", TEXT).isError(429, "storage_limit");
            server.put(ACME + "b", "", TEXT).is(201);
            server.post(ACME + "b", "x", TEXT).isError(429, "storage_limit");
            server.put(OTHER + "a", "x".repeat(1000), TEXT).is(201);
            server.put(ROOT + "elsewhere", "x".repeat(5000), TEXT).is(201);
            assertThat(server.get(ACME + "a?offset=-1").is(200).text()).hasSize(1000);

            server.delete(ACME + "a").is(204);
            server.post(ACME + "b", "x".repeat(1000), TEXT).is(204);
            server.post(ACME + "b", "x", TEXT).isError(429, "storage_limit");
        }
    }

    @Test
    void whatNeedsNoRoomIsExecutedAtTheLimit() throws Exception {
        try (TestServer server = limited(set -> set.tenant("storage=10,streams=1"))) {
            server.put(ACME + "a", "0123456789", TEXT).is(201);
            server.put(ACME + "a", "0123456789", TEXT).is(200);
            server.put(ACME + "b", "", TEXT).isError(429, "stream_limit");
            server.post(ACME + "a", "", TEXT, "Stream-Closed: true").is(204);
            server.get(ACME + "a?offset=-1").is(200);
            server.delete(ACME + "a").is(204);
            server.put(ACME + "b", "", TEXT).is(201);
        }
    }

    @Test
    void aRetryThatStoresNothingIsConfirmedAtTheLimit() throws Exception {
        try (TestServer server = limited(set -> set.tenant("storage=20"))) {
            String closes = "Stream-Closed: true";
            server.put(ACME + "a", "", TEXT).is(201);
            server.post(ACME + "a", "0123456789", produced(0)).is(200);
            server.post(ACME + "a", "0123456789", produced(1)).is(200);

            server.post(ACME + "a", "0123456789", produced(1)).is(204);
            server.post(ACME + "a", "0123456789", produced(0)).is(204);
            server.post(ACME + "a", "0123456789", produced(2)).isError(429, "storage_limit");
            server.post(ACME + "a", "0123456789", produced(3)).isError(409, "producer_sequence_gap");
            server.post(ACME + "a", "0123456789", TEXT).isError(429, "storage_limit");
            server.restart();
            server.post(ACME + "a", "0123456789", produced(1)).is(204);

            server.delete(ACME + "a").is(204);
            server.put(ACME + "a", "", TEXT).is(201);
            server.post(ACME + "a", "0".repeat(20), with(closes, produced(0))).is(200);
            server.post(ACME + "a", "0".repeat(20), with(closes, produced(0))).is(204);
            server.post(ACME + "a", "", TEXT, closes).is(204);
        }
    }

    @Test
    void aRequestThatMayStoreNothingIsNotRefusedBeforeItsBody() throws Exception {
        try (TestServer server = limited(set -> set.tenant("storage=10"));
                TestConnection connection = server.connect()) {
            server.put(ACME + "a", "", TEXT).is(201);
            server.post(ACME + "a", "0123456789", produced(0)).is(200);

            head(connection, "POST", "Producer-Id: p", "Producer-Epoch: 0", "Producer-Seq: 0");
            connection.send("0123456789");
            connection.input().answer(false).is(204);
            head(connection, "PUT");
            connection.send("0123456789");
            connection.input().answer(false).is(200);
            head(connection, "POST");
            connection.input().answer(false).isError(429, "storage_limit");
            connection.send("0123456789");
            head(connection, "DELETE");
            connection.send("0123456789");
            connection.input().answer(false).is(204);
        }
    }

    private static void head(TestConnection connection, String method, String... fields) throws IOException {
        connection.send(method + " " + ACME + "a HTTP/1.1\r\nHost: localhost\r\n" + TEXT + "\r\nContent-Length: 10\r\n"
                + Stream.of(fields).map(field -> field + "\r\n").collect(Collectors.joining()) + "\r\n");
    }

    private static String[] produced(int seq) {
        return new String[] {TEXT, "Producer-Id: p", "Producer-Epoch: 0", "Producer-Seq: " + seq};
    }

    private static String[] with(String field, String... fields) {
        return Stream.concat(Stream.of(field), Stream.of(fields)).toArray(String[]::new);
    }

    @Test
    void aJsonMessageIsCountedAsItIsStored() throws Exception {
        try (TestServer server = limited(set -> set.tenant("storage=12"))) {
            server.put(ACME + "a", "", JSON).is(201);
            server.post(ACME + "a", "[1,2,3]", JSON).is(204);
            server.post(ACME + "a", "[4,5]", JSON).is(204);
            server.post(ACME + "a", "[6,7]", JSON).isError(429, "storage_limit");
        }
    }

    @Test
    void theTenantOfTheSourcePaysForWhatForksInherit() throws Exception {
        try (TestServer server = limited(set -> set.tenant("storage=100"))) {
            server.put(ACME + "source", "x".repeat(90), TEXT).is(201);
            server.put(OTHER + "fork", "y".repeat(100), TEXT, "Stream-Forked-From: " + ACME + "source")
                    .is(201);
            server.post(OTHER + "fork", "y", TEXT).isError(429, "storage_limit");
            server.delete(ACME + "source").is(204);
            server.restart();
            server.put(ACME + "new", "x".repeat(11), TEXT).isError(429, "storage_limit");

            server.delete(OTHER + "fork").is(204);

            Awaitility.await()
                    .untilAsserted(() ->
                            server.put(ACME + "new", "x".repeat(100), TEXT).is(201));
        }
    }

    @Test
    void whatExpiresMakesRoom() throws Exception {
        try (TestServer server = limited(set -> set.tenant("streams=1"))) {
            server.put(ACME + "a", "", TEXT, "Stream-TTL: 1").is(201);
            server.put(ACME + "b", "", TEXT).isError(429, "stream_limit");
            Awaitility.await()
                    .untilAsserted(() -> server.put(ACME + "b", "", TEXT).is(201));
        }
    }

    @Test
    void theStreamsOfTheWholeServerAreCapped() throws Exception {
        try (TestServer server = limited(set -> set.streamsMax(2))) {
            server.put(ROOT + "a", "", TEXT).is(201);
            server.put(ACME + "b", "", TEXT).is(201);
            server.put(ROOT + "c", "", TEXT).isError(503, "overloaded");
            server.put(ROOT + "a", "", TEXT).is(200);
            server.restart();
            server.put(ROOT + "c", "", TEXT).isError(503, "overloaded");
            server.delete(ROOT + "a").is(204);
            server.put(ROOT + "c", "", TEXT).is(201);
        }
    }

    @Test
    void manyWritersExceedALimitByNoMoreThanOneWriteOfEachShard() throws Exception {
        int max = 40;
        try (TestServer server = limited(set -> set.tenant("streams=" + max))) {
            ExecutorService threads = Executors.newFixedThreadPool(8);
            List<Future<Integer>> creations = new ArrayList<>();
            for (int i = 0; i < 120; i++) {
                String path = ACME + i;
                creations.add(threads.submit(() -> server.put(path, "", TEXT).status()));
            }
            int created = 0;
            for (Future<Integer> creation : creations) {
                int status = creation.get();
                assertThat(status).isIn(201, 429);
                created += status == 201 ? 1 : 0;
            }
            threads.shutdown();
            assertThat(created).isBetween(max, max + TestServer.SHARDS - 1);
        }
    }

    private static String pull(String pattern) {
        return "{\"type\":\"pull-wake\",\"wake_stream\":\"wakes\",\"pattern\":\"" + pattern + "\"}";
    }

    @Test
    void aTenantHasAsManySubscriptionsAsItMayAlsoAfterARestart() throws Exception {
        String subscriptions = ROOT + "__ds/subscriptions/";
        try (TestServer server = limited(set -> set.tenant("subscriptions=2"))) {
            server.put(subscriptions + "a", pull("tenants/acme/**"), JSON).is(201);
            server.put(subscriptions + "b", pull("tenants/acme/b/*"), JSON).is(201);
            assertThat(server.put(subscriptions + "c", pull("tenants/acme/*"), JSON)
                            .isError(429, "subscription_limit")
                            .field("Retry-After"))
                    .isEqualTo("60");
            server.put(subscriptions + "a", pull("tenants/acme/**"), JSON).is(200);
            server.put(subscriptions + "other", pull("tenants/other/**"), JSON).is(201);
            server.put(subscriptions + "all", pull("**"), JSON).is(201);

            server.restart();

            server.put(subscriptions + "c", pull("tenants/acme/*"), JSON).isError(429, "subscription_limit");
            server.delete(subscriptions + "b").is(204);
            server.put(subscriptions + "c", pull("tenants/acme/*"), JSON).is(201);
            server.put(subscriptions + "b", pull("tenants/acme/b/*"), JSON).isError(429, "subscription_limit");
        }
    }
}
