package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three processes of the packaged jar as one cluster, killed, stopped, ended and cut off from each other, while clients
 * write and read through all of them. What is acknowledged is there once and in order at each member, and every read
 * that is up to date has what was acknowledged, or read anywhere, before it began.
 *
 * <p>{@code -Dcluster.faults.seconds=N} says for how long (50), {@code -Dcluster.faults.seed=S} repeats the choices,
 * though not the moments.
 */
class ClusterFaultsIT {
    static final int STREAMS = 3;
    private static final int WRITERS = 4;
    private static final int READERS = 3;
    private static final int APPENDS_BETWEEN = 20;
    private static final int HOLD_MILLIS_MAX = 4_000;
    private static final Pattern TOKEN = Pattern.compile("<([0-9]+):([0-9]+)>");

    /** What happens to a member. */
    private enum Fault {
        KILL_LEADER,
        KILL_FOLLOWER,
        KILL_ALL,
        STOP_LEADER,
        STOP_FOLLOWER,
        TERMINATE_LEADER,
        TERMINATE_FOLLOWER,
        CUT_OFF_LEADER,
        CUT_OFF_FOLLOWER,
        CUT_WAY_OF_LEADER,
        CUT_WAY_TO_LEADER;

        boolean isOfLeader() {
            return name().endsWith("LEADER");
        }
    }

    @TempDir
    private Path folder;

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final long seed = Long.getLong("cluster.faults.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final ClusterHistory history = new ClusterHistory(STREAMS);
    private final Map<Fault, Integer> happened = new EnumMap<>(Fault.class);

    @Test
    void whatIsAcknowledgedIsReadThroughEachMemberWhateverHappensToThem() throws Exception {
        long nanos = TimeUnit.SECONDS.toNanos(Long.getLong("cluster.faults.seconds", 50));
        try (ClusterProcesses members = new ClusterProcesses(folder)) {
            members.startAll();
            members.awaitAllReady();
            for (int stream = 0; stream < STREAMS; stream++) {
                create(members.uri(0).resolve("s" + stream));
            }
            List<ClusterClient> clients = clients(members);
            try {
                clients.forEach(Thread::start);
                long begin = System.nanoTime();
                List<Fault> faults = new ArrayList<>();
                while (System.nanoTime() - begin < nanos) {
                    if (faults.isEmpty()) {
                        faults.addAll(List.of(Fault.values()));
                        Collections.shuffle(faults, random);
                    }
                    happen(members, clients, faults.remove(0));
                }
                members.awaitAllReady();
            } finally {
                clients.forEach(ClusterClient::end);
            }
            for (ClusterClient each : clients) {
                each.join();
            }
            System.out.println("-Dcluster.faults.seed=" + seed + ": " + history + ", " + happened);
            checkClients(clients);
            check(members, clients);
        }
    }

    private List<ClusterClient> clients(ClusterProcesses members) {
        List<URI> uris = IntStream.range(0, ClusterProcesses.COUNT)
                .mapToObj(members::uri)
                .toList();
        List<ClusterClient> clients = new ArrayList<>();
        for (int number = 0; number < WRITERS; number++) {
            clients.add(new ClusterClient.Writer(uris, history, number, random.nextLong()));
        }
        for (int number = 0; number < READERS; number++) {
            clients.add(new ClusterClient.Reader(uris, history, number, random.nextLong()));
        }
        return clients;
    }

    private void create(URI stream) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(stream)
                .header("Content-Type", "text/plain")
                .PUT(HttpRequest.BodyPublishers.noBody())
                .build();
        assertThat(client.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(201);
    }

    private static void checkClients(List<ClusterClient> clients) {
        clients.forEach(each -> {
            Throwable failure = each.failure();
            if (failure != null) {
                throw new AssertionError(each.getName() + ": " + failure.getMessage(), failure);
            }
        });
    }

    // ---- faults ----

    private void happen(ClusterProcesses members, List<ClusterClient> clients, Fault fault) throws Exception {
        members.awaitAllReady();
        awaitAppends(clients, APPENDS_BETWEEN);
        int leader = members.leader();
        if (leader < 0) {
            return;
        }
        int other = (leader + 1 + random.nextInt(2)) % ClusterProcesses.COUNT;
        int victim = fault.isOfLeader() ? leader : other;
        switch (fault) {
            case KILL_LEADER, KILL_FOLLOWER -> {
                members.kill(victim);
                hold();
                members.start(victim);
            }
            case KILL_ALL -> {
                for (int node = 0; node < ClusterProcesses.COUNT; node++) {
                    members.kill(node);
                }
                members.startAll();
            }
            case STOP_LEADER, STOP_FOLLOWER -> {
                members.process(victim).signal("STOP");
                hold();
                members.process(victim).signal("CONT");
            }
            case TERMINATE_LEADER, TERMINATE_FOLLOWER -> {
                assertThat(members.process(victim).stop()).isZero();
                hold();
                members.start(victim);
            }
            case CUT_OFF_LEADER, CUT_OFF_FOLLOWER -> {
                members.cut(victim, true);
                hold();
                members.cut(victim, false);
            }
            case CUT_WAY_OF_LEADER -> cutWay(members, leader, other);
            case CUT_WAY_TO_LEADER -> cutWay(members, other, leader);
        }
        happened.merge(fault, 1, Integer::sum);
        awaitAppends(clients, 1);
    }

    private void cutWay(ClusterProcesses members, int from, int to) throws InterruptedException {
        members.cut(from, to, true);
        hold();
        members.cut(from, to, false);
    }

    private void hold() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(random.nextInt(HOLD_MILLIS_MAX));
    }

    private void awaitAppends(List<ClusterClient> clients, int appends) {
        long before = history.acknowledgements();
        await().until(() -> {
            checkClients(clients);
            return history.acknowledgements() >= before + appends;
        });
    }

    // ---- the end ----

    private void check(ClusterProcesses members, List<ClusterClient> clients) throws Exception {
        for (int stream = 0; stream < STREAMS; stream++) {
            String expected = text(members.uri(0), stream);
            for (int node = 1; node < ClusterProcesses.COUNT; node++) {
                assertThat(text(members.uri(node), stream)).isEqualTo(expected);
            }
            for (ClusterClient each : clients) {
                assertThat(expected).startsWith(each.received(stream));
            }
            checkTokens(stream, expected);
        }
    }

    /** Those of each writer have the numbers from 0 on, in order, up to the last acknowledged one at least. */
    private void checkTokens(int stream, String text) {
        long[] next = new long[WRITERS];
        Matcher matcher = TOKEN.matcher(text);
        int end = 0;
        while (matcher.find()) {
            assertThat(matcher.start()).as("what is between tokens").isEqualTo(end);
            end = matcher.end();
            int writer = Integer.parseInt(matcher.group(1));
            assertThat(matcher.group()).isEqualTo("<" + writer + ":" + next[writer] + ">");
            next[writer]++;
        }
        assertThat(end).isEqualTo(text.length());
        for (int writer = 0; writer < WRITERS; writer++) {
            assertThat(next[writer]).isGreaterThanOrEqualTo(history.acknowledged(writer, stream));
        }
    }

    private String text(URI streams, int stream) throws Exception {
        StringBuilder text = new StringBuilder();
        String offset = "-1";
        boolean isUpToDate = false;
        while (!isUpToDate) {
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(streams.resolve("s" + stream + "?offset=" + offset))
                            .build(),
                    BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            text.append(response.body());
            offset = response.headers().firstValue("Stream-Next-Offset").orElseThrow();
            isUpToDate = response.headers().firstValue("Stream-Up-To-Date").isPresent();
        }
        return text.toString();
    }
}
