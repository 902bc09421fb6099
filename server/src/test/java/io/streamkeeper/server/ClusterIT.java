package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three processes of the packaged jar as one cluster, killed in turn while clients write to the one that leads: what was
 * acknowledged is on each of them, once and in order. {@code -Dcluster.kills=N} kills as often as wanted.
 */
class ClusterIT {
    private static final int WRITERS = 4;
    private static final int STREAMS = 3;
    private static final int APPENDS_BETWEEN = 50;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern TOKEN = Pattern.compile("<([0-9]+):([0-9]+):([0-9]+)>");

    @TempDir
    private Path folder;

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final AtomicBoolean ends = new AtomicBoolean();

    /** The time of the last acknowledgement, and the node that gave it. */
    private final AtomicLong acknowledgedNanos = new AtomicLong(System.nanoTime());

    private final AtomicLong acknowledgements = new AtomicLong();
    private volatile int acknowledgedBy;

    @Test
    void nothingAcknowledgedIsLostWhenMembersAreKilledInTurn() throws Exception {
        int kills = Integer.getInteger("cluster.kills", 6);
        List<Long> outages = new ArrayList<>();
        try (ClusterProcesses members = new ClusterProcesses(folder, "--cluster-routing", "redirect")) {
            members.startAll();
            for (int stream = 0; stream < STREAMS; stream++) {
                create(members, stream);
            }
            ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
            List<Future<List<String>>> writers = new ArrayList<>();
            for (int number = 0; number < WRITERS; number++) {
                writers.add(threads.submit(new Writer(members, number)));
            }
            for (int turn = 0; turn < kills; turn++) {
                members.awaitAllReady();
                long before = acknowledgements.get();
                await().atMost(PATIENCE).until(() -> {
                    checkRunning(writers);
                    return acknowledgements.get() >= before + APPENDS_BETWEEN;
                });
                int leader = acknowledgedBy;
                boolean killsLeader = turn % 3 != 2;
                int killed = killsLeader ? leader : (leader + 1) % ClusterProcesses.COUNT;
                members.kill(killed);
                long killedNanos = System.nanoTime();
                await().atMost(PATIENCE)
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> acknowledgedNanos.get() > killedNanos);
                if (killsLeader) {
                    outages.add(TimeUnit.NANOSECONDS.toMillis(acknowledgedNanos.get() - killedNanos));
                }
                members.start(killed);
            }
            ends.set(true);
            Set<String> acknowledged = new HashSet<>();
            for (Future<List<String>> writer : writers) {
                acknowledged.addAll(writer.get());
            }
            threads.shutdown();
            System.out.println("milliseconds from kill -9 of the leader to an acknowledgement: " + outages);
            assertThat(acknowledged).hasSizeGreaterThan(kills * 20);
            for (int node = 0; node < ClusterProcesses.COUNT; node++) {
                URI at = members.uri(node);
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(tokens(at)).containsAll(acknowledged));
            }
        }
    }

    /** Throws what a writer has thrown. */
    private static void checkRunning(List<Future<List<String>>> writers) throws Exception {
        for (Future<List<String>> writer : writers) {
            if (writer.isDone()) {
                writer.get();
            }
        }
    }

    private void create(ClusterProcesses members, int stream) throws Exception {
        await().atMost(PATIENCE).until(() -> {
            for (int node = 0; node < ClusterProcesses.COUNT; node++) {
                HttpRequest request = HttpRequest.newBuilder(members.uri(node).resolve("s" + stream))
                        .header("Content-Type", "text/plain")
                        .PUT(BodyPublishers.noBody())
                        .build();
                if (client.send(request, BodyHandlers.discarding()).statusCode() / 100 == 2) {
                    acknowledgedBy = node;
                    return true;
                }
            }
            return false;
        });
    }

    /** All tokens that a member has; those of each writer have the numbers from 0 on, in order, in each stream. */
    private Set<String> tokens(URI at) throws IOException, InterruptedException {
        Set<String> all = new HashSet<>();
        for (int stream = 0; stream < STREAMS; stream++) {
            int[] next = new int[WRITERS];
            HttpResponse<String> response =
                    client.send(HttpRequest.newBuilder(at.resolve("s" + stream)).build(), BodyHandlers.ofString());
            Matcher matcher = TOKEN.matcher(response.body());
            while (matcher.find()) {
                int writer = Integer.parseInt(matcher.group(1));
                assertThat(matcher.group()).isEqualTo("<" + writer + ":" + stream + ":" + next[writer] + ">");
                next[writer]++;
                all.add(matcher.group());
            }
        }
        return all;
    }

    /** Appends as a producer, at any member, and repeats what is not acknowledged; returns what is. */
    private final class Writer implements Callable<List<String>> {
        private final ClusterProcesses members;
        private final int number;
        private final Random random;
        private final long[] next = new long[STREAMS];
        private volatile int node;
        private final List<String> acknowledged = new ArrayList<>();

        Writer(ClusterProcesses members, int number) {
            this.members = members;
            this.number = number;
            this.random = new Random(number);
        }

        @Override
        public List<String> call() throws Exception {
            while (!ends.get()) {
                int stream = random.nextInt(STREAMS);
                String token = "<" + number + ":" + stream + ":" + next[stream] + ">";
                append(stream, token);
                acknowledged.add(token);
                next[stream]++;
            }
            return acknowledged;
        }

        private void append(int stream, String token) {
            node = acknowledgedBy;
            await().atMost(PATIENCE)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> {
                        boolean isAcknowledged = isAcknowledged(stream, token);
                        node = (node + 1) % ClusterProcesses.COUNT;
                        return isAcknowledged;
                    });
        }

        private boolean isAcknowledged(int stream, String token) throws InterruptedException {
            HttpRequest request = HttpRequest.newBuilder(members.uri(node).resolve("s" + stream))
                    .timeout(Duration.ofSeconds(5))
                    .header("Content-Type", "text/plain")
                    .header("Producer-Id", "w" + number)
                    .header("Producer-Epoch", "0")
                    .header("Producer-Seq", Long.toString(next[stream]))
                    .POST(BodyPublishers.ofString(token))
                    .build();
            try {
                int status = client.send(request, BodyHandlers.discarding()).statusCode();
                if (status / 100 == 2) {
                    acknowledgedBy = node;
                    acknowledgedNanos.set(System.nanoTime());
                    acknowledgements.incrementAndGet();
                    return true;
                }
                assertThat(status).as("the answer to %s", token).isIn(307, 503);
            } catch (IOException e) {
                // The member was killed.
            }
            return false;
        }
    }
}
