package io.streamkeeper.server.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.output.MayLogFaults;
import io.streamkeeper.server.config.LimitsConfig;
import io.streamkeeper.server.config.ServerConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The connections of clients and tenants, with a driven clock. */
@MayLogFaults("a limit refuses requests")
class ConnectionLimitsTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private long now = 1_000 * SECOND;

    private Limits limits(Consumer<LimitsConfig.Builder> change) {
        try {
            return new Limits(ServerConfig.builder().limits(change).build().limits(), 50, () -> now);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static InetSocketAddress address(int number) {
        return new InetSocketAddress("127.1.0." + number, 4711);
    }

    /** One request; returns the refusal, or null. */
    private static @Nullable LimitRefusal request(
            ConnectionLimits connection,
            @Nullable String name,
            @Nullable String path,
            long bytes,
            List<RequestUse> taken) {
        return connection.begin(name, null, path, bytes, taken::add);
    }

    private static @Nullable LimitRefusal request(ConnectionLimits connection, long bytes) {
        return request(connection, null, null, bytes, new ArrayList<>());
    }

    @Test
    void theRefusalStatesThePolicyAndWhenToRetry() {
        Limits limits = limits(set -> set.client("requests=2/10s"));
        ConnectionLimits connection = limits.connection(address(1));
        assertThat(request(connection, 0)).isNull();
        assertThat(request(connection, 0)).isNull();

        LimitRefusal refusal = Objects.requireNonNull(request(connection, 0));

        assertThat(refusal.refusal().code()).isEqualTo(ErrorCode.REQUEST_LIMIT);
        assertThat(refusal.retrySeconds()).isEqualTo(5);
        assertThat(refusal.policy()).isEqualTo("\"client-requests\";q=2;w=10;qu=\"requests\"");
        assertThat(refusal.state()).isEqualTo("\"client-requests\";r=0;t=5");
        now += 4 * SECOND;
        assertThat(Objects.requireNonNull(request(connection, 0)).retrySeconds())
                .isEqualTo(1);
        now += SECOND;
        assertThat(request(connection, 0)).isNull();
    }

    @Test
    void theConnectionsOfOneAddressShareItsLimit() {
        Limits limits = limits(set -> set.client("requests=10"));
        for (int i = 0; i < 10; i++) {
            ConnectionLimits connection = limits.connection(address(1));
            assertThat(request(connection, 0)).isNull();
            connection.close();
        }
        assertThat(request(limits.connection(address(1)), 0)).isNotNull();
        assertThat(request(limits.connection(address(2)), 0)).isNull();
    }

    @Test
    void aLargeQuotaIsExceededByNoMoreThanTheTabOfEachConnection() {
        Limits limits = limits(set -> set.client("requests=10240/1h"));
        List<ConnectionLimits> connections = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            connections.add(limits.connection(address(1)));
        }
        int allowed = 0;
        for (int i = 0; i < 20_000; i++) {
            allowed += request(connections.get(i % 4), 0) == null ? 1 : 0;
        }
        assertThat(allowed).isBetween(10_240, 10_240 + 4 * 10);
    }

    @Test
    void aNameHasItsOwnLimitOnEachAddress() {
        Limits limits = limits(set -> set.client("requests=2"));
        for (int i = 0; i < 2; i++) {
            assertThat(request(limits.connection(address(i)), "alice", null, 0, new ArrayList<>()))
                    .isNull();
        }
        ConnectionLimits third = limits.connection(address(3));
        assertThat(request(third, "alice", null, 0, new ArrayList<>())).isNotNull();
        assertThat(request(third, "bob", null, 0, new ArrayList<>())).isNull();
        assertThat(request(third, 0)).isNull();
    }

    @Test
    void aBodyThatExceedsTheQuotaIsAcceptedAndPaidLater() {
        Limits limits = limits(set -> set.client("in=1000/1s"));
        ConnectionLimits connection = limits.connection(address(1));
        assertThat(request(connection, 5_000)).isNull();

        LimitRefusal refusal = Objects.requireNonNull(request(connection, 1));

        assertThat(refusal.refusal().code()).isEqualTo(ErrorCode.RECEIVE_LIMIT);
        assertThat(refusal.retrySeconds()).isEqualTo(5);
        assertThat(connection.beforeBody(null, null, null, true, false)).isNotNull();
        now += 4 * SECOND + SECOND / 1000;
        assertThat(connection.beforeBody(null, null, null, true, false)).isNull();
        assertThat(request(connection, 1)).isNull();
    }

    @Test
    void aLongResponsePausesUntilItsBytesArePaid() {
        Limits limits = limits(set -> set.client("out=1000/1s"));
        ConnectionLimits connection = limits.connection(address(1));
        List<RequestUse> uses = new ArrayList<>();
        assertThat(request(connection, null, null, 0, uses)).isNull();
        connection.writes(uses.get(0));
        connection.sent(500);
        assertThat(connection.pauseNanos()).isZero();

        connection.sent(2_500);

        assertThat(connection.pauseNanos()).isBetween(2 * SECOND, 2 * SECOND + SECOND / 500);
        assertThat(Objects.requireNonNull(request(connection, 0)).refusal().code())
                .isEqualTo(ErrorCode.SEND_LIMIT);
        now += 3 * SECOND;
        assertThat(connection.pauseNanos()).isZero();
    }

    @Test
    void aTenantIsLimitedOverAllItsClients() {
        Limits limits = limits(set -> set.tenants("tenants/*").tenant("requests=3"));
        for (int i = 0; i < 3; i++) {
            assertThat(request(limits.connection(address(i)), null, "tenants/acme/" + i, 0, new ArrayList<>()))
                    .isNull();
        }
        ConnectionLimits connection = limits.connection(address(9));
        LimitRefusal refusal = Objects.requireNonNull(request(connection, null, "tenants/acme", 0, new ArrayList<>()));
        assertThat(refusal.refusal().message()).contains("tenant \"tenants/acme\" exceeds requests=3/1s");
        assertThat(request(connection, null, "tenants/acmes", 0, new ArrayList<>()))
                .isNull();
        assertThat(request(connection, null, "elsewhere/acme", 0, new ArrayList<>()))
                .isNull();
    }

    @Test
    void aLiveReadIsReleasedOnceHoweverOftenItsEndIsReported() {
        Limits limits =
                limits(set -> set.client("live=1").tenants("*").tenant("live=2").liveReadsMax(3));
        ConnectionLimits connection = limits.connection(address(1));
        List<RequestUse> uses = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            assertThat(request(connection, null, "acme/x", 0, uses)).isNull();
        }
        assertThat(uses.get(0).holdLive()).isNull();
        assertThat(Objects.requireNonNull(uses.get(1).holdLive()).refusal().code())
                .isEqualTo(ErrorCode.LIVE_LIMIT);
        uses.get(1).end();
        assertThat(uses.get(2).holdLive()).isNotNull();

        uses.get(0).end();
        uses.get(0).end();
        assertThat(uses.get(0).holdLive()).as("after its end").isNull();

        assertThat(uses.get(2).holdLive()).isNull();
        assertThat(Objects.requireNonNull(limits.liveReads()).held()).isEqualTo(1);
        uses.get(2).end();
        assertThat(Objects.requireNonNull(limits.liveReads()).held()).isZero();
        connection.close();
        connection.close();
        assertThat(limits.clients().retain("address 127.1.0.1", now).live()).isZero();
    }

    @Test
    void aLiveReadBeyondTheTenantsLimitHoldsNothingOfItsClient() {
        Limits limits = limits(set -> set.client("live=9").tenants("*").tenant("live=1"));
        ConnectionLimits connection = limits.connection(address(1));
        List<RequestUse> uses = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            assertThat(request(connection, null, "acme/x", 0, uses)).isNull();
            uses.get(i).holdLive();
        }
        assertThat(limits.clients().retain("address 127.1.0.1", now).live()).isEqualTo(1);
    }

    @Test
    void theConnectionsOfAnAddressAreLimited() {
        Limits limits = limits(set -> set.client("connections=2").trustedProxies("127.1.0.7"));
        Runnable first = Objects.requireNonNull(limits.holdConnection(address(1)));
        assertThat(limits.holdConnection(address(1))).isNotNull();
        assertThat(limits.holdConnection(address(1))).isNull();
        assertThat(limits.holdConnection(address(2))).isNotNull();
        first.run();
        assertThat(limits.holdConnection(address(1))).isNotNull();
        for (int i = 0; i < 5; i++) {
            assertThat(limits.holdConnection(address(7)))
                    .as("of a trusted proxy")
                    .isNotNull();
        }
    }

    /** Many clients with several connections each, against a model with one bucket for each client. */
    @Test
    void manyClientsGetWhatTheirBucketsContain() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 20; round++) {
            int clients = 1 + random.nextInt(40);
            int connections = 1 + random.nextInt(5);
            long amount = 1 + random.nextLong(20_000);
            long seconds = 1 + random.nextLong(20);
            Limits limits = limits(set -> set.client("requests=" + amount + "/" + seconds + "s"));
            Map<Integer, ConnectionLimits> open = new HashMap<>();
            double[] buckets = new double[clients];
            long[] times = new long[clients];
            Arrays.fill(buckets, (double) amount);
            Arrays.fill(times, now);
            double tolerance = connections * (amount / (double) Tab.PART) + 1;
            for (int step = 0; step < 20_000; step++) {
                now += random.nextLong(SECOND * seconds / amount + SECOND / 10_000);
                int client = random.nextInt(clients);
                int place = client * connections + random.nextInt(connections);
                if (random.nextInt(50) == 0 && open.containsKey(place)) {
                    Objects.requireNonNull(open.remove(place)).close();
                }
                ConnectionLimits connection = open.computeIfAbsent(place, any -> limits.connection(address(client)));
                double filled = (now - times[client]) * (double) amount / (double) (seconds * SECOND);
                buckets[client] = Math.min((double) amount, buckets[client] + filled);
                times[client] = now;
                boolean taken = request(connection, 0) == null;
                String where = "seed " + seed + ", round " + round + ", step " + step + ", bucket " + buckets[client];
                if (taken) {
                    assertThat(buckets[client]).as("allowed at " + where).isGreaterThan(1 - tolerance);
                    buckets[client] -= 1;
                } else {
                    assertThat(buckets[client]).as("refused at " + where).isLessThan(1 + tolerance);
                }
            }
            limits.close();
        }
    }
}
