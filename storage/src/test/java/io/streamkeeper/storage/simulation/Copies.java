package io.streamkeeper.storage.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.disk.Obstacle;
import io.streamkeeper.storage.disk.StorageFailedException;
import io.streamkeeper.storage.extent.ExtentFiles;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.journal.ShardLog;
import io.streamkeeper.storage.journal.ShardThreads;
import io.streamkeeper.storage.memory.MemoryBudget;
import io.streamkeeper.storage.provider.ShardIdentity;
import io.streamkeeper.storage.provider.StorageProvider;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.Payload;
import io.streamkeeper.storage.record.RecordCodec;
import io.streamkeeper.storage.record.StreamMeta;
import io.streamkeeper.storage.shard.ShardCopy;
import io.streamkeeper.storage.shard.ShardStore;
import io.streamkeeper.storage.stream.StreamState;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A copy of each shard, which is given each durable record of its log, as bytes, and must come to the same state (I13).
 * It lives on while processes end and start.
 *
 * <ul>
 *   <li>When a record is staged, the owner's staged state of the stream is kept. When the record is durable, the copy
 *       applies it, and must have that state of the stream.
 *   <li>When everything that is staged is durable and published, both must have the same streams, and readers see the
 *   same.
 *   <li>When a process has started from files, the copy is given the records that it has replayed and the copy had not
 *       been given yet; then both must have the same streams. Only where a power cut has taken records that were not
 *       synced, or a directory of another version was converted, the copy begins with what the start has found.
 *   <li>At rest, a source has as many forks as follow from the copies of all shards.
 * </ul>
 */
final class Copies implements StorageProvider {
    /** A record that is not durable yet. */
    private static final class Copied {
        final long lsn;
        final byte[] bytes;
        final LogRecord record;

        /**
         * The owner's state of the stream after the record; null if the stream is dropped, or this is not known yet.
         */
        @Nullable
        StreamMeta after;

        Copied(long lsn, byte[] bytes, LogRecord record) {
            this.lsn = lsn;
            this.bytes = bytes;
            this.record = record;
        }
    }

    /** One shard: its copy over all lives, and what the present life has staged and replayed. */
    private static final class Shard {
        @Nullable
        ShardCopy copy;

        @Nullable
        ShardStore owner;

        final Deque<Copied> staged = new ArrayDeque<>();
        final TreeMap<Long, byte[]> replayed = new TreeMap<>();
        boolean isKnown = true;

        /** The owner has applied what it has staged: notes the state that came of it. */
        void noteStaged() {
            if (!isKnown) {
                isKnown = true;
                Copied last = staged.getLast();
                StreamState stream = ownedBy(last.record.generation());
                last.after = stream == null ? null : ShardCopy.stateOf(stream);
            }
        }

        private @Nullable StreamState ownedBy(long generation) {
            StreamState[] found = new StreamState[1];
            owner.forEachStream(stream -> {
                if (stream.generation() == generation && !stream.isDropped()) {
                    found[0] = stream;
                }
            });
            return found[0];
        }

        void begin() {
            owner = null;
            staged.clear();
            replayed.clear();
            isKnown = true;
        }

        void recovered(boolean mayHaveLost) {
            long lastLsn = owner.lastLsn();
            if (copy == null || (mayHaveLost && copy.lastLsn() > lastLsn)) {
                copy = new ShardCopy(owned().values(), lastLsn);
            } else {
                replayed.tailMap(copy.lastLsn(), false).forEach(copy::apply);
                assertThat(copy.lastLsn()).as("the last record of a start").isEqualTo(lastLsn);
                assertSame("after a start");
            }
            replayed.clear();
        }

        void durable(long lsn) {
            while (!staged.isEmpty() && staged.peekFirst().lsn <= lsn) {
                Copied next = staged.removeFirst();
                StreamState stream = copy.apply(next.lsn, next.bytes);
                assertThat(stream == null ? null : ShardCopy.stateOf(stream))
                        .as("a copy's state after record %d, %s", next.lsn, next.record)
                        .isEqualTo(next.after);
            }
            if (staged.isEmpty()) {
                assertSame("after record " + lsn);
            }
        }

        void undone(long firstLsn) {
            while (!staged.isEmpty() && staged.peekLast().lsn >= firstLsn) {
                staged.removeLast();
                isKnown = true;
            }
        }

        Map<Long, StreamMeta> owned() {
            Map<Long, StreamMeta> all = new TreeMap<>();
            owner.forEachStream(stream -> {
                if (!stream.isDropped()) {
                    all.put(stream.generation(), ShardCopy.stateOf(stream));
                }
            });
            return all;
        }

        void assertSame(String when) {
            Map<Long, StreamMeta> copied = new TreeMap<>();
            copy.streams().forEach((generation, stream) -> copied.put(generation, ShardCopy.stateOf(stream)));
            assertThat(copied).as("a copy's state %s", when).isEqualTo(owned());
        }

        /** Everything that is staged is durable and published: readers of both see the same. */
        void assertSeenSame() {
            owner.forEachStream(
                    stream -> assertThat(ShardCopy.seenOf(copy.streams().get(stream.generation())))
                            .as("what readers of a copy of %s see", stream.path())
                            .isEqualTo(ShardCopy.seenOf(stream)));
        }
    }

    private final StorageProvider files;
    private final Map<Integer, Shard> shards = new HashMap<>();
    private boolean mayHaveLost;
    private @Nullable Throwable problem;

    /** Copies of shards that are kept as {@code files} says. */
    Copies(StorageProvider files) {
        this.files = files;
    }

    @Override
    public String name() {
        return "copied";
    }

    @Override
    public ExtentFiles extentFiles(ShardIdentity shard, ExtentFiles local) throws IOException {
        return files.extentFiles(shard, local);
    }

    @Override
    public void opened(ShardIdentity shard, Journal journal) {
        files.opened(shard, journal);
    }

    @Override
    public void started(DataDirectory data) throws IOException {
        files.started(data);
    }

    @Override
    public ShardLog log(ShardIdentity shard, ShardLog local) throws IOException {
        Shard copied = shards.computeIfAbsent(shard.shard(), number -> new Shard());
        copied.begin();
        return new CopiedLog(copied, files.log(shard, local));
    }

    /** From the next start on: whether the last end may have taken what was durable. */
    void mayHaveLost(boolean may) {
        mayHaveLost = may;
    }

    /** A process has found its shards, and logged nothing yet. */
    void recovered(List<SimulatedProcess.Shard> owners) {
        for (SimulatedProcess.Shard each : owners) {
            Shard shard = shards.get(each.number());
            shard.owner = each.store();
            shard.recovered(mayHaveLost);
        }
    }

    /** Fails where a copy came to another state, or none. */
    void check() {
        if (problem != null) {
            throw new AssertionError(problem.getMessage(), problem);
        }
    }

    /** Nothing is under way, and nothing has failed. */
    void quiet() {
        for (Shard shard : shards.values()) {
            assertThat(shard.staged).as("records without a fate").isEmpty();
            shard.assertSame("at rest");
            shard.assertSeenSame();
        }
        assertForks();
    }

    /**
     * A source has as many forks as all logs have created and not ended; one that is deleted and has none needs no
     * source.
     */
    private void assertForks() {
        TreeMap<Long, StreamState> all = new TreeMap<>();
        shards.values().forEach(shard -> all.putAll(shard.copy.streams()));
        Map<Long, Integer> counts = new HashMap<>();
        all.descendingMap().forEach((generation, stream) -> {
            LogRecord.Fork fork = stream.fork();
            if (fork != null && (!stream.isDeleted() || counts.containsKey(generation))) {
                counts.merge(fork.sourceGeneration(), 1, Integer::sum);
            }
        });
        for (Shard shard : shards.values()) {
            shard.owner.forEachStream(stream -> assertThat(stream.forks())
                    .as("forks of %s", stream.path())
                    .isEqualTo(counts.getOrDefault(stream.generation(), 0)));
        }
    }

    /**
     * What a copy finds wrong on a loop of the process would be taken for a fault of the shard: it is kept for the
     * test.
     */
    private void attempt(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | AssertionError e) {
            problem = problem == null ? e : problem;
        }
    }

    /** Keeps what is replayed, in case the copy was not given it. */
    private final class CopiedLog implements ShardLog {
        private final Shard shard;
        private final ShardLog log;

        CopiedLog(Shard shard, ShardLog log) {
            this.shard = shard;
            this.log = log;
        }

        @Override
        public long replay(Journal.ReplayStart start, Visitor visitor) throws IOException {
            return log.replay(start, new Visitor() {
                @Override
                public ByteBuf buffer(int bytes) {
                    return visitor.buffer(bytes);
                }

                @Override
                public void records(ByteBuf buffer, int index, int length, long firstLsn, int count)
                        throws IOException {
                    int at = index;
                    for (int i = 0; i < count; i++) {
                        int bytes = Integer.BYTES + buffer.getInt(at);
                        shard.replayed.put(firstLsn + i, ByteBufUtil.getBytes(buffer, at, bytes));
                        at += bytes;
                    }
                    visitor.records(buffer, index, length, firstLsn, count);
                }
            });
        }

        @Override
        public Journal open(MemoryBudget memory, long lastLsn, ShardThreads threads) throws IOException {
            return new CopiedJournal(shard, log.open(memory, lastLsn, threads));
        }

        @Override
        public String toString() {
            return log.toString();
        }
    }

    /** Gives the copy what becomes durable. */
    private final class CopiedJournal implements Journal {
        private final Shard shard;
        private final Journal journal;

        CopiedJournal(Shard shard, Journal journal) {
            this.shard = shard;
            this.journal = journal;
        }

        @Override
        public void listen(Listener listener) {
            journal.listen(new Listener() {
                @Override
                public void durable(long lsn) {
                    attempt(() -> {
                        shard.noteStaged();
                        shard.durable(lsn);
                    });
                    listener.durable(lsn);
                }

                @Override
                public void refused(long firstLsn, Refusal refusal) {
                    shard.undone(firstLsn);
                    listener.refused(firstLsn, refusal);
                }

                @Override
                public void lost(long firstLsn, Refusal refusal) {
                    shard.undone(firstLsn);
                    listener.lost(firstLsn, refusal);
                }

                @Override
                public void failed(StorageFailedException reason) {
                    listener.failed(reason);
                }
            });
        }

        @Override
        public Staged stage(LogRecord record, Payload payload) {
            attempt(shard::noteStaged);
            byte[] bytes = encoded(record, payload);
            Staged staged = journal.stage(record, payload);
            shard.staged.add(new Copied(staged.lsn(), bytes, record));
            shard.isKnown = false;
            return staged;
        }

        @Override
        public void endBatch() {
            journal.endBatch();
        }

        @Override
        public boolean isPressed(int bytes) {
            return journal.isPressed(bytes);
        }

        @Override
        public long epoch() {
            return journal.epoch();
        }

        @Override
        public long lastLsn() {
            return journal.lastLsn();
        }

        @Override
        public long durableLsn() {
            return journal.durableLsn();
        }

        @Override
        public long stagedBytes() {
            return journal.stagedBytes();
        }

        @Override
        public void fail(StorageFailedException reason) {
            journal.fail(reason);
        }

        @Override
        public @Nullable StorageFailedException failure() {
            return journal.failure();
        }

        @Override
        public @Nullable Obstacle obstacle() {
            return journal.obstacle();
        }

        @Override
        public void whenSynced(long lsn, Synced then) {
            journal.whenSynced(lsn, then);
        }

        @Override
        public ReplayStart replayStart(long lsn) {
            return journal.replayStart(lsn);
        }

        @Override
        public void release(ReplayStart start) {
            journal.release(start);
        }

        @Override
        public void checkpointObstacle(@Nullable Obstacle obstacle) {
            journal.checkpointObstacle(obstacle);
        }

        @Override
        public void close() {
            journal.close();
        }
    }

    private static byte[] encoded(LogRecord record, Payload payload) {
        ByteBuf out = Unpooled.buffer(RecordCodec.bytesMax(record, payload.runs()));
        int start = RecordCodec.begin(out, record, payload.runs());
        payload.writeTo(out);
        RecordCodec.finish(out, start);
        return ByteBufUtil.getBytes(out);
    }
}
