package io.streamkeeper.tier;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.storage.directory.FileTree;
import io.streamkeeper.storage.disk.LocalDisk;
import io.streamkeeper.tier.FaultProxy.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged server with an object store, for a time: killed, stopped, verified, backed up, restored from snapshots, and
 * started again with other flags and locales, while the object store is away, slow or returns parts. {@code
 * -Dtier.seconds=N} says how long, {@code -Dtier.seed=S} repeats the choices, though not the moments. It prints what it has
 * reached; a run of a minute or more must have copied files and restored a snapshot.
 */
class TierLongRunIT {
    private static final double SECONDS_THAT_COPY = 60;
    private static final Duration WAIT_MAX = Duration.ofMinutes(2);
    private static final List<String> REQUIRED =
            List.of("streamkeeper_tier_sent_bytes_total", "verify", "snapshots restored");
    private static final List<String> COUNTERS = List.of(
            "streamkeeper_tier_sent_bytes_total", "streamkeeper_tier_reads_total", "streamkeeper_tier_failures_total");

    @TempDir
    private Path folder;

    private final long seed = Long.getLong("tier.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Map<String, Double> reached = new TreeMap<>();
    private final TierClients clients = new TierClients();
    private int lives;
    private Path data;
    private FaultProxy proxy;
    private TieredServer server;

    @Test
    void whatIsAcknowledgedHoldsWhateverHappensToTheServerAndItsObjectStore() throws Exception {
        double seconds = Double.parseDouble(System.getProperty("tier.seconds", "90"));
        data = folder.resolve("data");
        try (S3Server s3 = S3Server.start(S3Server.Kind.S3PROXY, Files.createDirectory(folder.resolve("s3")));
                FaultProxy between = new FaultProxy(s3.endpoint())) {
            proxy = between;
            server = new TieredServer(data, folder.resolve("server.log"), proxy.endpoint());
            try {
                run(seconds, s3);
            } catch (Exception | AssertionError e) {
                String words = server.lastWords();
                server.kill();
                throw new AssertionError(
                        "-Dtier.seed=" + seed + ": " + e.getMessage() + "\nthe server said:\n" + words, e);
            }
        }
        System.out.println(
                "long run with an object store of " + seconds + " s, -Dtier.seed=" + seed + ", reached " + reached);
        if (seconds >= SECONDS_THAT_COPY) {
            assertThat(reached)
                    .as("what was reached, -Dtier.seed=%s", seed)
                    .containsKeys(REQUIRED.toArray(String[]::new));
        }
    }

    private void run(double seconds, S3Server s3) throws Exception {
        long end = System.nanoTime() + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
        start();
        clients.start(server::send, random);
        try {
            // A slow machine has few lives in that time.
            long latest = seconds >= SECONDS_THAT_COPY ? end + WAIT_MAX.toNanos() : end;
            while (System.nanoTime() < (reached.keySet().containsAll(REQUIRED) ? end : latest)) {
                live();
                between();
                start();
            }
        } finally {
            clients.end();
            proxy.fault(Fault.NONE);
        }
        clients.join();
        settle(s3);
    }

    private void start() throws IOException {
        List<String> flags = new ArrayList<>(List.of(
                "--tier-object-bytes", "64KiB",
                "--tier-keep", "0s",
                "--tier-timeout", "2s",
                "--checkpoint-bytes", "256KiB",
                "--checkpoint-interval", "200ms",
                "--tier-snapshot-interval", "1s"));
        flags.addAll(List.of("--tier-local-bytes", random.nextBoolean() ? "0" : "500KiB"));
        if (random.nextInt(3) == 0) {
            flags.addAll(List.of("--tier-bandwidth", "2MiB"));
        }
        server.start(flags, random.nextBoolean() ? Map.of("LC_ALL", "ar_EG.UTF-8") : Map.of());
    }

    private void count(String what) {
        reached.merge(what, 1.0, Double::sum);
    }

    /** The server runs for some seconds; in every other life or so, its object store fails now and then. */
    private void live() throws Exception {
        int turns = 2 + random.nextInt(4);
        boolean hasFaults = random.nextBoolean();
        for (int turn = 0; turn < turns; turn++) {
            Fault[] faults = Fault.values();
            proxy.fault(hasFaults ? faults[random.nextInt(faults.length)] : Fault.NONE);
            TimeUnit.MILLISECONDS.sleep(500 + random.nextInt(1_000));
            clients.check();
        }
        for (String counter : COUNTERS) {
            if (server.metric(counter) > 0) {
                reached.merge(counter, server.metric(counter), Double::sum);
            }
        }
        if (!hasSnapshot() && lives % 4 == 2) {
            proxy.fault(Fault.NONE);
            Awaitility.await().atMost(WAIT_MAX).until(this::hasSnapshot);
        }
        if (random.nextInt(3) > 0) {
            server.kill();
            count("kills");
        } else {
            server.stop();
            count("stops");
        }
    }

    /** Nothing runs: a tool reads the data directory, or the bucket. */
    private void between() throws Exception {
        proxy.fault(Fault.NONE);
        Path copy = folder.resolve("copy");
        switch (lives++ % 4) {
            case 0 -> {
                assertThat(server.tool(data, "verify", "--tier", TieredServer.LOCATION))
                        .contains("all is well");
                count("verify");
            }
            case 1 -> {
                server.tool(data, "backup", "--tier", TieredServer.LOCATION, "--to", copy.toString());
                assertThat(server.tool(copy, "verify")).contains("all is well");
                count("backups");
            }
            case 2 -> {
                assertThat(server.tool(copy, "restore", "--from", TieredServer.LOCATION))
                        .doesNotContain("warning");
                assertThat(server.tool(copy, "verify")).contains("all is well");
                count("snapshots restored");
            }
            default -> {}
        }
        FileTree.delete(new LocalDisk(), copy);
    }

    /** Whether there is a snapshot to restore; a later one replaces it only when that is complete. */
    private boolean hasSnapshot() throws IOException {
        Path list = data.resolve("SNAPSHOTS");
        return Files.exists(list) && Files.readString(list).contains(" COMPLETE ");
    }

    /** All streams are compared and deleted; no object is left that no list names. */
    private void settle(S3Server s3) throws Exception {
        clients.checkAll(server::send);
        reached.put("reads refused", clients.refusedReads());
        clients.deleteAll();
        Awaitility.await()
                .atMost(WAIT_MAX)
                .untilAsserted(() -> assertThat(ObjectLists.in(data)).doesNotContain("\nobject "));
        server.stop();
        assertThat(s3.keys()).allMatch(ObjectLists.in(data)::contains);
    }
}
