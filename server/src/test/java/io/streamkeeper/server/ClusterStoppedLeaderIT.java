package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process of a cluster that led, was stopped, and continues after another one has become the leader. */
class ClusterStoppedLeaderIT {
    private static final int ANSWER_MILLIS_MAX = 60_000;
    private static final int CONNECTIONS = 16;
    private static final int READS_MILLIS = 100;
    private static final String SUBSCRIPTION = "__ds/subscriptions/later";

    @TempDir
    private Path folder;

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void itDoesNotRefuseByWhatItKnewBefore() throws Exception {
        try (ClusterProcesses members = new ClusterProcesses(folder)) {
            members.startAll();
            members.awaitAllReady();
            await().until(() -> members.leader() >= 0);
            int former = members.leader();
            int other = (former + 1) % ClusterProcesses.COUNT;
            members.process(former).signal("STOP");
            await().atMost(Duration.ofMinutes(1)).until(() -> create(members.uri(other)) == 201);
            assertThat(subscribe(members.uri(other))).isEqualTo(201);
            List<Socket> sockets = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                // The process finds the request as soon as it continues.
                Socket socket = new Socket(
                        InetAddress.getLoopbackAddress(), members.uri(former).getPort());
                socket.setSoTimeout(ANSWER_MILLIS_MAX);
                String request = i % 2 == 0 ? append(members.uri(former)) : subscription(members.uri(former));
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                sockets.add(socket);
            }
            members.process(former).signal("CONT");
            for (Socket socket : sockets) {
                assertThat(statusLine(socket.getInputStream()))
                        .matches("HTTP/1.1 (200 OK|204 No Content|503 Service Unavailable)");
                socket.close();
            }
        }
    }

    @Test
    void aStreamWhoseLifeHasEndedDuringAnElectionLivesOn() throws Exception {
        try (ClusterProcesses members = new ClusterProcesses(folder, "--cluster-election-timeout", "3s")) {
            members.startAll();
            members.awaitAllReady();
            await().until(() -> members.leader() >= 0);
            int former = members.leader();
            List<URI> others = IntStream.range(1, ClusterProcesses.COUNT)
                    .mapToObj(each -> members.uri((former + each) % ClusterProcesses.COUNT))
                    .toList();
            assertThat(create(others.get(0), "Stream-TTL", "2")).isEqualTo(201);
            members.process(former).signal("STOP");
            readEverywhere(others);
            await().atMost(Duration.ofMinutes(1))
                    .untilAsserted(() -> assertThat(status("HEAD", others.get(0)))
                            .as("after two seconds without use")
                            .isEqualTo(404));
        }
    }

    /** Reads the stream at each member, without a pause that ends its life, until all of them have it. */
    private void readEverywhere(List<URI> members) throws Exception {
        CountDownLatch left = new CountDownLatch(members.size());
        List<CompletableFuture<Void>> readers = members.stream()
                .map(member -> CompletableFuture.runAsync(() -> readUntil(left, member)))
                .toList();
        for (CompletableFuture<Void> reader : readers) {
            reader.get(1, TimeUnit.MINUTES);
        }
        for (URI member : members) {
            assertThat(status("HEAD", member)).as("a HEAD at each member").isEqualTo(200);
        }
    }

    private void readUntil(CountDownLatch left, URI member) {
        boolean isFirst = true;
        try {
            while (!left.await(READS_MILLIS, TimeUnit.MILLISECONDS)) {
                int status = status("GET", member);
                assertThat(status).as("a read at %s", member).isIn(200, 503);
                if (status == 200 && isFirst) {
                    isFirst = false;
                    left.countDown();
                }
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private int create(URI streams, String... fields) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(streams.resolve("new"))
                .header("Content-Type", "text/plain")
                .PUT(BodyPublishers.noBody());
        for (int i = 0; i < fields.length; i += 2) {
            request.header(fields[i], fields[i + 1]);
        }
        return client.send(request.build(), BodyHandlers.discarding()).statusCode();
    }

    private int status(String method, URI streams) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(streams.resolve("new"))
                .method(method, BodyPublishers.noBody())
                .build();
        return client.send(request, BodyHandlers.discarding()).statusCode();
    }

    private static String append(URI streams) {
        return "POST " + streams.getPath() + "new HTTP/1.1\r\nHost: test\r\nContent-Type: text/plain\r\n"
                + "Content-Length: 1\r\nConnection: close\r\n\r\nx";
    }

    private int subscribe(URI streams) throws IOException, InterruptedException {
        assertThat(putJson(streams.resolve("wakes"), "")).isEqualTo(201);
        return putJson(
                streams.resolve(SUBSCRIPTION),
                "{\"type\":\"pull-wake\",\"pattern\":\"new\",\"wake_stream\":\"wakes\"}");
    }

    private int putJson(URI uri, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(body))
                .build();
        return client.send(request, BodyHandlers.discarding()).statusCode();
    }

    private static String subscription(URI streams) {
        return "GET " + streams.getPath() + SUBSCRIPTION + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";
    }

    private static String statusLine(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\r'; next = in.read()) {
            line.append((char) next);
        }
        return line.toString();
    }
}
