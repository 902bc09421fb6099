package io.streamkeeper.server.longrun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.server.PackagedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged jar under random traffic, for a time: stopped, killed, paused, verified, backed up, restored and started again
 * with other flags, heaps, locales and transports. {@code -Dlongrun.minutes=N} says how long, {@code -Dlongrun.seed=S} repeats
 * the choices, though not the moments. A run of five minutes or more fails if it has not reached everything in {@link Reach}.
 */
class LongRunIT {
    private static final int CLIENTS = 4;
    private static final double MINUTES_THAT_REACH_ALL = 5;
    private static final int ENDING_MILLIS_MAX = 200;
    private static final Duration SETTLED_MAX = Duration.ofMinutes(3);

    @TempDir
    private Path folder;

    private final Reach reach = new Reach();
    private final List<Traffic> kept = new ArrayList<>();
    private final List<Traffic> forgetful = new ArrayList<>();
    private Path data;
    private int number;
    private String lastEnd = "nothing";

    @Test
    void whatIsAcknowledgedHoldsThroughEverythingThatHappensToAServer() throws Exception {
        double minutes = Double.parseDouble(System.getProperty("longrun.minutes", "0.75"));
        long seed = Long.getLong("longrun.seed", System.nanoTime());
        Random random = new Random(seed);
        data = folder.resolve("data");
        for (int i = 0; i < CLIENTS; i++) {
            kept.add(new Traffic("kept" + i, random.nextLong(), reach));
            forgetful.add(new Traffic("memory" + i, random.nextLong(), reach));
        }
        long deadline = System.nanoTime() + (long) (minutes * TimeUnit.MINUTES.toNanos(1));
        try {
            while (System.nanoTime() < deadline) {
                start(Plan.next(number, random), random);
                number++;
            }
        } catch (Exception | AssertionError e) {
            throw new AssertionError("-Dlongrun.seed=" + seed + ", start " + number + ": " + e.getMessage(), e);
        }
        System.out.println("long run of " + minutes + " minutes, -Dlongrun.seed=" + seed + ", reached:\n" + reach);
        if (minutes >= MINUTES_THAT_REACH_ALL) {
            assertThat(reach.missing())
                    .as("what was not reached, -Dlongrun.seed=%s", seed)
                    .isEmpty();
        }
    }

    private void start(Plan plan, Random random) throws Exception {
        Path log = folder.resolve("start-" + number + ".log");
        List<Traffic> clients = plan.keepsNothing() ? forgetful : kept;
        forgetful.forEach(Traffic::forget);
        plan.count(reach);
        List<Thread> threads = new ArrayList<>();
        try (PackagedServer server = PackagedServer.start(
                plan.launcher(PackagedServer.runningJava(), folder),
                plan.javaFlags(),
                plan.environment(),
                log,
                plan.flags(data.toString()))) {
            for (Traffic client : clients) {
                threads.add(client.start(server.uri(), lastEnd));
            }
            await().atMost(SETTLED_MAX).until(() -> clients.stream().allMatch(Traffic::isSettled));
            during(plan, server, random, clients);
            clients.forEach(Traffic::ending);
            waitUntil(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(random.nextInt(ENDING_MILLIS_MAX)), clients);
            if (plan.kills()) {
                server.kill();
            } else {
                assertThat(server.stop())
                        .as(plan + " exits with 0:\n" + server.output())
                        .isZero();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            check(plan, server, clients);
        }
        if (!plan.keepsNothing()) {
            lastEnd = plan.kills() ? "SIGKILL" : "SIGTERM";
            reach.count("start after " + lastEnd);
            between(random);
        }
    }

    private void during(Plan plan, PackagedServer server, Random random, List<Traffic> clients) throws Exception {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(plan.millis());
        if (plan.pauses()) {
            server.signal("STOP");
            waitUntil(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(random.nextInt(1_500)), clients);
            server.signal("CONT");
            reach.count("stopped and continued");
        }
        if (plan.backsUp() && !plan.keepsNothing()) {
            Path copy = folder.resolve("running-" + number);
            tool("backup", "--data-dir=" + data, "--to=" + copy);
            tool("verify", "--data-dir=" + copy);
            reach.count("backup of a running server");
            delete(copy);
        }
        waitUntil(end, clients);
    }

    /** Lets time pass, unless a client fails. */
    private static void waitUntil(long nanos, List<Traffic> clients) throws InterruptedException {
        while (System.nanoTime() < nanos && clients.stream().allMatch(client -> client.failure() == null)) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private static void check(Plan plan, PackagedServer server, List<Traffic> clients) {
        for (Traffic client : clients) {
            Throwable failure = client.failure();
            if (failure != null) {
                throw new AssertionError(
                        plan + ": " + failure.getMessage() + "\nthe server said:\n" + server.output(), failure);
            }
        }
        assertThat(server.output().lines().filter(LongRunIT::isTrouble))
                .as(() -> plan + ", the server's output:\n" + server.output())
                .isEmpty();
    }

    private static boolean isTrouble(String line) {
        return line.startsWith("\tat ")
                || line.contains("LEAK")
                || line.contains(" ERROR ")
                || line.contains("Exception");
    }

    private void between(Random random) throws Exception {
        if (random.nextInt(2) == 0) {
            assertThat(tool("verify", "--data-dir=" + data)).contains("all is well");
            reach.count("verify: all is well");
        }
        if (random.nextInt(3) == 0) {
            Path copy = folder.resolve("copy-" + number);
            tool("backup", "--data-dir=" + data, "--to=" + copy);
            reach.count("backup of a stopped server");
            Path restored = folder.resolve("data-" + number);
            tool("restore", "--from=" + copy, "--data-dir=" + restored);
            delete(copy);
            delete(data);
            data = restored;
            reach.count("restored and served");
        }
    }

    /** Runs a tool, which must succeed; returns what it said. */
    private String tool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                PackagedServer.runningJava().toString(),
                "-jar",
                PackagedServer.jar().toString()));
        command.addAll(List.of(arguments));
        Path output = folder.resolve("tool.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES))
                    .as("%s ends", command)
                    .isTrue();
            String said = Files.readString(output);
            assertThat(process.exitValue()).as("%s said:\n%s", command, said).isZero();
            return said;
        } finally {
            process.destroyForcibly();
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
