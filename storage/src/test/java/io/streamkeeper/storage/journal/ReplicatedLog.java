package io.streamkeeper.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.storage.directory.LogPlace;
import io.streamkeeper.storage.disk.Obstacle;
import io.streamkeeper.storage.memory.Block;
import io.streamkeeper.storage.memory.MemoryBudget;
import io.streamkeeper.storage.record.Lineage;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.Payload;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One log of several machines, with the frames of all their shards, as consensus keeps it; in memory. What is committed
 * is never lost. Belongs to one thread; the moves are those of a seed:
 *
 * <pre>
 *   commit        some of the frames that the leader has submitted are durable
 *   refusal       the frames of one shard from one on are taken out again: nobody has them
 *   election      another machine, or the same one again, leads in a new term: some first frames that the leader before
 *                 has submitted are committed, the rest is lost. The leader before may learn that much later; what it
 *                 submits until then is lost
 *   no leader     as an election, but nobody leads until the next one
 * </pre>
 *
 * <p>Each machine delivers the log to its shards at its own pace. Frames that it has submitted in its present term are
 * durable; others are received, after the shards of the sources have counted the forks in them.
 */
public final class ReplicatedLog {
    /** The records that one shard has staged in one turn. */
    public record Frame(long term, int shard, long firstLsn, int count, ByteBuf bytes) {
        long lastLsn() {
            return firstLsn + count - 1;
        }

        /** The records, in memory of their own. */
        public LoggedRecords records() {
            return new LoggedRecords(new Block(bytes), 0, bytes.readableBytes(), firstLsn, count);
        }
    }

    /** What a machine's shards do with the log. */
    public interface Shards {
        /** Counts a fork on the shard of its source, in a task of the loop of that shard; then passes its lineage. */
        void countFork(LogRecord.Fork fork, Consumer<Lineage> then);

        /** A record that was staged as {@code lsn} is applied; called before the next one is staged. */
        void staged(int shard, long lsn);

        /** Everything up to {@code lsn} is durable and applied. */
        void durable(int shard, long lsn);

        /** What was staged from {@code firstLsn} on is undone. */
        void undone(int shard, long firstLsn);
    }

    private static final int LEADERLESS_MILLIS_MAX = 5_000;

    private final Random random;
    private final Consumer<String> reach;
    private final Consumer<Frame> onCommit;
    private final List<Frame> committed = new ArrayList<>();
    private final Map<Integer, Long> lastLsns = new TreeMap<>();
    private final Deque<Frame> submitted = new ArrayDeque<>();
    private final List<Member> members = new ArrayList<>();
    private final int unrest;
    private long term;
    private @Nullable Member leader;

    /**
     * A log in which there is nothing.
     *
     * @param unrest how many of a thousand moves end a term without a leader; others follow from it
     * @param onCommit takes each frame when it is committed
     */
    public ReplicatedLog(Random random, int unrest, Consumer<String> reach, Consumer<Frame> onCommit) {
        this.random = random;
        this.unrest = unrest;
        this.reach = reach;
        this.onCommit = onCommit;
    }

    /** Another machine that has the log. */
    public Member join() {
        Member member = new Member();
        members.add(member);
        return member;
    }

    /** A move of the log, if it is not calm; else everything is committed, and some machine leads. */
    public void step(boolean calm) {
        int move = calm ? 1_000 : random.nextInt(1_000);
        if (leader == null) {
            if (calm || move < 300) {
                elect();
            }
        } else if (move < unrest) {
            endTerm();
            reach.accept("no leader");
        } else if (move < 3 * unrest) {
            elect();
        } else if (move < 4 * unrest) {
            refuse();
        } else {
            commit(calm || move > 600 ? submitted.size() : random.nextInt(submitted.size() + 1));
        }
    }

    private void endTerm() {
        int kept = random.nextInt(submitted.size() + 1);
        reach.accept(kept < submitted.size() ? "lost frames" : "no lost frames");
        commit(kept);
        submitted.clear();
        term++;
        leader = null;
    }

    private void elect() {
        List<Member> alive = members.stream().filter(member -> member.alive).toList();
        if (!alive.isEmpty()) {
            elect(alive.get(random.nextInt(alive.size())), random.nextInt(LEADERLESS_MILLIS_MAX));
        }
    }

    /** Has a machine lead that runs; it has known no leader for {@code leaderlessMillis}. */
    public void elect(Member member, long leaderlessMillis) {
        if (leader != null) {
            endTerm();
        }
        term++;
        member.electedIn = term;
        member.leaderlessMillis = leaderlessMillis;
        leader = member;
    }

    private void refuse() {
        List<Frame> all = List.copyOf(submitted);
        if (all.isEmpty()) {
            return;
        }
        Frame first = all.get(random.nextInt(all.size()));
        submitted.removeIf(frame -> frame.shard() == first.shard() && frame.firstLsn() >= first.firstLsn());
        leader.refused(first);
        reach.accept("a refusal");
    }

    private void commit(int count) {
        for (int i = 0; i < count; i++) {
            Frame frame = submitted.remove();
            assertThat(frame.firstLsn())
                    .as("the first record of a frame of shard %s", frame.shard())
                    .isEqualTo(lastLsns.getOrDefault(frame.shard(), 0L) + 1);
            lastLsns.put(frame.shard(), frame.lastLsn());
            committed.add(frame);
            onCommit.accept(frame);
        }
    }

    /** Whether everything that was submitted is committed, and a machine leads. */
    public boolean isIdle() {
        return submitted.isEmpty() && leader != null;
    }

    /** A machine, over all its lives. */
    public final class Member {
        private final Map<Integer, ReplicaJournal> journals = new HashMap<>();
        private @Nullable Shards shards;
        private boolean alive;

        /** How many frames it has delivered. */
        private int delivered;

        /** The term in which its shards decide, or 0. */
        private long leadsIn;

        /** The last term in which it was elected. */
        private long electedIn;

        private long leaderlessMillis;

        /** A frame whose forks are being counted, which is then received. */
        private boolean counts;

        private int lives;

        /**
         * A life begins: the shards find some of what is committed, and at least what any of them had applied when it
         * wrote its last manifest.
         */
        public void start(Shards newShards, LogPlace applied) {
            alive = true;
            shards = newShards;
            int least = (int) applied.index() + 1;
            delivered = random.nextBoolean() ? least : least + random.nextInt(committed.size() - least + 1);
        }

        /** The life ends. */
        public void end() {
            alive = false;
            lives++;
            leadsIn = 0;
            counts = false;
            journals.clear();
            if (leader == this) {
                endTerm();
            }
        }

        /** Whether it has delivered everything, and knows whether it leads. */
        public boolean isIdle() {
            return delivered == committed.size() && !counts && (leader == this ? leadsIn == term : leadsIn == 0);
        }

        /** Whether its shards decide, as far as it knows. */
        public boolean leads() {
            return leadsIn != 0;
        }

        /** Whether it leads indeed. */
        public boolean isLeader() {
            return leader == this && leadsIn == term;
        }

        /** The log of a shard, as a start finds it. */
        public ShardLog log(int shard) {
            return new ShardLog() {
                @Override
                public long replay(Journal.ReplayStart start, Visitor visitor) throws IOException {
                    long last = 0;
                    int first = start.applied().equals(LogPlace.NONE) ? 0 : (int) start.location();
                    for (Frame frame : committed.subList(first, delivered)) {
                        if (frame.shard() == shard) {
                            last = frame.lastLsn();
                            if (last > start.lsn()) {
                                int length = frame.bytes().readableBytes();
                                ByteBuf buffer = visitor.buffer(length);
                                int index = buffer.writerIndex();
                                buffer.writeBytes(frame.bytes().duplicate());
                                visitor.records(buffer, index, length, frame.firstLsn(), frame.count());
                            }
                        }
                    }
                    return last;
                }

                @Override
                public Journal open(MemoryBudget memory, long lastLsn, ShardThreads threads) {
                    ReplicaJournal journal =
                            new ReplicaJournal(Member.this, shard, memory, lastLsn, delivered - 1, threads);
                    journals.put(shard, journal);
                    return journal;
                }

                @Override
                public String toString() {
                    return "a replicated log";
                }
            };
        }

        /** Delivers the next thing, if there is one. */
        public void step() {
            if (!alive || counts) {
                return;
            }
            boolean isDeposed = leadsIn != 0 && leadsIn != term;
            boolean hasNext = delivered < committed.size();
            if (isDeposed && (!hasNext || committed.get(delivered).term() > leadsIn || random.nextInt(4) == 0)) {
                reach.accept("a deposed leader");
                leadsIn = 0;
                journals.values().forEach(ReplicaJournal::lose);
            } else if (hasNext) {
                Frame frame = committed.get(delivered);
                delivered++;
                deliver(frame, delivered - 1);
            } else if (leader == this && leadsIn == 0 && electedIn == term) {
                leadsIn = term;
                journals.values().forEach(journal -> journal.lead(term, leaderlessMillis));
            }
        }

        private void deliver(Frame frame, int index) {
            ReplicaJournal journal = journals.get(frame.shard());
            if (frame.term() == leadsIn) {
                journal.decided(frame, index);
                return;
            }
            List<LogRecord.Fork> forks = frame.records().forks();
            Lineage[] inherited = new Lineage[forks.size()];
            counts = !forks.isEmpty();
            int[] left = {forks.size()};
            int life = lives;
            for (int i = 0; i < inherited.length; i++) {
                int at = i;
                reach.accept("a fork on a follower");
                shards.countFork(forks.get(i), lineage -> {
                    inherited[at] = lineage;
                    left[0]--;
                    if (left[0] == 0 && lives == life) {
                        counts = false;
                        journal.receive(frame, index, Arrays.asList(inherited));
                    }
                });
            }
            if (!counts) {
                journal.receive(frame, index, List.of());
            }
        }

        private void refused(Frame first) {
            journals.get(first.shard()).refuse(first.firstLsn(), random.nextBoolean());
        }
    }

    /** The journal of a shard of one machine. */
    private final class ReplicaJournal extends SubmittingJournal {
        private final Member member;
        private final int shard;
        private long leadsIn;

        /** Frames of the loop's turn are taken if it is the log's: it is another one after a refusal or a new lead. */
        private long turnOfLoop;

        private long turnOfLog;

        private long appliedLsn;

        /** The last frame of this shard of which the records are applied. */
        private int appliedIndex;

        ReplicaJournal(
                Member member, int shard, MemoryBudget memory, long lastLsn, int appliedIndex, ShardThreads threads) {
            super(memory, threads.loop(), 1, lastLsn, false);
            this.member = member;
            this.shard = shard;
            this.appliedLsn = lastLsn;
            this.appliedIndex = appliedIndex;
        }

        // ---- on the loop ----

        @Override
        public boolean leads() {
            return leads;
        }

        @Override
        void refusedWithoutLeader() {
            throw new AssertionError("a shard that does not lead stages a record");
        }

        @Override
        public Staged stage(LogRecord record, Payload payload) {
            noteApplied();
            return super.stage(record, payload);
        }

        private void noteApplied() {
            if (appliedLsn < lastLsn) {
                appliedLsn = lastLsn;
                member.shards.staged(shard, lastLsn);
            }
        }

        @Override
        void submit(List<Entry> records) {
            noteApplied();
            ByteBuf bytes = Unpooled.buffer();
            records.forEach(record -> bytes.writeBytes(record.bytes().duplicate()));
            Frame frame = new Frame(leadsIn, shard, records.get(0).lsn(), records.size(), bytes);
            if (leader == member && term == leadsIn && turnOfLoop == turnOfLog) {
                submitted.add(frame);
            } else {
                reach.accept("a frame that no log takes");
            }
        }

        @Override
        public ReplayStart replayStart(long lsn) {
            int location = appliedIndex + 1;
            for (int i = appliedIndex; i >= 0; i--) {
                if (committed.get(i).shard() == shard && committed.get(i).lastLsn() > lsn) {
                    location = i;
                }
            }
            LogPlace applied = appliedIndex < 0 ? LogPlace.NONE : new LogPlace(1, appliedIndex);
            return new ReplayStart(lsn, location, applied);
        }

        @Override
        public void release(ReplayStart start) {
            // The log stays.
        }

        private void undo(long firstLsn, boolean stays, Runnable report) {
            endEpoch(firstLsn, true);
            leads = stays;
            appliedLsn = Math.min(appliedLsn, firstLsn - 1);
            member.shards.undone(shard, firstLsn);
            report.run();
        }

        // ---- what the machine delivers ----

        void decided(Frame frame, int index) {
            onLoop(() -> {
                noteApplied();
                appliedIndex = index;
                onDurable(frame.lastLsn());
                member.shards.durable(shard, frame.lastLsn());
            });
        }

        void receive(Frame frame, int index, List<Lineage> inherited) {
            onLoop(() -> {
                assertThat(leads).as("a leader receives records").isFalse();
                int length = frame.bytes().readableBytes();
                Block block = new Block(memory.allocateRecovered(length));
                block.memory().writeBytes(frame.bytes().duplicate());
                stagedBytes += length;
                lastLsn = frame.lastLsn();
                durableLsn = lastLsn;
                appliedLsn = lastLsn;
                appliedIndex = index;
                listener.received(new LoggedRecords(block, 0, length, frame.firstLsn(), frame.count()), inherited);
                block.finish();
                member.shards.durable(shard, lastLsn);
            });
        }

        void lead(long newTerm, long leaderlessMillis) {
            turnOfLog++;
            long turn = turnOfLog;
            onLoop(() -> {
                leadsIn = newTerm;
                turnOfLoop = turn;
                ownEpoch++;
                leads = true;
                listener.leads(leaderlessMillis);
            });
        }

        void lose() {
            onLoop(() -> undo(
                    durableLsn + 1,
                    false,
                    () -> listener.lost(
                            durableLsn + 1,
                            Refusal.of(ErrorCode.OUTCOME_UNKNOWN, "the fate of the request is not known"))));
        }

        void refuse(long firstLsn, boolean full) {
            turnOfLog++;
            long turn = turnOfLog;
            onLoop(() -> {
                undo(firstLsn, true, () -> {
                    turnOfLoop = turn;
                    obstacle = new Obstacle(full, full ? 1 << 20 : -1, "the script refuses");
                    listener.refused(
                            firstLsn,
                            Refusal.of(full ? ErrorCode.STORAGE_FULL : ErrorCode.OVERLOADED, "the script refuses"));
                });
            });
        }
    }
}
