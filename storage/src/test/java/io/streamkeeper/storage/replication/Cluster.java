package io.streamkeeper.storage.replication;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.ForkOrigin;
import io.streamkeeper.protocol.MetadataChange;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.Producer;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.protocol.leak.ProcessMemory;
import io.streamkeeper.storage.ManualClock;
import io.streamkeeper.storage.disk.StorageFailedException;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.journal.ReplicatedLog;
import io.streamkeeper.storage.recovery.StorageConfig;
import io.streamkeeper.storage.shard.Callback;
import io.streamkeeper.storage.shard.Reply;
import io.streamkeeper.storage.simulation.Reach;
import io.streamkeeper.storage.stream.ForkSource;
import io.streamkeeper.storage.stream.ProducerLimits;
import io.streamkeeper.storage.stream.StreamState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One seed: three machines, of which one leads, and clients that send commands to any of them. Machines are killed and
 * start again, leaders change, clocks differ. At the end everything comes to rest, and all machines have what the log
 * says.
 */
final class Cluster {
    private static final int STEPS = 500;
    private static final int PATHS = 6;
    private static final int SKEW_MILLIS = 2_000;
    private static final int ROUNDS_MAX = 400;

    private final Random random;
    private final Reach reach = new Reach();
    private final History history = new History(SKEW_MILLIS);
    private final States states = new States();
    private final ReplicatedLog log;
    private final List<Machine> machines = new ArrayList<>();
    private final List<StreamPath> paths;

    /** The last request of each producer, which is repeated until it is acknowledged. */
    private final Map<String, Command.Append> unacknowledged = new HashMap<>();

    private final Map<String, Long> sequences = new HashMap<>();
    private final boolean forksOften;
    private final boolean kills;
    private final Random tiers;
    private final @Nullable MachineObjects objects;
    private int number;

    Cluster(long seed) throws IOException {
        random = new Random(seed);
        log = new ReplicatedLog(
                new Random(~seed), 1 + random.nextInt(oneIn(3) ? 40 : 6), reach::hit, history::committed);
        tiers = new Random(seed ^ 0x74696572);
        objects = tiers.nextInt(3) == 0 ? new MachineObjects(tiers) : null;
        forksOften = oneIn(2);
        kills = !oneIn(4);
        int shards = 1 + random.nextInt(3);
        paths = IntStream.range(0, PATHS)
                .mapToObj(i -> new StreamPath("s" + random.nextInt(1_000)))
                .toList();
        StorageConfig config = new StorageConfig(
                random.nextBoolean(),
                1L << (9 + random.nextInt(5)),
                oneIn(2) ? 1_000 : 60_000,
                1 << 12,
                1L << 26,
                new ProducerLimits(3, 2_000));
        for (int i = 0; i < 3; i++) {
            ManualClock clock = new ManualClock(1_700_000_000_000L + random.nextInt(SKEW_MILLIS));
            machines.add(new Machine(
                    "machine " + i, new Random(random.nextLong()), log, shards, config, clock, states, reach, objects));
        }
    }

    private boolean oneIn(int chances) {
        return random.nextInt(chances) == 0;
    }

    Reach run() throws IOException {
        ProcessMemory memory = ProcessMemory.begin();
        try {
            live();
            machines.forEach(Machine::stop);
            if (!kills) {
                memory.assertReleased();
                reach.hit("all memory is released");
            }
        } finally {
            memory.free();
        }
        return reach;
    }

    private void live() throws IOException {
        for (Machine machine : machines) {
            machine.start();
        }
        for (int i = 0; i < STEPS; i++) {
            step();
            runSome(random.nextInt(12));
            stepTier();
        }
        rest();
    }

    // ---- steps ----

    private void step() throws IOException {
        switch (random.nextInt(40)) {
            case 0, 1, 2, 3, 4, 5 -> create();
            case 6, 7, 8, 9 -> delete();
            case 10, 11, 12, 13, 14 -> fork();
            case 15, 16, 17, 18 -> time();
            case 19 -> {
                if (kills && oneIn(3)) {
                    killOrStart();
                }
            }
            case 20, 21, 22, 23 -> produce();
            case 24, 25, 26, 27, 28, 29 -> log.step(false);
            case 30, 31 -> read();
            case 32 -> change();
            default -> {
                if (forksOften && oneIn(2)) {
                    fork();
                } else {
                    append();
                }
            }
        }
    }

    private Machine anyMachine() {
        return machines.get(random.nextInt(machines.size()));
    }

    private void runSome(int tasks) {
        for (int i = 0; i < tasks; i++) {
            Machine machine = anyMachine();
            if (machine.isUp()) {
                if (oneIn(3)) {
                    machine.log.step();
                } else {
                    machine.threads.runOne();
                }
            }
            if (oneIn(6)) {
                log.step(false);
            }
        }
    }

    private void stepTier() {
        Machine machine = machines.get(tiers.nextInt(machines.size()));
        if (objects != null && machine.isUp() && tiers.nextInt(4) == 0) {
            machine.stepTier();
        }
    }

    private void time() {
        long millis = random.nextInt(oneIn(4) ? 4_000 : 900);
        machines.forEach(machine -> machine.clock.advance(millis));
        for (Machine machine : machines) {
            if (machine.isUp() && oneIn(2)) {
                machine.tick();
            }
        }
    }

    private void killOrStart() throws IOException {
        Machine machine = anyMachine();
        if (machine.isUp()) {
            if (oneIn(2)) {
                machine.kill();
                reach.hit("a kill");
            }
        } else {
            machine.start();
            reach.hit("a restart");
        }
    }

    // ---- commands ----

    /** The machine that a client sends a command to: mostly the one that leads, or believes that it does. */
    private Machine.Shard target(StreamPath path) {
        List<Machine> leaders = machines.stream()
                .filter(each -> each.isUp() && each.log.leads())
                .toList();
        Machine machine = leaders.isEmpty() || oneIn(10) ? anyMachine() : leaders.get(random.nextInt(leaders.size()));
        return machine.isUp() ? machine.of(path) : null;
    }

    private StreamPath anyPath() {
        return paths.get(random.nextInt(paths.size()));
    }

    private String token() {
        number++;
        return "<" + number + ">" + "x".repeat(oneIn(30) ? 900 : random.nextInt(12));
    }

    private static Body body(String text) {
        return text.isEmpty() ? Body.empty() : Body.of(Unpooled.copiedBuffer(text, ISO_8859_1));
    }

    private static String textOf(Command.Append append) {
        return append.body().bytes().toString(ISO_8859_1);
    }

    private Expiry anyExpiry(Machine.Shard shard) {
        if (!oneIn(4)) {
            return Expiry.never();
        }
        return oneIn(2)
                ? new Expiry.Ttl(1 + random.nextInt(5))
                : new Expiry.At(shard.store().nowMillis() + 1 + random.nextInt(5_000));
    }

    private Retention anyRetention() {
        if (!oneIn(3)) {
            return Retention.none();
        }
        return new Retention(oneIn(2) ? 1 + random.nextInt(4) : -1, oneIn(2) ? 1 + random.nextInt(100) : -1, -1);
    }

    private void create() {
        StreamPath path = anyPath();
        Machine.Shard shard = target(path);
        if (shard != null) {
            String text = oneIn(2) ? "" : token();
            Command.Create create = new Command.Create(
                    path,
                    ContentType.OCTET_STREAM,
                    anyExpiry(shard),
                    anyRetention(),
                    oneIn(12),
                    null,
                    Preconditions.NONE,
                    body(text));
            shard.store().create(create, null, answer(shard, outcome -> created(outcome, text)));
        }
    }

    /** Counts what is answered, and checks it when it is. */
    private Reply answer(Machine.Shard shard, Reply check) {
        boolean leads = shard.store().leads();
        boolean[] answered = new boolean[1];
        return outcome -> {
            assertThat(answered[0]).as("a second answer: %s", outcome).isFalse();
            answered[0] = true;
            if (outcome instanceof Refusal refusal) {
                reach.hit("answer " + refusal.code().code());
            } else {
                assertThat(leads)
                        .as("a machine that does not lead answers %s", outcome)
                        .isTrue();
                check.complete(outcome);
            }
        };
    }

    private void created(Outcome outcome, String text) {
        Outcome.Created created = (Outcome.Created) outcome;
        if (!created.existed()) {
            History.Told stream = history.of(created.stream().incarnation());
            assertThat(stream).as("a stream that is acknowledged, %s", created).isNotNull();
            assertThat(stream.text).as("the content of %s", stream).startsWith(text);
            reach.hit("created");
        }
    }

    private void append() {
        StreamPath path = anyPath();
        Machine.Shard shard = target(path);
        if (shard != null) {
            append(shard, appendOf(path, oneIn(25), null, token()), () -> {});
        }
    }

    private static Command.Append appendOf(StreamPath path, boolean close, Producer producer, String text) {
        return new Command.Append(
                path, ContentType.OCTET_STREAM, close, producer, null, null, Preconditions.NONE, body(text));
    }

    private void append(Machine.Shard shard, Command.Append append, Runnable acknowledged) {
        String text = textOf(append);
        StreamState stream = shard.store().streamAt(append.path());
        shard.store().append(append, answer(shard, outcome -> {
            Outcome.Appended appended = (Outcome.Appended) outcome;
            History.Told told = history.of(stream.generation());
            assertThat(told.text).as("what is acknowledged of %s", told).containsOnlyOnce(text);
            if (appended.wrote()) {
                long end = appended.nextOffset().position() - told.ownStart();
                assertThat(told.text.substring(0, (int) end))
                        .as("%s up to the offset that is acknowledged", told)
                        .endsWith(text);
            }
            reach.hit(appended.wrote() ? "appended" : "a repeated append");
            acknowledged.run();
        }));
    }

    /** A producer repeats a request with the same number until it is acknowledged. */
    private void produce() {
        StreamPath path = anyPath();
        Machine.Shard shard = target(path);
        StreamState stream = shard == null ? null : shard.store().streamAt(path);
        if (stream == null || stream.isDeleted() || !shard.store().leads()) {
            return;
        }
        String id = "p" + random.nextInt(2);
        String key = stream.generation() + id;
        Command.Append before = unacknowledged.remove(key);
        Producer producer = new Producer(id, 0, sequences.getOrDefault(key, 0L));
        Command.Append append = appendOf(path, false, producer, before == null ? token() : textOf(before));
        unacknowledged.put(key, appendOf(path, false, producer, textOf(append)));
        append(shard, append, () -> {
            if (unacknowledged.get(key) != null
                    && producer.equals(unacknowledged.get(key).producer())) {
                unacknowledged.remove(key);
                sequences.merge(key, 1L, Long::sum);
            }
        });
    }

    private void delete() {
        StreamPath path = anyPath();
        Machine.Shard shard = target(path);
        if (shard != null) {
            delete(shard, path);
        }
    }

    private void delete(Machine.Shard shard, StreamPath path) {
        StreamState stream = shard.store().streamAt(path);
        if (stream != null) {
            history.mayBeDeleted(stream.generation());
        }
        shard.store().delete(new Command.Delete(path, Preconditions.NONE), answer(shard, outcome -> {
            assertThat(history.of(stream.generation()).deleted)
                    .as("%s, of which the deletion is acknowledged, is deleted", path)
                    .isTrue();
            reach.hit("deleted");
        }));
    }

    private void change() {
        StreamPath path = anyPath();
        Machine.Shard shard = target(path);
        if (shard != null) {
            MetadataChange change =
                    new MetadataChange(null, anyExpiry(shard), 1L + random.nextInt(4), 1L + random.nextInt(100), null);
            shard.store().change(new Command.Change(path, change, Preconditions.NONE), answer(shard, outcome -> {
                assertThat(outcome).isInstanceOf(Outcome.Changed.class);
                reach.hit("changed");
            }));
        }
    }

    private void read() {
        StreamPath path = anyPath();
        Machine machine = anyMachine();
        if (machine.isUp()) {
            Machine.Shard shard = machine.of(path);
            try {
                boolean uses = oneIn(2);
                StreamState stream = shard.store().open(path, uses);
                if (uses && machine.log.isLeader()) {
                    history.of(stream.generation()).read(machine.clock.nowMillis());
                }
                Reading.start(machine, shard, stream, random.nextDouble(), history, reach);
            } catch (RefusedException e) {
                reach.hit("not opened: " + e.refusal().code().code());
            }
        }
    }

    private void fork() {
        StreamPath path = anyPath();
        StreamPath from = anyPath();
        Machine.Shard home = target(path);
        if (home == null) {
            return;
        }
        Machine machine = machines.stream()
                .filter(each -> each.shards.contains(home))
                .findFirst()
                .orElseThrow();
        Machine.Shard owner = machine.of(from);
        String text = oneIn(2) ? "" : token();
        Command.Create create = new Command.Create(
                path,
                null,
                Expiry.never(),
                anyRetention(),
                false,
                new ForkOrigin(from, null, 0),
                Preconditions.NONE,
                body(text));
        Reply reply = answer(home, outcome -> {
            created(outcome, text);
            reach.hit(home.equals(owner) ? "a fork" : "a fork on another shard");
        });
        if (home.store().answerExisting(create, reply)) {
            create.body().release();
            return;
        }
        owner.loop()
                .execute(() -> owner.store().pinSource(create.fork(), null, new Callback<>() {
                    @Override
                    public void complete(ForkSource source) {
                        if (oneIn(4)) {
                            delete(owner, from);
                        }
                        owner.store().whenSourceSynced(new Journal.Synced() {
                            @Override
                            public void synced() {
                                home.loop().execute(() -> home.store().create(create, source, reply));
                            }

                            @Override
                            public void failed(StorageFailedException reason) {
                                throw reason;
                            }
                        });
                    }

                    @Override
                    public void refuse(Refusal refusal) {
                        create.body().release();
                        reply.complete(refusal);
                    }
                }));
    }

    // ---- the end ----

    private void rest() throws IOException {
        if (objects != null) {
            objects.end();
        }
        for (Machine machine : machines) {
            if (!machine.isUp()) {
                machine.start();
            }
        }
        for (int turn = 0; turn < 12; turn++) {
            machines.forEach(machine -> machine.clock.advance(1_000));
            machines.forEach(Machine::tick);
            machines.forEach(Machine::stepTier);
            runAll();
        }
        for (Machine machine : machines) {
            machine.shards.forEach(shard -> Checks.quiet(machine, shard, history));
            machine.checkObjects();
        }
        if (objects != null) {
            objects.checkAllSeen();
        }
    }

    private void runAll() {
        for (int round = 0; round < ROUNDS_MAX; round++) {
            log.step(true);
            for (Machine machine : machines) {
                machine.log.step();
                machine.threads.runAll();
            }
            if (log.isIdle() && machines.stream().allMatch(Machine::isIdle)) {
                return;
            }
        }
        throw new AssertionError("it does not come to rest");
    }
}
