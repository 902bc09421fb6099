package io.streamkeeper.server.longrun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.server.PackagedServer;
import io.streamkeeper.server.longrun.Plan.Place;
import io.streamkeeper.server.longrun.Traffic.Role;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged jar under random traffic, for a time: stopped, killed, paused, verified, backed up, restored and started
 * again with other flags, heaps, locales, transports and clocks, and on a disk that is full.
 * {@code -Dlongrun.minutes=N} says how long, {@code -Dlongrun.seed=S} repeats the choices, though not the moments. A
 * run of five minutes or more fails if it has not reached everything in {@link Reach}; on a busy machine it continues
 * for up to half its time again until it has.
 */
class LongRunIT {
    private static final double MINUTES_THAT_REACH_ALL = 5;
    private static final long CHANGE_NANOS = TimeUnit.MILLISECONDS.toNanos(700);
    private static final int ENDING_MILLIS_MAX = 200;
    private static final int SMALL_DISK_MEBIBYTES = 40;
    private static final Duration SETTLED_MAX = Duration.ofMinutes(3);
    private static final Duration READY_FOR_THE_END_MAX = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    private final Reach reach = new Reach();
    private final Map<Place, World> worlds = new EnumMap<>(Place.class);
    private Path agent;
    private int number;

    @Test
    void whatIsAcknowledgedHoldsThroughEverythingThatHappensToAServer() throws Exception {
        double minutes = Double.parseDouble(System.getProperty("longrun.minutes", "0.75"));
        long seed = Long.getLong("longrun.seed", System.nanoTime());
        Random random = new Random(seed);
        agent = folder.resolve("clock-agent.jar");
        ClockAgent.writeJar(agent);
        kept(random);
        memory(random);
        try (SmallDisk disk = SmallDisk.mount(folder.resolve("small"), SMALL_DISK_MEBIBYTES)) {
            small(disk, random);
            run(minutes, seed, random);
        } catch (SmallDisk.NotHere e) {
            System.out.println("The long run has no small disk, as this machine cannot mount one: " + e.getMessage());
            run(minutes, seed, random);
        } finally {
            worlds.values().forEach(World::close);
        }
    }

    // ---- the worlds ----

    private void kept(Random random) throws IOException {
        World world = new World(folder.resolve("data"), clock("kept"), List.of(), noisy(random));
        world.subscribers = new Subscribers(random.nextLong(), world.clock, reach);
        Role[] roles = {Role.APPENDS, Role.PRODUCER, Role.APPENDS, Role.ANYTHING};
        clients(Place.KEPT, world, random, roles);
    }

    private void memory(Random random) throws IOException {
        World world = new World(folder.resolve("memory"), clock("memory"), List.of(), noisy(random));
        world.subscribers = new Subscribers(random.nextLong(), world.clock, reach);
        clients(Place.MEMORY, world, random, Role.ANYTHING, Role.ANYTHING, Role.ANYTHING, Role.ANYTHING);
    }

    private void small(SmallDisk disk, Random random) throws IOException {
        World world = new World(disk.directory.resolve("data"), clock("small"), disk.prefix(), noisy(random));
        clients(Place.SMALL_DISK, world, random, Role.FILLS, Role.APPENDS, Role.PRODUCER);
        world.clients.get(0).fills(disk);
    }

    private NoisyTenant noisy(Random random) {
        return new NoisyTenant(random.nextLong(), reach);
    }

    private ServerClock clock(String name) throws IOException {
        return new ServerClock(folder.resolve("clock-" + name));
    }

    private void clients(Place place, World world, Random random, Role... roles) {
        String name = place.name().toLowerCase(Locale.ROOT).replace('_', '-');
        for (int i = 0; i < roles.length; i++) {
            world.clients.add(new Traffic(name + i, roles[i], place, world.clock, random.nextLong(), reach));
        }
        worlds.put(place, world);
    }

    // ---- the run ----

    private void run(double minutes, long seed, Random random) {
        boolean small = worlds.containsKey(Place.SMALL_DISK);
        boolean reachesAll = minutes >= MINUTES_THAT_REACH_ALL;
        long nanos = (long) (minutes * TimeUnit.MINUTES.toNanos(1));
        long begin = System.nanoTime();
        try {
            while (System.nanoTime() - begin < nanos
                    || (reachesAll
                            && System.nanoTime() - begin < nanos + nanos / 2
                            && !reach.missing(small).isEmpty())) {
                Place place = Plan.place(number, small);
                World world = Objects.requireNonNull(worlds.get(place));
                start(Plan.next(number, place, world.starts, random), world, random);
                world.starts++;
                number++;
            }
        } catch (Exception | AssertionError e) {
            throw new AssertionError("-Dlongrun.seed=" + seed + ", start " + number + ": " + e.getMessage(), e);
        }
        System.out.println("long run of " + minutes + " minutes, -Dlongrun.seed=" + seed + ", took "
                + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin) + " s, " + number
                + " starts, pending work of subscriptions delivered at most "
                + worlds.values().stream()
                        .mapToLong(World::slowestDeliveryMillis)
                        .max()
                        .orElse(0)
                + " ms after a start, reached:\n" + reach);
        if (reachesAll) {
            assertThat(reach.missing(small))
                    .as("what was not reached, -Dlongrun.seed=%s", seed)
                    .isEmpty();
        }
    }

    private void start(Plan plan, World world, Random random) throws Exception {
        Path log = folder.resolve("start-" + number + ".log");
        plan.count(reach);
        if (plan.keepsNothing()) {
            world.forget();
        }
        if (world.clock.movedHours() != plan.clockHours()) {
            world.clock.moveTo(plan.clockHours());
            reach.count("clock: moved between starts");
        }
        List<String> javaFlags = new ArrayList<>(plan.javaFlags());
        if (plan.movesClock()) {
            javaFlags.add("-javaagent:" + agent + "=" + world.clock.file);
        }
        List<String> flags = new ArrayList<>(plan.flags(world.data.toString()));
        List<String> names = world.clients.stream().map(client -> client.name).toList();
        Access access = new Access(
                folder.resolve("access"),
                Stream.concat(names.stream(), Stream.of(NoisyTenant.NAME, Subscribers.NAME))
                        .toList());
        flags.addAll(access.flags(plan.access()));
        flags.addAll(NoisyTenant.flags(folder.resolve("access")));
        Path accessLog = folder.resolve("access-log-" + number);
        if (plan.administered()) {
            flags.addAll(List.of("--access-log=json", "--access-log-file=" + accessLog));
        }
        List<Thread> threads = new ArrayList<>();
        try (PackagedServer server = PackagedServer.start(
                plan.launcher(PackagedServer.runningJava(), folder, world.prefix),
                javaFlags,
                plan.environment(),
                log,
                flags)) {
            for (Traffic client : world.clients) {
                String credentials = plan.access() == Access.Kind.OPEN ? "" : access.field(client.name);
                client.readsRegistry(plan.hasRegistry() && plan.access() == Access.Kind.OPEN);
                threads.add(client.start(Servers.of(server.uri()), credentials, world.lastEnd));
            }
            threads.add(world.noisy.start(
                    server.uri(), plan.access() == Access.Kind.OPEN ? "" : access.field(NoisyTenant.NAME)));
            Subscribers subscribers = world.subscribers;
            if (subscribers != null) {
                boolean isOpen = plan.access() == Access.Kind.OPEN;
                Session session =
                        new Session(Servers.of(server.uri()), isOpen ? "" : access.field(Subscribers.NAME), isOpen);
                threads.addAll(subscribers.start(session, world.lastEnd));
            }
            Intruder intruder = new Intruder(server.uri(), access, names, random.nextLong(), reach);
            if (plan.access() != Access.Kind.OPEN) {
                threads.add(new Thread(intruder, "intruder"));
                threads.get(threads.size() - 1).start();
            }
            awaitSettled(world);
            if (world.endedFull) {
                reach.count("full disk: start after " + world.lastEnd);
            }
            during(plan, server, random, world, access);
            world.clients.forEach(Traffic::ending);
            intruder.ending();
            world.noisy.ending();
            if (subscribers != null) {
                subscribers.ending();
            }
            // A kill comes among what is not answered, or on a full disk.
            long latestNanos = System.nanoTime() + READY_FOR_THE_END_MAX.toNanos();
            waitUntil(latestNanos, world, () -> world.clients.stream().allMatch(client -> isReady(client, plan)));
            waitUntil(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(random.nextInt(ENDING_MILLIS_MAX)), world);
            end(plan, server);
            if (subscribers != null) {
                subscribers.ended();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            check(plan, server, world, intruder);
            access.assertNoSecretIn(server.output());
        }
        if (plan.administered()) {
            checkAccessLog(accessLog, plan, access);
        }
        world.lastEnd = plan.kills() ? "SIGKILL" : "SIGTERM";
        world.endedFull = plan.endsFull() && world.clients.get(0).isReadyForTheEnd();
        if (!plan.keepsNothing()) {
            reach.count("start after " + world.lastEnd);
            between(plan, world);
        }
    }

    /** The administration listener answers beside all traffic, and serves no streams. */
    private void administer(PackagedServer server, Plan plan, Access access) throws IOException, InterruptedException {
        URI admin = server.adminUri();
        String[] field = plan.access() == Access.Kind.OPEN
                ? new String[0]
                : access.fieldOfOperator().split(": ", 2);
        assertThat(send("GET", admin.resolve("health")).statusCode()).isEqualTo(200);
        assertThat(send("GET", admin.resolve("v1/stream/any")).statusCode()).isEqualTo(404);
        if (field.length > 0) {
            assertThat(send("POST", admin.resolve("admin/drain")).statusCode()).isEqualTo(401);
        }
        assertThat(send("GET", admin.resolve("admin/status"), field).body()).contains("\"shards\":[{\"shard\":0,");
        for (String job : List.of("checkpoint", "compact")) {
            // A full disk makes a checkpoint wait.
            assertThat(send("POST", admin.resolve("admin/" + job), field).statusCode())
                    .isBetween(200, 202);
        }
        for (String measure : List.of("bytes", "readers", "appends", "appended-bytes", "reads")) {
            assertThat(send("GET", admin.resolve("admin/top-streams?by=" + measure), field)
                            .body())
                    .startsWith("{\"by\":\"" + measure + "\",\"streams\":[");
        }
        assertThat(send("GET", admin.resolve("admin/slow-requests"), field).body())
                .startsWith("{\"requests\":[");
        HttpResponse<String> metrics = send("GET", admin.resolve("metrics"), field);
        assertThat(metrics.statusCode()).isEqualTo(200);
        assertThat(metrics.body()).contains("streamkeeper_streams ", "streamkeeper_build_info{");
        reach.count("administration listener");
        if (!metrics.body().contains("\nstreamkeeper_connections_moved_total 0.0\n")) {
            reach.count("connections moved to other loops");
        }
    }

    /** Each line of the access log is whole, except the last one of a server that was killed; none has a secret. */
    private void checkAccessLog(Path file, Plan plan, Access access) throws IOException {
        String log = Files.readString(file);
        access.assertNoSecretIn(log);
        assertThat(log.lines().limit(log.chars().filter(c -> c == '\n').count()))
                .as("%s, the access log", plan)
                .isNotEmpty()
                .allMatch(line -> line.startsWith("{\"time\":\"") && line.endsWith("}"))
                .anyMatch(line -> line.contains(",\"operation\":\"append\","));
        reach.count("access log");
        Files.delete(file);
    }

    private static HttpResponse<String> send(String method, URI uri, String... field)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody());
        if (field.length > 0) {
            request.headers(field);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static boolean isReady(Traffic client, Plan plan) {
        boolean isAwaited = client.role == Role.FILLS ? plan.endsFull() : plan.place() == Place.KEPT && plan.kills();
        return !isAwaited || client.isReadyForTheEnd();
    }

    private static void end(Plan plan, PackagedServer server) throws InterruptedException {
        if (plan.kills()) {
            server.kill();
        } else {
            assertThat(server.stop())
                    .as(plan + " exits with 0:\n" + server.output())
                    .isZero();
        }
    }

    private void during(Plan plan, PackagedServer server, Random random, World world, Access access) throws Exception {
        long begin = System.nanoTime();
        if (plan.pauses()) {
            server.signal("STOP");
            waitUntil(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(random.nextInt(1_500)), world);
            server.signal("CONT");
            reach.count("stopped and continued");
        }
        if (plan.laterClockHours() != plan.clockHours()) {
            waitUntil(begin + TimeUnit.MILLISECONDS.toNanos(plan.millis() / 2), world);
            world.clock.moveTo(plan.laterClockHours());
            reach.count("clock: moved " + (plan.laterClockHours() > plan.clockHours() ? "forward" : "back")
                    + " while a server ran");
        }
        if (plan.backsUp() && !plan.keepsNothing()) {
            Path copy = folder.resolve("running-" + number);
            tool(world, "backup", "--data-dir=" + world.data, "--to=" + copy);
            tool(world, "verify", "--data-dir=" + copy);
            reach.count("backup of a running server");
            delete(copy);
        }
        long endNanos = begin + TimeUnit.MILLISECONDS.toNanos(plan.millis());
        while (plan.access() != Access.Kind.OPEN && System.nanoTime() < endNanos) {
            access.change(random, plan.access(), reach);
            waitUntil(Math.min(endNanos, System.nanoTime() + CHANGE_NANOS), world);
        }
        waitUntil(endNanos, world);
        if (plan.administered()) {
            administer(server, plan, access);
        }
    }

    /** Waits until everything was compared with the models, or something has failed. */
    private static void awaitSettled(World world) {
        await().atMost(SETTLED_MAX)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> world.isSettled() || world.hasFailed());
    }

    /** Waits for a time, or until a client fails. */
    private static void waitUntil(long nanos, World world) throws InterruptedException {
        waitUntil(nanos, world, () -> false);
    }

    private static void waitUntil(long nanos, World world, BooleanSupplier isReached) throws InterruptedException {
        while (System.nanoTime() < nanos && !isReached.getAsBoolean() && !world.hasFailed()) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private static void check(Plan plan, PackagedServer server, World world, Intruder intruder) {
        if (intruder.failure() != null) {
            throw new AssertionError(plan + ": " + intruder.failure().getMessage(), intruder.failure());
        }
        if (world.noisy.failure() != null) {
            throw new AssertionError(plan + ": " + world.noisy.failure().getMessage(), world.noisy.failure());
        }
        Throwable failure = world.failure();
        if (failure != null) {
            throw new AssertionError(
                    plan + ": " + failure.getMessage() + "\nthe server said:\n" + server.output(), failure);
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

    private void between(Plan plan, World world) throws Exception {
        if (plan.verifies() || world.endedFull) {
            assertThat(tool(world, "verify", "--data-dir=" + world.data)).contains("all is well");
            reach.count(world.endedFull ? "full disk: verify" : "verify: all is well");
        }
        if (!plan.restores()) {
            return;
        }
        Path copy = folder.resolve("copy-" + number);
        tool(world, "backup", "--data-dir=" + world.data, "--to=" + copy);
        reach.count("backup of a stopped server");
        if (plan.place() == Place.KEPT) {
            Path restored = folder.resolve("data-" + number);
            tool(world, "restore", "--from=" + copy, "--data-dir=" + restored);
            // A backup has no secrets: the key of webhooks is copied apart from it.
            Path key = world.data.resolve("webhook-keys");
            if (Files.exists(key)) {
                Files.copy(key, restored.resolve(key.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
            }
            delete(world.data);
            world.data = restored;
            reach.count("restored and served");
        } else {
            tool(world, "verify", "--data-dir=" + copy);
        }
        delete(copy);
    }

    /** Runs a tool, which must succeed; returns its output. */
    private String tool(World world, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(world.prefix);
        command.addAll(List.of(
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
