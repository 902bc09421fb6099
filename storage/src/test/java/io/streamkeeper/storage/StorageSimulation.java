package io.streamkeeper.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.Producer;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.disk.SimulatedDisk;
import io.streamkeeper.storage.leak.ProcessMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;

/**
 * A shard over a simulated disk against a model that is nothing but the list of its records, over several starts. Belongs
 * to one thread; everything random comes from one seed.
 *
 * <p>After each start the state must be the sum of some first part of the records: a part that has every record that was
 * acknowledged and every record whose effect a reader saw. While the shard runs, readers must see such a sum too. What was
 * refused for want of room is no record any more, and must never come back.
 */
final class StorageSimulation {
    static final int PATHS = 5;
    private static final Path DATA = Path.of("/data");
    private static final Path SHARD = DATA.resolve("shard-000");

    /** How a generation ends. */
    enum End {
        POWER_CUT,
        KILL,
        STOP
    }

    /** What a stream is, as far as the model knows. */
    private static final class Model {
        final Model source;
        final String inherited;
        final boolean json;
        String text = "";
        boolean closed;
        Producer closedBy;
        String seq;
        boolean deleted;
        final Map<String, Producer> producers = new HashMap<>();

        Model(Model source, String inherited, boolean json) {
            this.source = source;
            this.inherited = inherited;
            this.json = json;
        }

        String all() {
            return inherited + text;
        }

        String describe() {
            return all() + "|" + closed + "|" + seq + "|" + producers + "|" + deleted + "|" + json;
        }
    }

    /** What a record does to the streams. */
    private interface Change {
        void to(Map<String, Model> streams);
    }

    private record Entry(String path, Change change, Answer answer) {}

    private record Expected(String word, Answer answer, Command command) {}

    private final Random random;
    private final SimulatedDisk disk;
    private final ManualClock clock = new ManualClock(1_700_000_000_000L);
    private final List<Entry> records = new ArrayList<>();
    private final List<Expected> open = new ArrayList<>();
    private final Set<Long> generations = new HashSet<>();
    final Map<String, Integer> words = new HashMap<>();

    private ProcessMemory memory;
    private SimulatedThreads threads;
    private ShardStore store;
    private boolean syncs;
    private boolean failed;
    private int certain;
    private int number;

    StorageSimulation(Random random) throws IOException {
        this.random = random;
        this.disk = new SimulatedDisk(random);
        disk.createDirectories(DATA);
        DataDirectory.open(disk, DATA, 0, 1, false);
        disk.syncDirectory(DATA);
    }

    SimulatedDisk disk() {
        return disk;
    }

    // ---- life ----

    void start() throws IOException {
        syncs = random.nextInt(4) > 0;
        failed = false;
        memory = ProcessMemory.begin();
        threads = new SimulatedThreads(random);
        StorageConfig config = new StorageConfig(
                syncs, 1L << (9 + random.nextInt(5)), 1_000, 1L << (11 + random.nextInt(5)), 1L << 26);
        DataDirectory data = DataDirectory.open(disk, DATA, 0, 1, true);
        store = FileShard.open(
                disk,
                data,
                0,
                config,
                threads.threads(),
                new ReadBudget(1 << 26),
                clock,
                (path, generation) -> threads.loop.execute(() -> store.releaseSource(generation)));
        assertThat(RecoveredForks.connect(List.of(store)))
                .as("what forks inherit is there")
                .isEmpty();
        store.settle();
    }

    /** Ends this process in some way; nothing of it goes on. */
    void end(End end) {
        threads.holdJournal(false);
        if (end == End.STOP) {
            threads.runAll();
            noteAnswers();
            threads.dropLoop();
            store.close();
            threads.runAll();
            memory.assertReleased();
            disk.killProcess();
            return;
        }
        disk.stop();
        threads.stop();
        memory.free();
        if (end == End.POWER_CUT) {
            disk.cutPower();
        } else {
            disk.killProcess();
        }
    }

    /** Runs commands until there were enough, or the world stops. */
    void run(int steps) {
        for (int i = 0; i < steps && !disk.isStopped(); i++) {
            step();
            for (int tasks = random.nextInt(6); tasks > 0 && !disk.isStopped(); tasks--) {
                threads.runOne();
            }
            noteAnswers();
            if (random.nextInt(12) == 0) {
                checkReaders();
            }
        }
    }

    private void step() {
        noteAnswers();
        String path = "s" + random.nextInt(PATHS);
        if (isBeingLetGo(path)) {
            return;
        }
        switch (random.nextInt(20)) {
            case 0, 1, 2 -> create(path);
            case 3 -> delete(path);
            case 4 -> fork(path, "s" + random.nextInt(PATHS));
            case 5 -> {
                clock.advance(random.nextInt(900));
                store.compact();
            }
            case 6, 7 -> store.compact();
            case 8 -> fault();
            case 9 -> threads.holdJournal(random.nextInt(3) > 0);
            default -> append(path);
        }
    }

    /** A deleted source goes when the deletion of its last fork is durable, in the model when it is staged. */
    private boolean isBeingLetGo(String path) {
        StreamState stream = store.streamAt(new StreamPath(path));
        return stream != null && stream.isDeleted() && stream.forks() > 0 && staged(path) == null;
    }

    private boolean isSettled(String path) {
        return records.stream()
                .filter(record -> record.path().equals(path))
                .allMatch(record -> record.answer().isThere());
    }

    private void fault() {
        switch (random.nextInt(12)) {
            case 0 -> disk.shortWrites(random.nextBoolean());
            case 1, 2 -> disk.capacityBytes(disk.usedBytes() + random.nextInt(6_000));
            case 3, 4, 5, 6 -> disk.capacityBytes(Long.MAX_VALUE);
            case 7 -> {
                if (random.nextInt(12) == 0) {
                    disk.failNextSyncs(1);
                    failed = true;
                }
            }
            default -> clock.advance(random.nextInt(2_000));
        }
    }

    // ---- the model ----

    private Map<String, Model> sum(int count) {
        Map<String, Model> streams = new HashMap<>();
        for (Entry record : records.subList(0, count)) {
            record.change().to(streams);
        }
        return streams;
    }

    private Model staged(String path) {
        return sum(records.size()).get(path);
    }

    private static boolean hasForks(Map<String, Model> streams, Model of) {
        return streams.values().stream().anyMatch(stream -> stream.source == of);
    }

    private static void drop(Map<String, Model> streams, String path) {
        Model gone = streams.get(path);
        if (hasForks(streams, gone)) {
            gone.deleted = true;
            return;
        }
        streams.remove(path);
        Model source = gone.source;
        if (source != null && source.deleted && !hasForks(streams, source)) {
            streams.entrySet().stream()
                    .filter(entry -> entry.getValue() == source)
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .ifPresent(sourcePath -> drop(streams, sourcePath));
        }
    }

    private void record(String path, String word, Answer answer, Command command, Change change) {
        if (isRefusedAtOnce(answer)) {
            return;
        }
        records.add(new Entry(path, change, answer));
        open.add(new Expected(word, answer, command));
    }

    /** A shard that is full, busy or failed takes nothing; what it says does not depend on the stream. */
    private boolean isRefusedAtOnce(Answer answer) {
        return answer.isThere()
                && (answer.word().equals("storage_full")
                        || answer.word().equals("overloaded")
                        || answer.word().equals("storage_failed"));
    }

    private void expect(String word, Answer answer, Command command) {
        if (!isRefusedAtOnce(answer)) {
            open.add(new Expected(word, answer, command));
        }
    }

    // ---- commands ----

    private String anyText(boolean json) {
        number++;
        int repeats = random.nextInt(30) == 0 ? 700 : random.nextInt(12);
        String text = "<" + number + ">" + "x".repeat(repeats);
        return json ? "\"" + text + "\"," : text;
    }

    private static String body(String stored, boolean json) {
        return json ? "[" + stored.substring(0, stored.length() - 1) + "]" : stored;
    }

    private void create(String path) {
        boolean closed = random.nextInt(8) == 0;
        boolean json = random.nextInt(3) == 0;
        String text = random.nextBoolean() ? "" : anyText(json);
        CreateRequest request = CreateRequest.at(path);
        request = json ? request.json() : request;
        request = text.isEmpty() ? request : request.text(body(text, json));
        Command.Create command = (closed ? request.closed() : request).command();
        Model before = staged(path);
        Answer answer = new Answer();
        store.create(command, null, answer);
        if (before != null) {
            boolean same = !before.deleted && before.closed == closed && before.json == json && before.source == null;
            expect(same ? "existed" : "stream_exists", answer, command);
            return;
        }
        record(path, "created", answer, command, streams -> {
            Model created = new Model(null, "", json);
            created.text = text;
            created.closed = closed;
            streams.put(path, created);
        });
    }

    private void fork(String path, String sourcePath) {
        CreateRequest request = CreateRequest.at(path).forkOf(sourcePath, null);
        Command.Create command = request.command();
        Answer answer = new Answer();
        if (staged(path) != null || path.equals(sourcePath) || !isSettled(sourcePath)) {
            command.body().release();
            return;
        }
        ForkSource source;
        try {
            source = store.pinSource(command.fork(), null);
        } catch (RefusedException e) {
            command.body().release();
            return;
        }
        Model model = staged(sourcePath);
        int length = (int) source.position();
        store.create(command, source, answer);
        if (isRefusedAtOnce(answer)) {
            return;
        }
        boolean json = model.json;
        record(path, "created", answer, command, streams -> {
            Model parent = streams.get(sourcePath);
            streams.put(path, new Model(parent, parent.all().substring(0, length), json));
        });
    }

    private void delete(String path) {
        Model before = staged(path);
        Answer answer = new Answer();
        Command.Delete command = new Command.Delete(new StreamPath(path), Preconditions.NONE);
        store.delete(command, answer);
        if (before == null || before.deleted) {
            expect(before == null ? "stream_not_found" : "stream_deleted", answer, command);
        } else {
            record(path, "deleted", answer, command, streams -> drop(streams, path));
        }
    }

    private void append(String path) {
        Model before = staged(path);
        boolean json = before != null && before.json;
        boolean close = random.nextInt(25) == 0;
        String text = close && random.nextBoolean() ? "" : anyText(json);
        Producer producer = random.nextBoolean() ? anyProducer(before) : null;
        String seq = random.nextInt(6) == 0 ? String.format("%06d", number + random.nextInt(3)) : null;
        AppendRequest request = AppendRequest.to(path).seq(seq);
        if (!text.isEmpty()) {
            request = json ? request.json(body(text, true)) : request.text(text);
        }
        if (producer != null) {
            request.by(producer.id(), producer.epoch(), producer.seq());
        }
        Command.Append command = (close ? request.close() : request).command();
        Answer answer = new Answer();
        store.append(command, answer);
        String mistake = answerWithoutRecord(before, text, close, producer, seq);
        if (mistake != null) {
            expect(mistake, answer, command);
            return;
        }
        record(path, (text.isEmpty() ? "kept" : "wrote") + (close ? " closed" : ""), answer, command, streams -> {
            Model changed = streams.get(path);
            changed.text += text;
            changed.closed = close;
            changed.closedBy = close ? producer : null;
            changed.seq = seq == null ? changed.seq : seq;
            if (producer != null) {
                changed.producers.put(producer.id(), producer);
            }
        });
    }

    private Producer anyProducer(Model stream) {
        String id = "p" + random.nextInt(2);
        Producer last = stream == null ? null : stream.producers.get(id);
        if (last == null) {
            return new Producer(id, 0, random.nextInt(8) == 0 ? 1 : 0);
        }
        return switch (random.nextInt(5)) {
            case 0 -> last;
            case 1 -> new Producer(id, last.epoch() + 1, 0);
            default -> new Producer(id, last.epoch(), last.seq() + 1);
        };
    }

    private static String answerWithoutRecord(Model stream, String text, boolean close, Producer producer, String seq) {
        if (stream == null || stream.deleted) {
            return stream == null ? "stream_not_found" : "stream_deleted";
        }
        if (stream.closed) {
            boolean repeats = producer != null && producer.equals(stream.closedBy);
            boolean again = producer == null && close && text.isEmpty();
            return repeats || again ? "kept closed" : "stream_closed";
        }
        if (producer != null) {
            Producer last = stream.producers.get(producer.id());
            if (last == null && producer.seq() != 0) {
                return "producer_sequence_gap";
            }
            if (last != null && producer.epoch() == last.epoch() && producer.seq() <= last.seq()) {
                return "kept";
            }
        }
        return seq == null || stream.seq == null || seq.compareTo(stream.seq) > 0 ? null : "sequence_regression";
    }

    /** Words of answers to what was undone: the disk was full, or took nothing for a while. */
    private static boolean isUndone(String word) {
        return word.equals("storage_full") || word.equals("overloaded");
    }

    // ---- checks ----

    /** Looks at the answers that have come: they are as expected, and what they acknowledge is certain from now on. */
    private void noteAnswers() {
        records.removeIf(
                record -> record.answer().isThere() && isUndone(record.answer().word()));
        for (Expected expected : List.copyOf(open)) {
            if (!expected.answer().isThere()) {
                continue;
            }
            open.remove(expected);
            String word = expected.answer().word();
            words.merge(word, 1, Integer::sum);
            if (word.equals("storage_failed")) {
                assertThat(failed || disk.isStopped())
                        .as("the disk was told to fail: " + expected.answer().refusal())
                        .isTrue();
            } else if (!isUndone(word)) {
                assertThat(word).as(expected.command().toString()).isEqualTo(expected.word());
            }
        }
        for (int i = records.size() - 1; i >= certain; i--) {
            Answer answer = records.get(i).answer();
            if (answer.isThere() && !(answer.outcome() instanceof Refusal)) {
                noteGeneration(answer.outcome());
                certain = i + 1;
                break;
            }
        }
    }

    private void noteGeneration(Outcome outcome) {
        if (outcome instanceof Outcome.Created created && !created.existed()) {
            Offset tail = created.stream().tail();
            generations.add(tail.generation());
        }
    }

    /** Each reader sees its stream as some first part of the records has it, which is certain from then on. */
    private void checkReaders() {
        for (int i = 0; i < PATHS; i++) {
            String path = "s" + i;
            String seen = read(path);
            if (seen == null) {
                return;
            }
            noteAnswers();
            int count = certain;
            while (count <= records.size() && !seen.equals(visible(sum(count).get(path)))) {
                count++;
            }
            assertThat(count)
                    .as("what a reader sees of %s: %s, staged %s", path, seen, visible(staged(path)))
                    .isLessThanOrEqualTo(records.size());
            certain = Math.max(certain, count);
        }
    }

    private static String visible(Model stream) {
        return stream == null || stream.deleted ? "none" : stream.all() + "|" + stream.closed;
    }

    /** All that readers see of a stream, or null if the world stopped meanwhile. */
    private String read(String path) {
        StringBuilder text = new StringBuilder();
        StreamState stream;
        try {
            stream = store.open(new StreamPath(path), true);
        } catch (RefusedException e) {
            return "none";
        }
        long position = 0;
        while (!stream.isDurablyDeleted()) {
            if (position < stream.ownStart()) {
                Taken<ShardStore.Inherited> inherited = new Taken<>();
                store.readInherited(stream.lineage().at(position), position, 1 + random.nextInt(5_000), inherited);
                if (!await(inherited::isThere)) {
                    return null;
                }
                text.append(inherited.get().bytes().toString(UTF_8));
                inherited.get().bytes().release();
                position = inherited.get().end();
                continue;
            }
            Answer answer = new Answer();
            store.read(stream, position, Buffers.NONE, position, 1 + random.nextInt(5_000), answer);
            if (!await(answer::isThere)) {
                return null;
            }
            if (answer.outcome() instanceof Refusal refusal) {
                assertThat(stream.isDurablyDeleted()).as(refusal.message()).isTrue();
                return read(path);
            }
            Outcome.Chunk chunk = answer.as(Outcome.Chunk.class);
            text.append(chunk.bytes().toString(UTF_8));
            chunk.bytes().release();
            if (chunk.upToDate()) {
                return text + "|" + chunk.closed();
            }
            position = chunk.next().position();
        }
        return read(path);
    }

    private boolean await(java.util.function.BooleanSupplier done) {
        threads.holdJournal(false);
        while (!done.getAsBoolean()) {
            if (disk.isStopped() || !threads.runOne()) {
                assertThat(disk.isStopped()).as("a read is answered").isTrue();
                return false;
            }
        }
        return !disk.isStopped();
    }

    /** Which first part of the records this start has found: all that is certain at the least, when it must. */
    void checkRecovered(boolean keepsCertain) {
        Map<String, String> found = new HashMap<>();
        for (int i = 0; i < PATHS; i++) {
            found.put("s" + i, recovered("s" + i));
        }
        int least = keepsCertain ? certain : 0;
        for (int count = records.size(); count >= least; count--) {
            if (matches(found, sum(count))) {
                records.subList(count, records.size()).clear();
                certain = count;
                open.clear();
                return;
            }
        }
        throw new AssertionError("the state is no first part of the " + records.size() + " records, of which " + certain
                + " are certain: found " + found + ", expected " + describe(sum(records.size())) + " or "
                + describe(sum(certain)));
    }

    private static Map<String, String> describe(Map<String, Model> streams) {
        Map<String, String> all = new HashMap<>();
        streams.forEach((path, stream) -> all.put(path, stream.describe()));
        return all;
    }

    private static boolean matches(Map<String, String> found, Map<String, Model> streams) {
        for (int i = 0; i < PATHS; i++) {
            Model stream = streams.get("s" + i);
            if (!Objects.equals(found.get("s" + i), stream == null ? null : stream.describe())) {
                return false;
            }
        }
        return true;
    }

    /** Everything that recovery knows of a path, in the model's words. */
    private String recovered(String path) {
        StreamState stream = store.streamAt(new StreamPath(path));
        if (stream == null) {
            return null;
        }
        Model model = new Model(null, "", stream.contentType().isJson());
        model.text = stream.isDurablyDeleted() ? deletedText(stream) : withoutClosure(read(path));
        model.closed = stream.isClosed();
        model.seq = stream.streamSeq();
        model.deleted = stream.isDurablyDeleted();
        for (String id : List.of("p0", "p1")) {
            if (stream.lastOf(id) != null) {
                model.producers.put(id, stream.lastOf(id));
            }
        }
        return model.describe();
    }

    private static String withoutClosure(String seen) {
        return seen.substring(0, seen.lastIndexOf('|'));
    }

    /** What forks can still inherit of a stream that is deleted. */
    private String deletedText(StreamState stream) {
        StringBuilder text = new StringBuilder();
        long position = 0;
        while (position < stream.durableTail()) {
            Taken<ShardStore.Inherited> read = new Taken<>();
            Lineage own = stream.lineageUpTo(stream.durableTail());
            store.readInherited(own.at(position), position, 4_000, read);
            await(read::isThere);
            text.append(read.get().bytes().toString(UTF_8));
            position = read.get().end();
            read.get().bytes().release();
        }
        return text.toString();
    }

    boolean isSynced() {
        return syncs;
    }

    boolean isFailed() {
        return failed;
    }

    static Path shardDirectory() {
        return SHARD;
    }
}
