package io.streamkeeper.tier;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.storage.directory.FileTree;
import io.streamkeeper.storage.disk.LocalDisk;
import io.streamkeeper.tier.FaultProxy.Fault;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three members of a cluster with one object store, for a time: each request is sent to any of them, while they are
 * killed, verified, exported and started again, and the object store is away, slow or returns parts. {@code
 * -Dtier.cluster.seconds=N} says how long, {@code -Dtier.cluster.seed=S} repeats the choices, though not the moments.
 */
class TierClusterIT {
    private static final int MEMBERS = 3;
    private static final Duration WAIT_MAX = Duration.ofMinutes(2);
    private static final String SENT = "streamkeeper_tier_sent_bytes_total";
    private static final List<String> REQUIRED = List.of(SENT, "kills");

    @TempDir
    private Path folder;

    private final long seed = Long.getLong("tier.cluster.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Map<String, Double> reached = new TreeMap<>();
    private final TierClients clients = new TierClients();
    private final List<TieredServer> members = new ArrayList<>();
    private String memberList;

    @Test
    void whatIsAcknowledgedHoldsAtEachMemberWhateverHappensToThemAndTheirObjectStore() throws Exception {
        double seconds = Double.parseDouble(System.getProperty("tier.cluster.seconds", "45"));
        try (S3Server s3 = S3Server.start(S3Server.Kind.S3PROXY, Files.createDirectory(folder.resolve("s3")));
                FaultProxy proxy = new FaultProxy(s3.endpoint())) {
            List<String> peers = new ArrayList<>();
            for (int i = 0; i < MEMBERS; i++) {
                peers.add(name(i) + "=127.0.0.1:" + S3Server.freePort());
                members.add(new TieredServer(data(i), folder.resolve(name(i) + ".log"), proxy.endpoint()));
            }
            memberList = String.join(",", peers);
            try {
                run(seconds, proxy);
                settle(s3);
            } catch (Exception | AssertionError e) {
                StringBuilder words = new StringBuilder();
                for (TieredServer member : members) {
                    words.append(member.lastWords()).append("\n--\n");
                }
                throw new AssertionError(
                        "-Dtier.cluster.seed=" + seed + ": " + e.getMessage() + "\nthe members said:\n" + words, e);
            } finally {
                for (TieredServer member : members) {
                    member.kill();
                }
            }
        }
        reached.put("reads refused", clients.refusedReads());
        System.out.println("cluster with an object store for " + seconds + " s, -Dtier.cluster.seed=" + seed
                + ", reached " + reached);
        assertThat(reached).as("-Dtier.cluster.seed=%s", seed).containsKeys(REQUIRED.toArray(String[]::new));
    }

    private static String name(int member) {
        return "n" + (member + 1);
    }

    private Path data(int member) {
        return folder.resolve(name(member));
    }

    private void launch(int member) throws IOException {
        List<String> flags = new ArrayList<>(List.of(
                "--cluster",
                memberList,
                "--cluster-self",
                name(member),
                "--cluster-create",
                "--tier-object-bytes",
                "64KiB",
                "--tier-keep",
                "0s",
                "--tier-timeout",
                "2s",
                "--checkpoint-bytes",
                "256KiB",
                "--checkpoint-interval",
                "200ms"));
        flags.addAll(List.of("--tier-local-bytes", random.nextBoolean() ? "0" : "500KiB"));
        members.get(member).launch(flags, random.nextBoolean() ? Map.of("LC_ALL", "ar_EG.UTF-8") : Map.of());
    }

    private void launchAll() throws IOException {
        for (int i = 0; i < MEMBERS; i++) {
            launch(i);
        }
        members.forEach(TieredServer::awaitReady);
    }

    /** Any member, which may not run. */
    private HttpResponse<byte[]> send(String method, String path, byte[] body, String... fields) throws IOException {
        return members.get(ThreadLocalRandom.current().nextInt(MEMBERS)).send(method, path, body, fields);
    }

    private void run(double seconds, FaultProxy proxy) throws Exception {
        launchAll();
        clients.start(this::send, random);
        long end = System.nanoTime() + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
        try {
            // A slow machine makes few turns in that time.
            long latest = end + WAIT_MAX.toNanos();
            while (System.nanoTime() < (reached.keySet().containsAll(REQUIRED) ? end : latest)) {
                turn(proxy);
            }
        } finally {
            clients.end();
            proxy.fault(Fault.NONE);
        }
        clients.join();
        clients.check();
    }

    /** A fault of the object store, perhaps, and one or all members killed. */
    private void turn(FaultProxy proxy) throws Exception {
        Fault[] faults = Fault.values();
        proxy.fault(random.nextBoolean() ? faults[random.nextInt(faults.length)] : Fault.NONE);
        TimeUnit.MILLISECONDS.sleep(1_000 + random.nextInt(3_000));
        clients.check();
        for (TieredServer member : members) {
            if (member.metric(SENT) > 0) {
                reached.merge(SENT, member.metric(SENT), Double::sum);
            }
        }
        int victim = random.nextInt(MEMBERS);
        if (random.nextInt(4) == 0) {
            for (TieredServer member : members) {
                member.kill();
            }
            launchAll();
            count("kills of all");
        } else {
            members.get(victim).kill();
            count("kills");
            proxy.fault(Fault.NONE);
            use(victim);
            launch(victim);
            members.get(victim).awaitReady();
        }
    }

    /** A tool reads the directory of a member that does not run, and its objects. */
    private void use(int member) throws Exception {
        TieredServer tools = members.get(member);
        if (random.nextBoolean()) {
            assertThat(tools.tool(data(member), "verify", "--tier", TieredServer.LOCATION))
                    .contains("all is well");
            count("verify");
        } else {
            Path single = folder.resolve("single");
            tools.tool(data(member), "export", "--tier", TieredServer.LOCATION, "--to", single.toString());
            assertThat(tools.tool(single, "verify")).contains("all is well");
            FileTree.delete(new LocalDisk(), single);
            count("exports");
        }
    }

    private void count(String what) {
        reached.merge(what, 1.0, Double::sum);
    }

    /** All streams are compared at each member, and deleted; no object is left that no list names. */
    private void settle(S3Server s3) throws Exception {
        for (TieredServer member : members) {
            clients.checkAll(member::send);
        }
        clients.deleteAll();
        Awaitility.await()
                .atMost(WAIT_MAX)
                .untilAsserted(() -> assertThat(lists()).doesNotContain("\nobject "));
        for (TieredServer member : members) {
            member.stop();
        }
        assertThat(s3.keys()).allMatch(lists()::contains);
    }

    private String lists() {
        return IntStream.range(0, MEMBERS)
                .mapToObj(member -> ObjectLists.in(data(member)))
                .collect(Collectors.joining());
    }
}
