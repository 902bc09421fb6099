package io.streamkeeper.server.longrun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.server.ClusterProcesses;
import io.streamkeeper.server.PackagedServer;
import io.streamkeeper.server.longrun.Traffic.Role;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three processes of the packaged jar as one cluster, under the random traffic and with the subscriptions of {@link
 * LongRunIT}: each request is sent to any member, while members are killed, stopped, ended and cut off, and their wall
 * clocks are moved. In every other life clients need tokens. In the end of each life all members are ended; after the next
 * start, each stream and the registry are compared with the model at each member.
 *
 * <p>Runs with {@code -Dlongrun.cluster.seconds=N} only, which says for how long there are faults, at least; {@code
 * -Dlongrun.cluster.seed=S} repeats the choices, though not the moments.
 */
@EnabledIfSystemProperty(named = ClusterLongRunIT.SECONDS, matches = "[0-9.]+")
class ClusterLongRunIT {
    static final String SECONDS = "longrun.cluster.seconds";
    private static final double SECONDS_THAT_REACH_ALL = 300;
    /** In one life. */
    private static final int FAULTS = 4;

    private static final int ENDING_MILLIS_MAX = 200;
    private static final int SMALL_DISK_MEBIBYTES = 256;
    private static final long EXCHANGES_BETWEEN = 100;
    private static final Duration SETTLED_MAX = Duration.ofMinutes(3);
    private static final Duration PROGRESS_MAX = Duration.ofMinutes(2);
    private static final List<Role> ROLES = List.of(Role.APPENDS, Role.PRODUCER, Role.ANYTHING, Role.ANYTHING);

    private final Path folder;
    private final long seed = Long.getLong("longrun.cluster.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Reach reach = new Reach();
    private final ServerClock clock;
    private final List<Traffic> clients = new ArrayList<>();
    private final Subscribers subscribers;
    private String lastEnd = "nothing";
    private int lives;

    ClusterLongRunIT(@TempDir Path folder) throws IOException {
        this.folder = folder;
        this.clock = new ServerClock(folder.resolve("clock"));
        for (Role role : ROLES) {
            String name = "cluster" + clients.size();
            clients.add(new Traffic(name, role, Plan.Place.CLUSTER, clock, random.nextLong(), reach));
        }
        this.subscribers = new Subscribers(random.nextLong(), clock, reach);
    }

    @AfterEach
    void close() {
        subscribers.close();
    }

    @Test
    void whatIsAcknowledgedHoldsAtEachMemberThroughEverythingThatHappensToThem() throws Exception {
        double seconds = Double.parseDouble(System.getProperty(SECONDS));
        long beginNanos = System.nanoTime();
        try (SmallDisk disk = SmallDisk.mount(folder.resolve("small"), SMALL_DISK_MEBIBYTES)) {
            run(seconds, disk);
        } catch (SmallDisk.NotHere e) {
            System.out.println("No disk of a member is small, as this machine cannot mount one: " + e.getMessage());
            run(seconds, null);
        } catch (Exception | AssertionError e) {
            throw new AssertionError("-Dlongrun.cluster.seed=" + seed + ", life " + lives + ": " + e.getMessage(), e);
        }
        System.out.println("long run of a cluster with faults for " + seconds + " seconds, -Dlongrun.cluster.seed="
                + seed + ", took " + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - beginNanos) + " s, " + lives
                + " lives, reached:\n" + reach);
    }

    private void run(double seconds, @Nullable SmallDisk disk) throws Exception {
        Path agent = folder.resolve("clock-agent.jar");
        ClockAgent.writeJar(agent);
        try (ClusterProcesses members = new ClusterProcesses(
                folder,
                "--shards=" + Plan.SHARDS,
                "--max-producers=" + Plan.PRODUCERS_MAX,
                "--keep-producers=0s",
                "--registry",
                "--allow-local-webhooks",
                "--state-offsets")) {
            members.javaFlags(List.of("-javaagent:" + agent + "=" + clock.file));
            if (disk != null) {
                Path launcher = Plan.launcher(PackagedServer.runningJava(), folder, disk.prefix(), "");
                members.place(ClusterFaults.ON_SMALL_DISK, disk.directory.resolve("data"), launcher);
            }
            ClusterFaults faults = new ClusterFaults(members, disk, clock, random, reach);
            long faultNanos = 0;
            while (faultNanos < seconds * TimeUnit.SECONDS.toNanos(1)) {
                faultNanos += live(members, faults, FAULTS);
            }
            live(members, faults, 0);
            if (seconds >= SECONDS_THAT_REACH_ALL) {
                assertThat(faults.missing()).as("what was not reached").isEmpty();
            }
        }
    }

    /** A start of all members, some faults, and the end of all members; returns how long the faults have taken. */
    private long live(ClusterProcesses members, ClusterFaults faults, int count) throws Exception {
        lives++;
        Access access = access(members);
        List<URI> uris = IntStream.range(0, ClusterProcesses.COUNT)
                .mapToObj(members::uri)
                .toList();
        Servers servers = Servers.ofCluster(uris);
        Session session = new Session(servers, isOpen() ? "" : access.field(Subscribers.NAME), isOpen());
        subscribers.starting(session);
        members.startAll();
        members.awaitAllReady();
        faults.begin(lastEnd);
        List<Thread> threads = new ArrayList<>();
        long beginNanos;
        try {
            for (Traffic client : clients) {
                client.readsRegistry(isOpen());
                threads.add(client.start(servers, isOpen() ? "" : access.field(client.name), lastEnd));
            }
            threads.addAll(subscribers.start(session, lastEnd));
            await().atMost(SETTLED_MAX)
                    .until(() -> hasFailed()
                            || (subscribers.isSettled() && clients.stream().allMatch(Traffic::isSettled)));
            clients.forEach(Traffic::ending);
            subscribers.ending();
            beginNanos = System.nanoTime();
            for (int i = 0; i < count && !hasFailed(); i++) {
                awaitExchanges(EXCHANGES_BETWEEN);
                access.repair();
                faults.happen();
                if (!isOpen()) {
                    access.change(random, Access.Kind.TOKENS, reach);
                }
            }
            awaitExchanges(EXCHANGES_BETWEEN);
            TimeUnit.MILLISECONDS.sleep(random.nextInt(ENDING_MILLIS_MAX));
            lastEnd = faults.endAll();
        } finally {
            clients.forEach(Traffic::over);
            members.endAll();
            subscribers.ended();
            for (Thread thread : threads) {
                thread.join();
            }
        }
        check(faults);
        access.assertNoSecretIn(faults.output());
        return System.nanoTime() - beginNanos;
    }

    /** Whether clients need no tokens in the life of now. */
    private boolean isOpen() {
        return lives % 2 == 0;
    }

    /** Who may use the members in the life of now. */
    private Access access(ClusterProcesses members) throws IOException {
        Access access = new Access(
                folder.resolve("access"),
                Stream.concat(clients.stream().map(client -> client.name), Stream.of(Subscribers.NAME, "probe"))
                        .toList());
        List<String> flags = access.flags(isOpen() ? Access.Kind.OPEN : Access.Kind.TOKENS).stream()
                .filter(flag -> !flag.startsWith("--audit-log"))
                .toList();
        members.access(flags, access.field("probe"));
        reach.count("start: " + (isOpen() ? "open" : "tokens"));
        return access;
    }

    private boolean hasFailed() {
        return failure() != null;
    }

    private @Nullable Throwable failure() {
        return Stream.concat(
                        clients.stream().map(Traffic::failure),
                        Stream.of(subscribers).map(Subscribers::failure))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** Waits until the clients have got answers, whatever has happened. */
    private void awaitExchanges(long count) {
        long before = answers();
        await("answers").atMost(PROGRESS_MAX).until(() -> hasFailed() || answers() >= before + count);
    }

    private long answers() {
        return clients.stream().mapToLong(Traffic::answers).sum();
    }

    private void check(ClusterFaults faults) throws IOException {
        Throwable failure = failure();
        if (failure != null) {
            throw new AssertionError(
                    failure.getMessage() + "\nafter " + faults + "\nthe members said:\n" + faults.output(), failure);
        }
    }
}
