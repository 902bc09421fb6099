package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Clients that send slowly or read nothing, by the hundreds, against the packaged jar, with little memory and with what
 * the JVM takes by default: the server answers everybody else in time, and its resident memory stays below the sum that
 * it prints at its start (I7). {@code -Dhostile.seconds=N} keeps each attack up for longer.
 */
class HostileClientsIT {
    private static final long SECONDS = Long.getLong("hostile.seconds", 4);

    /** What attackers send of is larger than a server with little memory takes. */
    private static final int LARGE_BODY_BYTES = 10_000_000;

    /** The last of what the server prints when it is ready. */
    private static final Pattern LIMITS =
            Pattern.compile("Memory: (\\d+) MiB at most.*; max-body (\\d+);.* descriptors");

    private static final int APPEND_BYTES = 200_000;

    /** Each goes to every subscriber. */
    private static final int EVENT_BYTES = 10_000;

    /** More is a machine with other work, which may be so much slower. */
    private static final double FREE_CORES_MAX = 0.2;

    private static final long SLOWER_IF_NOT_FREE = 6;

    /** Of /proc/stat: user, nice, system, two kinds of interrupts, and what other machines have taken. */
    private static final List<Integer> BUSY_COLUMNS = List.of(1, 2, 3, 6, 7, 8);

    private static final double TICKS_IN_SECOND = 100;

    @TempDir
    private Path folder;

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private final List<SocketChannel> attackers = new ArrayList<>();
    private PackagedServer server;
    private URI base;
    private long bodyBytesMax;
    private long residentBytesMax;

    /** Flags of the JVM: how much memory it has. */
    private static List<List<String>> memory() {
        return List.of(List.of("-Xmx128m"), List.of());
    }

    private void start(List<String> memory) throws Exception {
        List<String> flags = new ArrayList<>(memory);
        flags.add("-Dio.netty.leakDetection.level=disabled");
        server = PackagedServer.start(
                PackagedServer.runningJava(),
                flags,
                Map.of(),
                folder.resolve("log"),
                List.of("--shards", "1", "--log-level", "error"));
        base = server.uri();
        await().until(() -> LIMITS.matcher(server.output()).find());
        Matcher limits = LIMITS.matcher(server.output());
        assertThat(limits.find()).isTrue();
        residentBytesMax = Long.parseLong(limits.group(1)) << 20;
        bodyBytesMax = Long.parseLong(limits.group(2));
        assertThat(put("honest", "")).isEqualTo(201);
    }

    @AfterEach
    void stop() {
        attackers.forEach(HostileClientsIT::closeQuietly);
        if (server != null) {
            server.close();
        }
    }

    private static void closeQuietly(Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @MethodSource("memory")
    void fiveHundredSlowBodiesHoldNobodyUp(List<String> memory) throws Exception {
        start(memory);
        if (bodyBytesMax < LARGE_BODY_BYTES) {
            attack(500, slowBody(bodyBytesMax));
        }
        attack(500, slowBody(LARGE_BODY_BYTES));
        observe(
                "a byte of each body at a time",
                APPEND_BYTES,
                () -> attackers.forEach(attacker -> trySend(attacker, "x")));
        end();
    }

    private byte[] slowBody(long length) {
        return request("POST", "honest", "Content-Type: text/plain\r\nContent-Length: " + length + "\r\n", 3_000);
    }

    @ParameterizedTest
    @MethodSource("memory")
    void twoThousandSubscribersThatReadNothingHoldNobodyUp(List<String> memory) throws Exception {
        start(memory);
        attack(2_000, request("GET", "honest?offset=now&live=sse", "", 0));
        observe("events for all", EVENT_BYTES, () -> {});
        end();
    }

    @ParameterizedTest
    @MethodSource("memory")
    void readersThatReadNothingHoldNobodyUp(List<String> memory) throws Exception {
        start(memory);
        assertThat(put("large", "")).isEqualTo(201);
        byte[] megabyte = new byte[1_000_000];
        Arrays.fill(megabyte, (byte) 'y');
        for (int i = 0; i < 100; i++) {
            assertThat(append("large", megabyte).statusCode()).isEqualTo(204);
        }
        StringBuilder pipelined = new StringBuilder();
        for (int i = 0; i < 64; i++) {
            pipelined.append(new String(request("GET", "large?offset=-1", "", 0), StandardCharsets.US_ASCII));
        }
        attack(200, pipelined.toString().getBytes(StandardCharsets.US_ASCII));
        observe("nothing", APPEND_BYTES, () -> {});
        end();
    }

    // ---- the attack ----

    private byte[] request(String method, String path, String fields, int bodyBytes) {
        String head = method + " " + base.getRawPath() + path + " HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n";
        return (head + "x".repeat(bodyBytes)).getBytes(StandardCharsets.US_ASCII);
    }

    private void attack(int connections, byte[] bytes) throws IOException {
        for (int i = 0; i < connections; i++) {
            SocketChannel attacker =
                    SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), base.getPort()));
            attackers.add(attacker);
            tryWrite(attacker, ByteBuffer.wrap(bytes));
            if (attacker.isOpen()) {
                attacker.configureBlocking(false);
            }
        }
    }

    /** One that the server has closed is no attacker any more. */
    private static void trySend(SocketChannel attacker, String text) {
        tryWrite(attacker, ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }

    private static void tryWrite(SocketChannel attacker, ByteBuffer out) {
        try {
            do {
                attacker.write(out);
            } while (attacker.isBlocking() && out.hasRemaining());
        } catch (IOException e) {
            closeQuietly(attacker);
        }
    }

    /** What honest clients meet while the attack lasts. */
    private void observe(String what, int appendBytes, Runnable step) throws Exception {
        List<Long> millis = new ArrayList<>();
        int refused = 0;
        int taken = 0;
        byte[] body = new byte[appendBytes];
        Arrays.fill(body, (byte) 'h');
        long residentMax = 0;
        Machine machine = new Machine();
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (System.nanoTime() < until) {
            step.run();
            for (int i = 0; i < 20; i++) {
                millis.add(health());
            }
            HttpResponse<String> answer = append("honest", body);
            if (answer.statusCode() == 204) {
                taken++;
            } else {
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
                assertThat(answer.headers().firstValue("retry-after")).isPresent();
                refused++;
            }
            residentMax = Math.max(residentMax, residentBytes());
        }
        millis.sort(null);
        long p999 = millis.get((int) Math.min(millis.size() - 1, Math.ceil(millis.size() * 0.999) - 1));
        double others = machine.coresOfOthers();
        System.out.printf(
                "%s: %d health checks, 99.9 %% within %d ms, at most %d ms; %d appends taken, %d refused;"
                        + " resident %d MiB of %d; others use %.1f cores%n",
                what,
                millis.size(),
                p999,
                millis.get(millis.size() - 1),
                taken,
                refused,
                residentMax >> 20,
                residentBytesMax >> 20,
                others);
        long factor = others > FREE_CORES_MAX ? SLOWER_IF_NOT_FREE : 1;
        assertThat(p999)
                .as("the 99.9th percentile of /health in ms, while other processes use %.1f cores", others)
                .isLessThanOrEqualTo(factor * 1_000);
        assertThat(millis.get(millis.size() - 1))
                .as("the longest /health in ms, while other processes use %.1f cores", others)
                .isLessThanOrEqualTo(factor * 5_000);
        assertThat(residentMax).as("resident bytes").isLessThanOrEqualTo(residentBytesMax);
        assertThat(server.output()).doesNotContain("OutOfMemory");
    }

    /** All is normal within five seconds of the end. */
    private void end() throws Exception {
        attackers.forEach(HostileClientsIT::closeQuietly);
        attackers.clear();
        byte[] body = new byte[(int) Math.min(bodyBytesMax, 4 << 20)];
        Arrays.fill(body, (byte) 'n');
        await().atMost(Duration.ofSeconds(5)).until(() -> append("honest", body).statusCode() == 204);
        assertThat(health()).isLessThanOrEqualTo(1_000);
    }

    // ---- honest clients ----

    private long health() throws Exception {
        long begun = System.nanoTime();
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(base.resolve("/health"))
                        .timeout(Duration.ofSeconds(30))
                        .build(),
                BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    }

    private int put(String path, String body) throws Exception {
        return client.send(
                        HttpRequest.newBuilder(base.resolve(path))
                                .header("Content-Type", "text/plain")
                                .PUT(BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.discarding())
                .statusCode();
    }

    private HttpResponse<String> append(String path, byte[] body) throws Exception {
        return client.send(
                HttpRequest.newBuilder(base.resolve(path))
                        .header("Content-Type", "text/plain")
                        .timeout(Duration.ofSeconds(30))
                        .expectContinue(true)
                        .POST(BodyPublishers.ofByteArray(body))
                        .build(),
                BodyHandlers.ofString());
    }

    // ---- the process ----

    /** What other processes use of the processors, from its creation on. */
    private final class Machine {
        private final long beganNanos = System.nanoTime();
        private final double began;

        Machine() throws IOException {
            began = othersSeconds();
        }

        double coresOfOthers() throws IOException {
            double seconds = (System.nanoTime() - beganNanos) / (double) TimeUnit.SECONDS.toNanos(1);
            return Math.max(0, othersSeconds() - began) / seconds;
        }

        private double othersSeconds() throws IOException {
            String[] ticks = Files.readAllLines(Path.of("/proc/stat")).get(0).split(" +", -1);
            long busy = BUSY_COLUMNS.stream()
                    .mapToLong(column -> Long.parseLong(ticks[column]))
                    .sum();
            return busy / TICKS_IN_SECOND
                    - seconds(ProcessHandle.current())
                    - seconds(ProcessHandle.of(server.pid()).orElseThrow());
        }

        private double seconds(ProcessHandle process) {
            return process.info().totalCpuDuration().orElseThrow().toMillis() / 1_000.0;
        }
    }

    private long residentBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc", String.valueOf(server.pid()), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
                .findFirst()
                .orElse(0);
    }
}
