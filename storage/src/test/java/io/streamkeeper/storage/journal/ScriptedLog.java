package io.streamkeeper.storage.journal;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.storage.disk.Obstacle;
import io.streamkeeper.storage.disk.StorageFailedException;
import io.streamkeeper.storage.memory.MemoryBudget;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The log of a shard as a majority of machines keeps it, in memory, over several lives of one of them: what is
 * committed is never lost. The machine that is tested leads it, and loses the lead and gets it again, as the seed says.
 * Belongs to one thread, like the simulated threads that its journal runs on.
 *
 * <p>Its moves, one for each step of the log:
 *
 * <pre>
 *   commit         all that was submitted is durable
 *   late commit    a part of it is, perhaps none; the rest in a later step
 *   refusal        a part is durable, the rest was refused, for want of room or otherwise: the epoch ends
 *   loss           a part is durable, the machine has lost its lead, and the rest is in no other machine's log: the
 *                  epoch ends. The next record has the lsn of the first lost one
 *   epoch change   the machine leads again, or another one did in between, with nothing staged
 *   no leader      after a loss or an epoch change: nothing is taken until a later step
 * </pre>
 *
 * <p>When the machine stops, a part of what was submitted and not decided is committed by the others: its clients had
 * no answer.
 */
public final class ScriptedLog implements ShardLog {
    private final Random random;
    private final Consumer<String> reach;
    private final NavigableMap<Long, ByteBuf> committed = new TreeMap<>();
    private final Deque<SubmittingJournal.Entry> submitted = new ArrayDeque<>();
    private long epoch = 1;
    private long lastCommitted;
    private long released;
    private boolean calm;

    /**
     * A log in which there is nothing.
     *
     * @param random decides about the moves, and nothing else
     * @param reach takes the name of each move
     */
    public ScriptedLog(Random random, Consumer<String> reach) {
        this.random = random;
        this.reach = reach;
    }

    /** Whether from now on everything is committed at once. */
    public void calm(boolean isCalm) {
        calm = isCalm;
    }

    /** The machine stops, in whatever way; the next replay finds what the others have. */
    public void crash() {
        submitted.removeIf(entry -> entry.epoch() != epoch);
        commit(random.nextInt(submitted.size() + 1));
        submitted.clear();
        epoch++;
    }

    private void commit(int count) {
        for (int i = 0; i < count; i++) {
            SubmittingJournal.Entry entry = submitted.remove();
            if (entry.lsn() <= lastCommitted) {
                throw new AssertionError("record " + entry.lsn() + " comes after record " + lastCommitted);
            }
            lastCommitted = entry.lsn();
            committed.put(entry.lsn(), entry.bytes());
        }
    }

    @Override
    public long replay(Journal.ReplayStart start, Visitor visitor) throws IOException {
        if (start.lsn() < released || start.location() > start.lsn() + 1) {
            throw new AssertionError("a start at " + start + " after " + released + " was released");
        }
        for (Map.Entry<Long, ByteBuf> entry :
                committed.tailMap(start.lsn(), false).entrySet()) {
            ByteBuf bytes = entry.getValue();
            ByteBuf buffer = visitor.buffer(bytes.readableBytes());
            int index = buffer.writerIndex();
            buffer.writeBytes(bytes, bytes.readerIndex(), bytes.readableBytes());
            visitor.records(buffer, index, bytes.readableBytes(), entry.getKey(), 1);
        }
        return lastCommitted;
    }

    @Override
    public Journal open(MemoryBudget memory, long lastLsn, ShardThreads threads) {
        if (lastLsn > lastCommitted) {
            throw new AssertionError("something refers to record " + lastLsn + ", but the last is " + lastCommitted);
        }
        return new ScriptedJournal(memory, threads);
    }

    @Override
    public String toString() {
        return "a scripted log";
    }

    /**
     * The journal of one life. Its fields are the loop's; {@link #step} runs on the journal's thread, as the log does.
     */
    private final class ScriptedJournal extends SubmittingJournal {
        private final Executor thread;
        private boolean steps;

        ScriptedJournal(MemoryBudget memory, ShardThreads threads) {
            super(memory, threads.loop(), epoch, lastCommitted, true);
            this.thread = threads.journal();
        }

        // ---- on the loop ----

        @Override
        void refusedWithoutLeader() {
            reach.accept("a log without a leader");
        }

        @Override
        void submit(List<Entry> records) {
            submitted.addAll(records);
            stepLater();
        }

        private void stepLater() {
            if (!steps && !closed) {
                steps = true;
                try {
                    thread.execute(this::step);
                } catch (RuntimeException | Error e) {
                    onLoop(() -> fail(new StorageFailedException("the log has failed (" + e + ")", e)));
                }
            }
        }

        @Override
        public void release(ReplayStart start) {
            released = Math.max(released, start.lsn());
            committed.headMap(start.lsn(), true).clear();
        }

        @Override
        public void close() {
            super.close();
            thread.execute(() -> {
                submitted.removeIf(entry -> entry.epoch() != epoch);
                commit(submitted.size());
            });
        }

        private void onRefused(long firstLsn, boolean reuses, boolean full) {
            endEpoch(firstLsn, reuses);
            obstacle = new Obstacle(full, full ? 1 << 20 : -1, "the script refuses");
            listener.refused(
                    firstLsn, Refusal.of(full ? ErrorCode.STORAGE_FULL : ErrorCode.OVERLOADED, "the script refuses"));
        }

        private void onLost(long firstLsn, boolean stays) {
            endEpoch(firstLsn, true);
            leads = stays;
            listener.lost(firstLsn, Refusal.of(ErrorCode.OUTCOME_UNKNOWN, "the fate of the request is not known"));
        }

        // ---- on the journal's thread ----

        private void step() {
            steps = false;
            submitted.removeIf(entry -> entry.epoch() != epoch);
            int move = calm || closed ? 99 : random.nextInt(100);
            if (submitted.isEmpty()) {
                stepWithNothing();
            } else if (move < 8) {
                reach.accept("a refusal of the log");
                long first = commitSome(random.nextInt(submitted.size()));
                boolean reuses = random.nextBoolean();
                boolean full = random.nextBoolean();
                epoch++;
                onLoop(() -> onRefused(first, reuses, full));
            } else if (move < 20) {
                reach.accept("a loss");
                lose(commitSome(random.nextInt(submitted.size())));
            } else if (move < 45) {
                reach.accept("a late commit");
                commitSome(random.nextInt(submitted.size()));
                stepLater();
            } else {
                commitSome(submitted.size());
                if (move < 50) {
                    stepLater();
                }
            }
        }

        /** All is committed: the epoch may change all the same. What the loop has staged since is lost. */
        private void stepWithNothing() {
            if (!calm && !closed && random.nextInt(4) == 0) {
                reach.accept("an epoch change");
                lose(lastCommitted + 1);
            }
        }

        private void lose(long firstLsn) {
            boolean stays = random.nextBoolean();
            epoch++;
            onLoop(() -> onLost(firstLsn, stays));
            if (!stays) {
                thread.execute(() -> onLoop(() -> leads = true));
            }
        }

        /** Commits so many; returns the first lsn that is not. */
        private long commitSome(int count) {
            commit(count);
            long last = lastCommitted;
            if (count > 0) {
                onLoop(() -> onDurable(last));
            }
            return last + 1;
        }
    }
}
