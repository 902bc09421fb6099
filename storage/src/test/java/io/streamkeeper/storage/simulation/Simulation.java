package io.streamkeeper.storage.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.storage.Peek;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.shard.ShardStore;
import io.streamkeeper.storage.stream.StreamState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * One seed: several lives of a store over a disk that tears, loses, fills up and fails, each with commands and faults
 * at random. After each life the directory is verified, sometimes backed up, and started again: whatever happened
 * before, it starts, has what it must have, and takes writes (I11).
 */
final class Simulation {
    private static final int GENERATIONS = 4;
    private static final int STEPS = 120;
    private static final int ROUNDS_MAX = 50;

    /** The last is none for a process whose disk has stopped. */
    private static final List<World.End> ENDS = List.of(World.End.POWER_CUT, World.End.KILL, World.End.STOP);

    private static final List<Faults.Kind> KINDS = List.of(Faults.Kind.values());
    private static final List<Faults.Seam> SEAMS = List.of(Faults.Seam.values());
    private static final List<Faults.Seam> SEAMS_OF_DISK =
            List.of(Faults.Seam.ANY, Faults.Seam.JOURNAL, Faults.Seam.EXTENTS);

    private final World world;
    private final Commands commands;
    private final OwnStream ownStream;
    private final Random random;

    /** When an operator requests a job; a source of its own, so that it shifts nothing else. */
    private final Random operator;

    /**
     * The simulation of {@code seed}. The salts of files have a source of their own, so that their number shifts
     * nothing else.
     */
    Simulation(long seed) throws IOException {
        this.random = new Random(seed);
        this.operator = new Random(seed ^ 0x6f70);
        this.world = new World(random, new Random(~seed).nextLong());
        this.commands = new Commands(world);
        this.ownStream = new OwnStream(world, commands, new Random(seed ^ 0x6f776e));
    }

    Reach run() throws IOException {
        try {
            return lives();
        } catch (RuntimeException | Error e) {
            throw new AssertionError(world.settings + ": " + e.getMessage(), e);
        }
    }

    private Reach lives() throws IOException {
        begin();
        for (int generation = 0; generation < GENERATIONS; generation++) {
            live();
            end();
            restart();
        }
        world.end(World.End.KILL);
        if (world.disk.lateReports() > 0) {
            world.reach.hit("no room, reported by a sync");
        }
        return world.reach;
    }

    /** The first start, which may have a directory of format version 1 to convert and not come to the end of it. */
    private void begin() throws IOException {
        Former former = world.former();
        for (int i = random.nextInt(3); i > 0 && former != null; i--) {
            boolean before = DataDirectory.version(world.disk, World.DATA) == 1;
            boolean meetsFaults = world.settings.faults() && oneIn(2);
            if (meetsFaults) {
                startWithFaults();
            } else {
                startThatIsCutShort();
            }
            if (before && DataDirectory.version(world.disk, World.DATA) == 1) {
                world.reach.hit(meetsFaults ? "a conversion that meets a fault" : "a conversion that is cut short");
            }
        }
        world.start();
        if (former != null) {
            world.reach.hit("a directory of version 1 that is converted");
            former.check(world);
        }
    }

    private boolean oneIn(int chances) {
        return random.nextInt(chances) == 0;
    }

    // ---- a life ----

    private void live() {
        ownStream.restarted();
        if (oneIn(2)) {
            world.disk.stopBefore(1 + random.nextInt(400));
        }
        int steps = random.nextInt(2 * STEPS);
        for (int i = 0; i < steps && !world.disk.isStopped(); i++) {
            step();
            if (world.settings.hasOwnStream() && !world.disk.isStopped()) {
                ownStream.step();
            }
            if (!world.disk.isStopped()) {
                world.runSome(random.nextInt(6 * world.models.size()));
            }
        }
        if (!world.disk.isStopped() && (world.mayHaveFailed || world.mayBeFull || oneIn(2))) {
            rest();
        }
    }

    private void step() {
        switch (random.nextInt(47)) {
            case 0, 1, 2, 3, 4, 5 -> commands.create();
            case 6, 7 -> commands.delete();
            case 8, 9, 10, 11, 12 -> fork();
            case 13, 14, 15, 16, 17 -> commands.read();
            case 18 -> commands.head();
            case 19, 20, 21, 22 -> tick();
            case 23 -> jump();
            case 24, 25 -> fault();
            case 26 -> hold();
            case 27, 28 -> await();
            case 29 -> crowd();
            case 30, 31 -> room();
            case 32, 33 -> commands.list();
            case 34, 35 -> commands.change();
            default -> commands.append();
        }
    }

    private void await() {
        if (world.settings.waits()) {
            if (oneIn(4)) {
                commands.leave();
            } else {
                commands.await();
            }
        } else {
            commands.head();
        }
    }

    private void crowd() {
        if (world.settings.crowds() && oneIn(8)) {
            commands.crowd();
        } else {
            commands.append();
        }
    }

    private void fork() {
        if (world.settings.forks() && oneIn(10)) {
            world.runAll();
            commands.forkOfNewBytes();
        } else if (world.settings.forks()) {
            commands.fork();
        } else {
            commands.append();
        }
    }

    /** What the server's timers do. */
    private void tick() {
        world.advance(random.nextInt(oneIn(4) ? 4_000 : 900));
        for (SimulatedProcess.Shard shard : world.process.shards) {
            request(shard.store());
            if (oneIn(2)) {
                shard.store().keepUp();
            }
        }
        if (world.settings.tiered()) {
            tier();
        }
        commands.timeOut();
        world.note();
    }

    /** The thread of the tier works, and perhaps the object store does not. */
    private void tier() {
        if (operator.nextInt(6) == 0) {
            world.faultsOfTier(operator.nextBoolean());
        }
        if (operator.nextInt(3) > 0) {
            world.stepTier();
        }
    }

    /** What an operator requests now and then. */
    private void request(ShardStore store) {
        switch (operator.nextInt(40)) {
            case 0 -> store.checkpointNow(() -> world.reach.hit("a checkpoint that was requested"));
            case 1 -> store.compactNow(() -> world.reach.hit("a compaction that was requested"));
            default -> {}
        }
    }

    private void jump() {
        if (world.settings.jumps()) {
            world.advance(random.nextInt(7_200_000) - 3_600_000);
            world.reach.hit("the clock was set");
        }
    }

    private void hold() {
        if (world.settings.holds()) {
            world.process.threads.releaseAll();
            if (oneIn(2)) {
                world.process.threads.holdAny();
            }
        }
    }

    /** The disk becomes full, or has room again. */
    private void room() {
        if (world.settings.fills()) {
            world.mayBeFull = true;
            world.disk.reportsLate(oneIn(3));
            int left = random.nextInt(oneIn(2) ? 200 : 6_000);
            world.disk.capacityBytes(oneIn(3) ? Long.MAX_VALUE : world.disk.usedBytes() + left);
        }
    }

    private void fault() {
        if (world.settings.faults()) {
            world.disk.shortWrites(oneIn(2));
            faultyOperations();
            if (oneIn(12)) {
                world.mayHaveFailed = true;
                world.disk.failNextSyncs(1);
            }
        }
    }

    private void faultyOperations() {
        world.faults.end();
        if (oneIn(2)) {
            Faults.Kind kind = KINDS.get(random.nextInt(KINDS.size()));
            if (!kind.mayBeFinal() || oneIn(2)) {
                world.faults.begin(kind, anySeam(kind), 1 + random.nextInt(oneIn(2) ? 3 : 40));
                world.mayBeBusy = true;
                world.mayHaveFailed |= kind.mayBeFinal();
                world.mayNotRead |= kind == Faults.Kind.READS || kind == Faults.Kind.DESCRIPTORS;
            }
        }
    }

    /** What writes files throws while checkpoints are due. */
    private void faultsInTheBackground() {
        world.faults.begin(
                oneIn(2) ? Faults.Kind.ERRORS : Faults.Kind.EXCEPTIONS, Faults.Seam.EXTENTS, 1 + random.nextInt(6));
        world.mayBeBusy = true;
        world.mayHaveFailed = true;
        world.mayNotRead = true;
        for (int i = 0; i < 3; i++) {
            turn(world.settings.checkpointMillis());
        }
    }

    private Faults.Seam anySeam(Faults.Kind kind) {
        List<Faults.Seam> all = kind.isThrown() ? SEAMS : SEAMS_OF_DISK;
        return all.get(random.nextInt(all.size()));
    }

    /**
     * The faults stop, and everything that is under way ends: a shard has failed, with a reason, or it takes writes and
     * makes checkpoints again, whatever was abandoned before.
     */
    private void rest() {
        if (world.settings.faults() && oneIn(2)) {
            faultsInTheBackground();
        }
        world.disk.capacityBytes(Long.MAX_VALUE);
        world.disk.shortWrites(false);
        world.disk.failNextSyncs(0);
        world.faults.end();
        world.faultsOfTier(false);
        world.calm();
        for (int i = 0; i < 6; i++) {
            turn(1_500);
        }
        commands.timeOut();
        if (world.disk.isStopped()) {
            return;
        }
        Checks.quiet(world);
        for (SimulatedProcess.Shard shard : world.process.shards) {
            if (world.faults.hasThrownIn(World.directory(shard.number()))) {
                assertThat(shard.store().failure())
                        .as("failure of shard %s, of which the work has thrown", shard.number())
                        .isNotNull();
                world.reach.hit("a shard of which the work has thrown");
            }
            if (shard.store().failure() != null) {
                assertThat(shard.store().failure().getMessage())
                        .as("why it has failed")
                        .isNotBlank();
                world.reach.hit("a shard that has failed with a reason");
            }
        }
        makesCheckpoints();
        if (!world.mayHaveFailed && !world.disk.isStopped()) {
            world.paths.forEach(this::checkTrimmed);
            world.reach.hit("a life that came to rest");
        }
    }

    /** Runs the server's timers after so much time, and everything that follows. */
    private void turn(long millis) {
        world.advance(millis);
        world.process.shards.forEach(shard -> shard.store().keepUp());
        if (!world.disk.isStopped()) {
            world.stepTier();
        }
        commands.timeOut();
        world.runAll();
    }

    /** Each shard that takes a write makes a checkpoint of it, while more of them come. */
    private void makesCheckpoints() {
        Map<SimulatedProcess.Shard, Long> waiting = new HashMap<>();
        takesWrites().forEach(shard -> waiting.put(shard, shard.store().lastLsn()));
        for (int round = 0; round < ROUNDS_MAX && !waiting.isEmpty(); round++) {
            turn(world.settings.checkpointMillis());
            if (world.disk.isStopped()) {
                return;
            }
            waiting.entrySet().removeIf(entry -> hasMade(entry.getKey(), entry.getValue()));
            if (!waiting.isEmpty()) {
                takesWrites();
            }
        }
        assertThat(waiting).as("shards that make no checkpoint up to a record").isEmpty();
        world.reach.hit("it makes checkpoints");
    }

    private boolean hasMade(SimulatedProcess.Shard shard, long lsn) {
        return shard.store().failure() != null || Checks.checkpointLsn(world, shard.number()) >= lsn;
    }

    private void checkTrimmed(String path) {
        Version version = world.staged(path);
        StreamState stream = Peek.at(world.process.of(path).store(), path);
        if (stream != null && !Peek.isDeleted(stream) && version.of().generation == stream.generation()) {
            Checks.trimmed(world, version.of(), stream);
        }
    }

    // ---- between lives ----

    private void end() {
        boolean stopped = world.disk.isStopped();
        World.End end = ENDS.get(random.nextInt(stopped ? 2 : 3));
        if (!stopped && end == World.End.POWER_CUT && !world.settings.syncs() && world.settings.forks()) {
            forksBeforeTheCut();
        }
        world.reach.hit("end by " + end + (world.isQuiet() ? " at rest" : ""));
        if (ownStream.wasTrimmed()) {
            world.reach.hit("a stream of the server itself that was trimmed and has ended by " + end);
        }
        world.end(end);
    }

    /** Forks of bytes that only the kernel has, where records are not synced: the power cut may take either shard's. */
    private void forksBeforeTheCut() {
        for (int i = 0; i < 4 && !world.disk.isStopped(); i++) {
            commands.forkOfNewBytes();
        }
    }

    private void restart() throws IOException {
        boolean backup = oneIn(4);
        if (world.settings.objects()) {
            world.reach.hit("extents that are objects");
        }
        world.checkObjects();
        world.restoreSnapshot();
        if (world.settings.isReadable()) {
            Checks.verified(world);
            if (backup) {
                Checks.backup(world);
            }
        }
        if (oneIn(6)) {
            startThatIsCutShort();
        }
        if (world.settings.faults() && oneIn(4)) {
            startWithFaults();
        }
        world.start();
        Checks.found(world, true);
        world.countsFound();
        world.mayHaveLost = false;
        commands.list();
        if (oneIn(2)) {
            takesWrites();
        }
    }

    private void startThatIsCutShort() throws IOException {
        world.disk.stopBefore(1 + random.nextInt(world.former() == null ? 30 : 150));
        try {
            world.start();
            world.runAll();
        } catch (IOException e) {
            assertThat(world.disk.isStopped()).as("a start fails: %s", e).isTrue();
            world.reach.hit("a start that is cut short");
            world.killProcess();
            return;
        }
        world.end(World.End.POWER_CUT);
    }

    /**
     * A start that meets faults fails with a reason, or comes to be; either way the next one finds all that there was.
     */
    private void startWithFaults() {
        Faults.Kind kind = KINDS.get(random.nextInt(KINDS.size()));
        world.faults.begin(kind, anySeam(kind), 1 + random.nextInt(60));
        try {
            world.start();
            world.mayHaveFailed = true;
            world.mayNotRead = true;
            world.runAll();
            world.reach.hit("a start that survives faults");
            world.end(World.End.KILL);
        } catch (IOException | Faults.InjectedError | Faults.InjectedException e) {
            world.reach.hit("a start that fails of " + kind);
            world.faults.end();
            world.killProcess();
        }
    }

    /**
     * Each shard that has not failed takes writes, perhaps not at once, but without help. Returns those that did: one
     * of which forks hold every path, or of closed streams only, has nothing to write to.
     */
    private List<SimulatedProcess.Shard> takesWrites() {
        List<SimulatedProcess.Shard> written = new ArrayList<>();
        for (SimulatedProcess.Shard shard : world.process.shards) {
            for (String path : world.paths) {
                boolean isHere = world.process.of(path).number() == shard.number();
                boolean isWell = shard.store().failure() == null && !world.disk.isStopped();
                if (isHere && isWell && !written.contains(shard) && takesWrites(shard, path)) {
                    written.add(shard);
                }
            }
        }
        return written;
    }

    /** Returns whether something was written; a path may be one that forks hold, or of a stream that is closed. */
    private boolean takesWrites(SimulatedProcess.Shard shard, String path) {
        for (int round = 0; round < ROUNDS_MAX; round++) {
            Replied answer = commands.create(path, false, Expiry.never(), Retention.none(), false, "written");
            world.runAll();
            if (isAnswered(answer) && !answer.word().equals("created")) {
                answer = commands.write(path);
                world.runAll();
            }
            if (!isAnswered(answer)) {
                return false;
            }
            if (!answer.isTurnedAway()) {
                boolean wrote = !answer.isRefused();
                if (wrote) {
                    world.reach.hit("it takes writes");
                }
                return wrote;
            }
            if (shard.store().failure() != null) {
                assertThat(world.mayHaveFailed).as("it may fail").isTrue();
                return false;
            }
            turn(1_500);
        }
        throw new AssertionError("the shard of " + path + " takes no writes");
    }

    /** Every command is answered, unless the world stops before. */
    private boolean isAnswered(Replied answer) {
        if (world.disk.isStopped()) {
            return false;
        }
        assertThat(answer.isThere()).as("an answer").isTrue();
        return true;
    }
}
