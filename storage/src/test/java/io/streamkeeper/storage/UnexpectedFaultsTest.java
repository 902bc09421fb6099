package io.streamkeeper.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledHeapByteBuf;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.protocol.leak.ProcessMemory;
import io.streamkeeper.protocol.output.LogsFaults;
import io.streamkeeper.protocol.output.MayLogFaults;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.disk.DiskException;
import io.streamkeeper.storage.disk.DiskException.Operation;
import io.streamkeeper.storage.disk.FaultyDisk;
import io.streamkeeper.storage.disk.SimulatedDisk;
import io.streamkeeper.storage.disk.StorageFailedException;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.journal.ShardThreads;
import io.streamkeeper.storage.memory.Buffers;
import io.streamkeeper.storage.memory.ReadBudget;
import io.streamkeeper.storage.provider.StorageProvider;
import io.streamkeeper.storage.recovery.FileShard;
import io.streamkeeper.storage.recovery.RecoveredForks;
import io.streamkeeper.storage.recovery.StorageConfig;
import io.streamkeeper.storage.shard.Reply;
import io.streamkeeper.storage.shard.ShardStore;
import io.streamkeeper.storage.stream.ProducerLimits;
import io.streamkeeper.storage.stream.StreamState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

/**
 * A throwable that nobody expects, thrown by each call of the disk and of the clock in turn while a shard does a little
 * of everything: each command is answered once, the shard is well or says why it is not, and after a restart everything
 * acknowledged is there, nothing that was refused is, and writes are taken.
 */
class UnexpectedFaultsTest {
    private static final Path DATA = Path.of("/data");
    private static final int CALLS_MAX = 100_000;

    /** What is thrown. */
    enum Fault {
        STACK_OVERFLOW,
        OUT_OF_MEMORY,
        ASSERTION,
        NO_CLASS,
        ILLEGAL_STATE,
        /** No fault of ours: a process without descriptors. */
        DISK;

        void hurl(Operation operation, Path path) throws IOException {
            switch (this) {
                case STACK_OVERFLOW -> throw new StackOverflowError();
                case OUT_OF_MEMORY -> throw new OutOfMemoryError("a fault of the test");
                case ASSERTION -> throw new AssertionError("a fault of the test");
                case NO_CLASS -> throw new NoClassDefFoundError("a fault of the test");
                case ILLEGAL_STATE -> throw new IllegalStateException("a fault of the test");
                case DISK -> throw new DiskException(operation, path, "simulated: too many open files");
            }
        }
    }

    /** A reply that counts how often it is completed. */
    private static final class Counted implements Reply {
        int answers;
        String word = "";

        @Override
        public void complete(Outcome outcome) {
            answers++;
            word = Answer.word(outcome);
            if (outcome instanceof Outcome.Chunk chunk) {
                chunk.bytes().release();
            }
        }
    }

    /** One life of a shard, with a fault at one call of its seams. */
    private static final class Life {
        static final int KEPT_BYTES = 500;

        final SimulatedDisk disk = new SimulatedDisk(new Random(1));
        final FaultyDisk faulty = new FaultyDisk(disk);
        final ManualClock clock = new ManualClock(1_700_000_000_000L);
        final Fault fault;
        final long faultAt;
        final Map<String, Map<String, Counted>> appends = new LinkedHashMap<>();
        final List<Counted> others = new ArrayList<>();
        long calls;
        boolean armed;

        /** Whether no file of extents can be synced; then calls are counted from the first that could not. */
        boolean failsExtents;

        boolean hasFailedExtents;
        Operation failed;
        SimulatedThreads threads;
        ShardStore store;
        int number;
        private ProcessMemory memory;

        Life(Fault fault, long faultAt) throws IOException {
            this.fault = fault;
            this.faultAt = faultAt;
            disk.createDirectories(DATA);
            DataDirectory.open(disk, DATA, 0, 1, false);
            disk.syncDirectory(DATA);
            faulty.faults((operation, path) -> {
                if (failsExtents
                        && operation == Operation.SYNC
                        && path.toString().contains("/extents/")) {
                    hasFailedExtents = true;
                    throw new DiskException(operation, path, "simulated: no space left");
                }
                if (isTurn()) {
                    failed = operation;
                    fault.hurl(operation, path);
                }
            });
        }

        boolean isTurn() {
            return armed && (hasFailedExtents || !failsExtents) && ++calls == faultAt;
        }

        private Clock faultyClock() {
            return new Clock() {
                @Override
                public long nowMillis() {
                    tick();
                    return clock.nowMillis();
                }

                @Override
                public long monotonicNanos() {
                    tick();
                    return clock.monotonicNanos();
                }
            };
        }

        private void tick() {
            if (fault != Fault.DISK && isTurn()) {
                try {
                    fault.hurl(Operation.OPEN, DATA);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            }
        }

        /** Threads of which the journal's may not take a task. */
        private ShardThreads faultyThreads() {
            ShardThreads all = threads.threads();
            return new ShardThreads(
                    all.loop(),
                    task -> {
                        tick();
                        all.journal().execute(task);
                    },
                    all.background(),
                    all.reads());
        }

        void start() throws IOException {
            memory = ProcessMemory.begin();
            threads = new SimulatedThreads(new Random(1));
            store = FileShard.open(
                    faulty,
                    DataDirectory.open(disk, DATA, 0, 1, true),
                    0,
                    new StorageConfig(true, 1 << 20, 1_000, 4 << 10, 1 << 26, ProducerLimits.DEFAULT),
                    StorageProvider.LOCAL,
                    faultyThreads(),
                    new ReadBudget(1 << 26),
                    faultyClock(),
                    (path, generation, done) -> threads.loop.execute(() -> store.releaseSource(generation, done)));
            RecoveredForks.connect(List.of(store));
            store.settle();
            threads.runAll();
        }

        void create(CreateRequest request) {
            Counted reply = new Counted();
            others.add(reply);
            store.create(request.command(), null, reply);
            threads.runAll();
        }

        void append(String path) {
            number++;
            String text = "<" + number + ">" + "x".repeat(200);
            Counted reply = new Counted();
            appends.computeIfAbsent(path, stream -> new LinkedHashMap<>()).put(text, reply);
            AppendRequest request = AppendRequest.to(path).text(text);
            // Some as long bodies are, which are a frame by themselves: one is handed over within the next command.
            store.append(number % 2 == 0 ? inPieces(request) : request.command(), reply);
            if (number % 3 == 0) {
                threads.runAll();
            }
        }

        /** In pieces, unless it is the memory of these that is to fail. */
        private static Command.Append inPieces(AppendRequest request) {
            try {
                return request.in(new Pieces(), 70).command();
            } catch (OutOfMemoryError e) {
                return request.in(null, 0).command();
            }
        }

        void delete(String path) {
            Counted reply = new Counted();
            others.add(reply);
            store.delete(new Command.Delete(new StreamPath(path), Preconditions.NONE), reply);
            threads.runAll();
        }

        void upkeep() {
            clock.advance(2_000);
            for (int i = 0; i < 6; i++) {
                store.keepUp();
                threads.runAll();
                clock.advance(100);
            }
        }

        void read(String path) {
            Counted reply = new Counted();
            others.add(reply);
            try {
                StreamState stream = store.open(new StreamPath(path), true);
                store.read(stream, stream.durableEarliest(), Buffers.NONE, stream.durableEarliest(), 1 << 20, reply);
            } catch (RuntimeException | Error e) {
                reply.complete(store.faultIn(e, store.lastLsn()));
            }
            threads.runAll();
        }

        /** A little of everything. */
        void run() {
            armed = true;
            create(CreateRequest.at("a"));
            create(CreateRequest.at("kept").retention(new Retention(-1, KEPT_BYTES, -1)));
            for (int round = 0; round < 2; round++) {
                for (int i = 0; i < 6; i++) {
                    append("a");
                    append("kept");
                }
                threads.runAll();
                create(CreateRequest.at("short" + round));
                append("short" + round);
                threads.runAll();
                upkeep();
                read("a");
                if (round > 0) {
                    delete("short" + (round - 1));
                }
                upkeep();
            }
            armed = false;
            threads.runAll();
        }

        List<String> extents() throws IOException {
            return disk.list(DATA.resolve("shard-000").resolve("extents")).stream()
                    .sorted()
                    .toList();
        }

        void restart() throws IOException {
            kill();
            disk.cutPower();
            start();
        }

        void kill() {
            disk.stop();
            threads.stop();
            memory.free();
        }

        /** The process ends by itself; fails if the store has not released all its memory and closed all its files. */
        void stop() {
            threads.runAll();
            store.close();
            threads.runAll();
            memory.assertReleased();
            assertThat(disk.openFiles()).isEmpty();
        }

        String text(String path) {
            StreamState stream = store.open(new StreamPath(path), true);
            Answer answer = new Answer();
            store.read(stream, stream.durableEarliest(), Buffers.NONE, stream.durableEarliest(), 1 << 20, answer);
            threads.runAll();
            Outcome.Chunk chunk = answer.as(Outcome.Chunk.class);
            String text = chunk.bytes().toString(UTF_8);
            chunk.bytes().release();
            return text;
        }
    }

    @Test
    @LogsFaults("shard {} has failed")
    void thoseWhoWaitForASyncAreToldThatItHasFailedWithAnError() throws IOException {
        FileRig rig = new FileRig();
        rig.stop();
        FaultyDisk faulty = new FaultyDisk(rig.disk);
        SimulatedThreads threads = new SimulatedThreads(new Random(1));
        ProcessMemory memory = ProcessMemory.begin();
        ShardStore store = FileShard.open(
                faulty,
                DataDirectory.open(rig.disk, DATA, 0, 1, true),
                0,
                new StorageConfig(false, 1 << 20, 1_000_000, 8 << 10, 1 << 26, ProducerLimits.DEFAULT),
                StorageProvider.LOCAL,
                threads.threads(),
                new ReadBudget(1 << 26),
                rig.clock,
                (path, generation, done) -> {});
        store.create(CreateRequest.at("a").text("x").command(), null, new Answer());
        threads.runAll();
        faulty.faults((operation, path) -> {
            if (operation == Operation.SYNC) {
                throw new AssertionError("a fault of the test");
            }
        });
        List<String> reported = new ArrayList<>();
        store.whenSourceSynced(new Journal.Synced() {
            @Override
            public void synced() {
                reported.add("synced");
            }

            @Override
            public void failed(StorageFailedException reason) {
                reported.add("failed");
            }
        });
        threads.runAll();

        assertThat(reported).containsExactly("failed");
        assertThat(store.failure()).isNotNull();
        threads.stop();
        memory.free();
    }

    @Test
    @MayLogFaults({
        "the journal has failed",
        "the next journal segment cannot be prepared",
        "shard {} has failed",
        "a request has failed",
        "was abandoned"
    })
    void everyCallMayThrowOnceWithoutLossAndWithoutSilence() throws IOException {
        List<Fault> ofOurs = List.of(
                Fault.STACK_OVERFLOW, Fault.OUT_OF_MEMORY, Fault.ASSERTION, Fault.NO_CLASS, Fault.ILLEGAL_STATE);
        tryEveryCall(number -> ofOurs.get((int) (number % ofOurs.size())));
    }

    @Test
    @MayLogFaults({
        "the journal has failed",
        "the next journal segment cannot be prepared",
        "was abandoned: {}",
        "stored data cannot be read",
        "journal segments before {} are not needed"
    })
    void everyCallOfTheDiskMayFailOnceAndNothingButASyncIsFinal() throws IOException {
        tryEveryCall(number -> Fault.DISK);
    }

    @Test
    @MayLogFaults({"the journal has failed", "shard {} has failed", "a request has failed"})
    void aShardThatIsClosedAfterAnyCallHasThrownReleasesItsMemoryAndItsFiles() throws IOException {
        stopAfterEveryCall(false);
    }

    @Test
    @MayLogFaults({"the journal has failed", "shard {} has failed", "a request has failed", "was abandoned: {}"})
    void soDoesOneWhoseJobsAreAbandoned() throws IOException {
        stopAfterEveryCall(true);
    }

    /** No memory passes: nothing is left to nobody, so that what is tried again and again needs no more each time. */
    @Test
    @LogsFaults({"a request has failed", "was abandoned"})
    void everyAllocationMayFailOnceAndTheShardGoesOn() throws IOException {
        boolean fails = true;
        int failsAt = 0;
        while (fails) {
            failsAt++;
            String where = "allocation " + failsAt + " fails";
            Life life = new Life(Fault.OUT_OF_MEMORY, Long.MAX_VALUE);
            life.start();
            life.memory.failAllocation(failsAt);
            life.run();
            fails = life.memory.hasFailed();
            assertIsAnswered(life, where);
            assertThat(life.store.failure()).as(where).isNull();
            assertTakesWrites(life, where);
            life.stop();
        }
        assertThat(failsAt).as("allocations of a whole run").isGreaterThan(10);
    }

    private static void stopAfterEveryCall(boolean failsExtents) throws IOException {
        long calls = 0;
        for (long faultAt = 1; faultAt < CALLS_MAX && calls == faultAt - 1; faultAt++) {
            Life life = new Life(Fault.ILLEGAL_STATE, faultAt);
            life.failsExtents = failsExtents;
            life.start();
            life.run();
            life.stop();
            calls = Math.min(life.calls, faultAt);
        }
        assertThat(calls).as("calls of a whole run").isGreaterThan(50);
    }

    private static void tryEveryCall(LongFunction<Fault> faults) throws IOException {
        long calls = 0;
        for (long faultAt = 1; faultAt < CALLS_MAX; faultAt++) {
            Life life = new Life(faults.apply(faultAt), faultAt);
            life.start();
            life.run();
            check(life);
            life.kill();
            calls = life.calls;
            if (calls < faultAt) {
                break;
            }
        }
        assertThat(calls).as("calls of a whole run").isGreaterThan(50);
    }

    private static void assertIsAnswered(Life life, String where) {
        for (Map<String, Counted> stream : life.appends.values()) {
            stream.forEach((text, reply) -> assertThat(reply.answers)
                    .as(where + ": answers to " + text.substring(0, 5))
                    .isEqualTo(1));
        }
        assertThat(life.others).as(where).allMatch(reply -> reply.answers == 1);
    }

    private static void assertTakesWrites(Life life, String where) throws IOException {
        Answer answer = new Answer();
        life.store.create(CreateRequest.at("well").command(), null, answer);
        life.threads.runAll();
        life.store.keepUp();
        life.threads.runAll();
        assertThat(answer.word())
                .as(where + ": a shard that is well takes writes")
                .isEqualTo("created");
        assertMakesCheckpoints(life, where);
    }

    /**
     * A fault in background work that nobody was notified of would stop all checkpoints, and no write would show it.
     */
    private static void assertMakesCheckpoints(Life life, String where) throws IOException {
        List<String> before = life.extents();
        life.store.append(AppendRequest.to("well").text("more").command(), new Answer());
        for (int i = 0; i < 4; i++) {
            life.upkeep();
        }
        assertThat(life.extents())
                .as(where + ": the shard does not fail, but makes no checkpoint any more")
                .isNotEqualTo(before);
    }

    /** A start also trims a stream if the last process ended before it did. */
    private static void assertIsTrimmed(Life life, String where) {
        life.upkeep();
        StreamState kept = life.store.streamAt(new StreamPath("kept"));
        if (kept != null) {
            assertThat(kept.durableTail() - kept.durableEarliest())
                    .as(where + ": bytes that retention keeps, which drops no part of an append")
                    .isLessThan(Life.KEPT_BYTES + 300);
        }
    }

    private static void check(Life life) throws IOException {
        String where = "call " + life.faultAt + " throws " + life.fault;
        assertIsAnswered(life, where);
        StorageFailedException failure = life.store.failure();
        if (failure == null) {
            assertTakesWrites(life, where);
        } else {
            assertThat(failure.getMessage()).as(where).contains("until the server restarts");
            assertThat(life.fault != Fault.DISK || life.failed == Operation.SYNC)
                    .as(where + ": a fault that passes is not final: " + failure.getMessage())
                    .isTrue();
        }
        life.restart();
        Answer created = new Answer();
        life.store.create(CreateRequest.at("after").command(), null, created);
        life.threads.runAll();
        assertThat(created.word()).as(where + ": writes after the restart").isEqualTo("created");
        assertIsTrimmed(life, where);
        Map<String, Counted> appends = life.appends.getOrDefault("a", Map.of());
        if (appends.values().stream().noneMatch(reply -> reply.word.startsWith("wrote"))) {
            return;
        }
        String text = life.text("a");
        appends.forEach((part, reply) -> {
            if (reply.word.startsWith("wrote")) {
                assertThat(text).as(where + ": acknowledged").contains(part);
            } else if (!reply.word.equals("storage_failed")) {
                assertThat(text).as(where + ": refused with " + reply.word).doesNotContain(part);
            }
        });
    }

    // ---- staging ----

    /** Bytes that cannot be copied. */
    private static final class PoisonedBytes extends UnpooledHeapByteBuf {
        PoisonedBytes(int bytes) {
            super(UnpooledByteBufAllocator.DEFAULT, bytes, bytes);
            writeZero(bytes);
        }

        @Override
        public boolean hasArray() {
            return false;
        }

        @Override
        public ByteBuf getBytes(int index, ByteBuf target, int targetIndex, int length) {
            target.setByte(targetIndex, 1);
            throw new StackOverflowError();
        }
    }

    private static Command.Append poisoned(int bytes) {
        Command.Append append = AppendRequest.to("a").text("x").command();
        append.body().release();
        return new Command.Append(
                append.path(),
                append.contentType(),
                false,
                null,
                null,
                null,
                append.preconditions(),
                Body.of(new PoisonedBytes(bytes)));
    }

    @Test
    @LogsFaults("a request has failed")
    void aRecordThatFailsWhileItIsCopiedLeavesNoTraceInTheLog() throws IOException {
        FileRig rig = new FileRig();
        rig.create(CreateRequest.at("a").text("one")).created();
        Answer failed = new Answer();
        rig.store.append(poisoned(50), failed);
        assertThat(failed.word()).isEqualTo("internal_error");
        rig.append("a", " two").appended();
        assertThat(rig.store.failure()).isNull();
        rig.restart();
        assertThat(rig.read("a")).isEqualTo("one two");
        rig.append("a", " three").appended();
        rig.stop();
    }

    @Test
    @LogsFaults("a request has failed")
    void aFrameOfWhichNothingCouldBeStagedIsNotWritten() throws IOException {
        FileRig rig = new FileRig();
        Refusal refusal = null;
        rig.create(CreateRequest.at("a")).created();
        for (int i = 0; i < 3; i++) {
            Answer failed = new Answer();
            rig.store.append(poisoned(300_000), failed);
            rig.threads.runAll();
            refusal = failed.refusal();
        }
        assertThat(refusal.code().code()).isEqualTo("internal_error");
        rig.append("a", "x").appended();
        rig.restart();
        assertThat(rig.read("a")).isEqualTo("x");
        rig.stop();
    }
}
