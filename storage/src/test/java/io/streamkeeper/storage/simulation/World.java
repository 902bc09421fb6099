package io.streamkeeper.storage.simulation;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.Producer;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.ManualClock;
import io.streamkeeper.storage.Peek;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.disk.FaultyDisk;
import io.streamkeeper.storage.disk.SimulatedDisk;
import io.streamkeeper.storage.stream.StreamState;
import io.streamkeeper.storage.tier.StoredObjects;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One data directory over several lives of a process, and what clients know of it. Belongs to one thread; everything
 * random comes from one seed.
 */
final class World {
    private static final boolean TRACES = Boolean.getBoolean("sim.trace");
    static final Path DATA = Path.of("/data");

    /** How a process ends. */
    enum End {
        POWER_CUT,
        KILL,
        STOP
    }

    /** Whether a stream is held by forks. */
    enum Held {
        YES,
        PERHAPS,
        NO
    }

    /**
     * An answer that must come, and what it may be.
     *
     * @param of the stream that the command has met, or null
     */
    record Expected(Set<String> words, Replied answer, Incarnation of, String what) {}

    final Random random;
    final Settings settings;
    final SimulatedDisk disk;
    final ManualClock clock = new ManualClock(1_700_000_000_000L);
    final Reach reach = new Reach();
    final Faults faults;
    private final FaultyDisk faultyDisk;
    private final SimulatedStorage storage;
    final Copies copies;
    final List<ShardModel> models = new ArrayList<>();
    /** Where clients have streams. */
    final List<String> clientPaths;

    /** Where clients and the server itself have streams. */
    final List<String> paths;

    final List<Expected> open = new ArrayList<>();
    final List<Reading> readings = new ArrayList<>();
    final List<Searching> searches = new ArrayList<>();
    final List<Forking> forkings = new ArrayList<>();
    final List<Waiting> waiting = new ArrayList<>();
    final Map<Long, Incarnation> incarnations = new HashMap<>();

    SimulatedProcess process;
    long clockMax = clock.nowMillis();

    /** Whether the disk may have been too small in this life. */
    boolean mayBeFull;

    /** Whether a budget may have been too small in this life, or something may have failed that passes. */
    boolean mayBeBusy;

    /** Whether something has happened in this life after which a shard may acknowledge nothing more. */
    boolean mayHaveFailed;

    /** Whether reads of files may have failed in this life. */
    boolean mayNotRead;

    /** Whether the object store may not have answered in this life, or not in time. */
    boolean mayBeAway;

    /** Whether the last end may have lost what was acknowledged: a power cut where records are not synced. */
    boolean mayHaveLost;

    /** Whether all that the last end has left is durable. */
    boolean isDurable;

    /** Whether an end so far may have: a generation may then be given again, if the clock is set back. */
    boolean hasEverLost;

    /** Producers, each by its stream, that were forgotten in this life, and those that were before a crash. */
    private final Set<String> evicted = new HashSet<>();

    private final Set<String> evictedBeforeCrash = new HashSet<>();
    private int backups;
    private final @Nullable Former former;

    World(Random random, long salts) throws IOException {
        this.random = random;
        this.settings = Settings.of(random, salts);
        this.disk = new SimulatedDisk(random, salts);
        this.faults = new Faults(random, reach);
        this.faultyDisk = new FaultyDisk(disk);
        faultyDisk.faults(faults);
        this.storage = new SimulatedStorage(disk, faultyDisk, faults, settings, clock, ~salts, reach::hit);
        this.copies = new Copies(storage);
        String name = settings.converts() == null ? "s" : "of-this-version-";
        this.clientPaths =
                IntStream.range(0, settings.paths()).mapToObj(i -> name + i).toList();
        this.paths = settings.hasOwnStream()
                ? Stream.concat(clientPaths.stream(), Stream.of(OwnStream.PATH)).toList()
                : clientPaths;
        IntStream.range(0, settings.shards()).forEach(i -> models.add(new ShardModel()));
        disk.createDirectories(DATA);
        if (settings.converts() == null) {
            former = null;
            DataDirectory.open(disk, DATA, 0, settings.shards(), false);
        } else {
            former = new Former(settings.converts());
            former.unpack(disk, DATA);
        }
        disk.syncDirectory(DATA);
    }

    /** The streams of a directory that was converted, or null. */
    @Nullable
    Former former() {
        return former;
    }

    ShardModel model(String path) {
        return models.get(new StreamPath(path).shard(models.size()));
    }

    Version staged(String path) {
        return model(path).staged(path);
    }

    /** Prints what happens, where it was asked for with {@code -Dsim.trace=true}. */
    void trace(Object... what) {
        if (TRACES) {
            System.out.println(clock.nowMillis() + " "
                    + Arrays.stream(what).map(String::valueOf).collect(joining(" ")));
        }
    }

    // ---- time ----

    void advance(long millis) {
        clock.advance(millis);
        clockMax = Math.max(clockMax, clock.nowMillis());
        incarnations.values().forEach(stream -> stream.timePasses());
        waiting.forEach(reader -> reader.of().mayUse());
    }

    // ---- lives ----

    void start() throws IOException {
        advance(1 + random.nextInt(3_000));
        storage.calm(false);
        mayBeFull = settings.scripted();
        mayBeBusy = settings.scripted() || settings.backlogBytesMax() < 1 << 26;
        mayHaveFailed = false;
        mayNotRead = false;
        mayBeAway = false;
        incarnations.values().forEach(stream -> {
            stream.pins = 0;
            stream.loseUses();
            stream.mayUse();
        });
        faults.forget();
        copies.mayHaveLost(mayHaveLost);
        process = SimulatedProcess.start(
                random, faultyDisk, DATA, settings, copies, clock, faults, World::fail, this::isReleasedBy);
    }

    /** A shard's directory, by its number. */
    static Path directory(int shard) {
        return DATA.resolve(String.format(Locale.ROOT, "shard-%03d", shard));
    }

    /** A fork gives its count back to a source on that shard. */
    private void isReleasedBy(int shard) {
        if (faults.isWriting(directory(shard))) {
            reach.hit("a release while an extent is written");
        }
    }

    /** A producer has written to a stream, and others were perhaps forgotten. */
    void produced(Version before, Version after, Producer producer) {
        String stream = before.of().generation + " ";
        if (before.lastOf(producer.id()) == null && evictedBeforeCrash.contains(stream + producer.id())) {
            reach.hit("an eviction and a crash between two requests of a producer");
        }
        for (String id : before.producers().keySet()) {
            if (after.lastOf(id) == null) {
                evicted.add(stream + id);
            }
        }
    }

    private static void fail(Throwable thrown) {
        throw new AssertionError("a task has failed: " + thrown, thrown);
    }

    void end(End end) {
        mayHaveLost |= end == End.POWER_CUT && !settings.syncs();
        hasEverLost |= mayHaveLost;
        isDurable = settings.syncs() || end != End.KILL;
        if (mayHaveLost) {
            incarnations.values().forEach(Incarnation::forget);
        }
        if (end != End.STOP) {
            evictedBeforeCrash.addAll(evicted);
        }
        evicted.clear();
        trace("end by", end);
        storage.endTierFaults();
        if (end == End.STOP) {
            runAll();
            faults.endBesideFiles();
            process.stop();
            checkClosed();
            faults.end();
            killProcess();
        } else {
            disk.stop();
            process.kill();
            faults.end();
            if (end == End.POWER_CUT) {
                disk.cutPower();
            }
            killProcess();
        }
        open.clear();
        readings.clear();
        searches.clear();
        forkings.clear();
        waiting.clear();
    }

    /** From now on the logs commit everything at once, until the next start. */
    void calm() {
        storage.calm(true);
    }

    /** No process runs any more. */
    void killProcess() {
        disk.killProcess();
        storage.crash();
    }

    /** A process that ends by itself has closed each file that no thread has refused to close. */
    private void checkClosed() {
        if (!faults.hasRefusedTasks()) {
            assertThat(disk.openFiles().stream().filter(file -> file.startsWith(DATA)))
                    .as("files that are open at the end")
                    .isEmpty();
            storage.checkClosed();
        }
    }

    /** Copies the directory while nothing runs; returns where to. */
    Path nextBackup() {
        backups++;
        return Path.of("/backup" + backups);
    }

    /** Whether the next copy is made without the logs: every second one. */
    boolean copiesByExport() {
        return backups % 2 == 0;
    }

    // ---- the tier ----

    /** The objects of the tier, for tools; null if the seed has none. */
    @Nullable
    StoredObjects objects() {
        return storage.objects();
    }

    /** No process runs: a directory is made from the newest snapshot, if there is one. */
    void restoreSnapshot() throws IOException {
        Path target = nextBackup();
        if (storage.restoreSnapshot(target)) {
            reach.hit("a snapshot is restored");
        }
        for (Path file : disk.files()) {
            if (file.startsWith(target)) {
                disk.delete(file);
            }
        }
    }

    /** What the thread of the tier does in one turn, while others work. */
    void stepTier() {
        faults.inTier(true);
        storage.stepTier(() -> {
            faults.inTier(false);
            runSome(3);
            faults.inTier(true);
        });
        faults.inTier(false);
    }

    /** The object store fails from now on, or works again. */
    void faultsOfTier(boolean begin) {
        if (begin) {
            storage.beginTierFaults();
            mayBeAway |= settings.tiered();
        } else {
            storage.endTierFaults();
        }
    }

    /** No process runs: each object is known, and none is missing. */
    void checkObjects() throws IOException {
        storage.checkObjects(
                IntStream.range(0, settings.shards()).mapToObj(World::directory).toList());
    }

    // ---- what waits ----

    /** Runs some tasks, and takes notice of what has come of them. */
    void runSome(int tasks) {
        for (int i = 0; i < tasks && !disk.isStopped() && process.threads.runOne(); i++) {
            note();
        }
    }

    void runAll() {
        process.threads.releaseAll();
        while (!disk.isStopped() && process.threads.runOne()) {
            note();
        }
    }

    /** Nothing is under way, and the fate of every record is known. */
    boolean isQuiet() {
        return process.threads.isIdle()
                && open.isEmpty()
                && forkings.isEmpty()
                && models.stream().allMatch(ShardModel::isSettled);
    }

    void expect(Set<String> words, Replied answer, Incarnation of, String what) {
        trace(what, "expected", words);
        open.add(new Expected(words, answer, of, what));
        note();
    }

    /** Looks at what has come: answers are as expected, and what they acknowledge is certain from now on. */
    void note() {
        copies.check();
        for (ShardModel model : models) {
            model.note();
            for (int i = model.takeDeletedAgain(); i > 0; i--) {
                reach.hit("a deletion that is decided again");
            }
        }
        for (int i = 0; i < open.size(); i++) {
            Expected expected = open.get(i);
            if (expected.answer().isThere()) {
                open.remove(i);
                i--;
                check(expected);
            }
        }
        for (int i = 0; i < readings.size(); i++) {
            Reading reading = readings.get(i);
            if (reading.isDone()) {
                readings.remove(i);
                i--;
                Checks.read(this, reading);
            }
        }
        List<Searching> found = searches.stream().filter(Searching::isDone).toList();
        searches.removeAll(found);
        found.forEach(searching -> Checks.searched(this, searching));
    }

    private void check(Expected expected) {
        String word = expected.answer().word();
        reach.hit("answer " + word);
        trace(expected.what(), "is answered", word);
        switch (word) {
            case "storage_full" ->
                assertThat(mayBeFull)
                        .as(
                                "%s: there is room, but %s",
                                expected.what(), expected.answer().outcome())
                        .isTrue();
            case "overloaded" ->
                assertThat(mayBeBusy || mayHaveFailed || disk.isStopped())
                        .as(
                                "%s: there is room, but %s",
                                expected.what(), expected.answer().outcome())
                        .isTrue();
            case "tier_unavailable" ->
                assertThat(mayBeAway)
                        .as(
                                "%s: the object store answers, but %s",
                                expected.what(), expected.answer().outcome())
                        .isTrue();
            case "outcome_unknown" ->
                assertThat(settings.scripted())
                        .as(
                                "%s: no log loses anything, but %s",
                                expected.what(), expected.answer().outcome())
                        .isTrue();
            case "internal_error" ->
                assertThat(mayHaveFailed)
                        .as(
                                "%s: nothing was thrown, but %s",
                                expected.what(), expected.answer().outcome())
                        .isTrue();
            case "storage_failed" ->
                assertThat(mayHaveFailed || disk.isStopped())
                        .as(
                                "%s: the disk is well, but %s",
                                expected.what(), expected.answer().outcome())
                        .isTrue();
            default ->
                assertThat(expected.words())
                        .as("%s: %s", expected.what(), expected.answer().outcome())
                        .contains(word);
        }
        if (expected.of() != null) {
            switch (word) {
                case "stream_not_found", "stream_deleted" -> {
                    expected.of().gone = true;
                    expected.of().released = true;
                }
                case "created", "deleted" -> expected.of().released = true;
                default -> {}
            }
        }
    }

    // ---- forks ----

    /**
     * Whether forks hold a stream's path after its deletion. A fork that has ended does not, from the answer on that says
     * so; a creation that is refused does not, from its answer on.
     */
    Held held(Incarnation of) {
        if (of.pins > 0) {
            return Held.YES;
        }
        of.refusedForks.removeIf(Replied::isThere);
        boolean isPerhaps = mayHaveFailed
                || !of.refusedForks.isEmpty()
                || forkings.stream().anyMatch(forking -> forking.mayCount(of));
        for (Incarnation fork : of.forks) {
            Held byThis = heldBy(fork);
            if (byThis == Held.YES) {
                return Held.YES;
            }
            isPerhaps |= byThis == Held.PERHAPS;
        }
        return isPerhaps ? Held.PERHAPS : Held.NO;
    }

    /** Whether forks hold the path of a version that is gone, or null. */
    Held heldAtPath(@Nullable Version gone) {
        return gone == null ? Held.NO : held(gone.of());
    }

    /** Whether a fork holds its source. */
    private Held heldBy(Incarnation fork) {
        Version staged = staged(fork.path);
        if (!fork.released && staged != null && staged.of() == fork && isAlive(staged)) {
            return Held.YES;
        }
        if (fork.creation.isTurnedAway() && !fork.found) {
            return Held.NO;
        }
        Held byForks = held(fork);
        return fork.released || byForks == Held.YES ? byForks : Held.PERHAPS;
    }

    /** A start has found each fork that has not ended, and counts no other. */
    void countsFound() {
        for (Incarnation stream : incarnations.values()) {
            StreamState found = Peek.at(process.of(stream.path).store(), stream.path);
            stream.found |= found != null && found.generation() == stream.generation;
            stream.released = found == null || found.generation() != stream.generation || Peek.isDeleted(found);
            stream.refusedForks.clear();
        }
    }

    private static boolean isAlive(Version version) {
        return !version.deleted() && !version.of().due && !version.of().gone;
    }

    boolean mayBeAlive(Version version) {
        return version != null
                && !version.deleted()
                && !version.of().gone
                && !version.of().mustBeExpired();
    }

    boolean mayBeGone(Version version) {
        return version == null || version.deleted() || version.of().due || version.of().gone;
    }
}
