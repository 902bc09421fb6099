package io.streamkeeper.storage.shard;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.ForkOrigin;
import io.streamkeeper.protocol.JsonSplitter;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.disk.StorageFailedException;
import io.streamkeeper.storage.extent.ExtentStore;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.journal.ShardFigures;
import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.memory.ReadBudget;
import io.streamkeeper.storage.memory.ReadLimit;
import io.streamkeeper.storage.memory.ReadShare;
import io.streamkeeper.storage.record.Lineage;
import io.streamkeeper.storage.stream.ForkSource;
import io.streamkeeper.storage.stream.Generations;
import io.streamkeeper.storage.stream.ProducerLimits;
import io.streamkeeper.storage.stream.StreamState;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The streams of one shard: decides commands, logs what they change, and makes it visible when it is durable. Owned by
 * the shard's loop, which makes every call and gets every reply.
 *
 * <p>Why nothing acknowledged is lost (I1): a mutation's reply is handed to the {@link CommitQueue} together with the
 * place of its record in the log, and so is every answer that speaks of staged state: that a stream exists, that an
 * append is a duplicate, that a stream is closed. The queue lets none of them go before the journal is durable up to
 * there. Readers are shown durable state only (I2).
 */
public final class ShardStore implements AutoCloseable {

    /** Gives a fork's count back to its source, which may live in another shard. */
    public interface SourceReleaser {
        /**
         * Has {@link #releaseSource} called on the source's loop, in a later turn of it and never within this call: one
         * release may bring the next, through a chain of any length.
         */
        void release(StreamPath source, long generation);
    }

    /**
     * A run of bytes that a fork inherits.
     *
     * @param bytes owned by the receiver
     * @param end the position behind them
     */
    public record Inherited(ByteBuf bytes, long end) {}

    /**
     * How far a count of messages went.
     *
     * @param position where it came to
     * @param remaining messages that are still to be skipped behind the end of the run
     */
    public record Skipped(long position, long remaining) {}

    private final Journal journal;
    private final ExtentStore extents;
    private final ShardState state;
    private final ContentReader reader;
    private final StreamReads reads;
    private final Forks forks;
    private final Upkeep upkeep;
    private final ShardStart start;
    private final CommitQueue commits;
    private final ShardFaults faults;
    private final SourceReleaser releaser;
    private final JsonSplitter splitter = new JsonSplitter();
    private ShardFigures figures = ShardFigures.NONE;
    private volatile @Nullable StorageFailedException failure;

    /**
     * The store of shard {@code shard} of {@code shards}; it closes the journal and the extents when it is closed.
     *
     * @param budget the memory for what is read from files
     * @param producers how many producers of a stream are remembered
     */
    public ShardStore(
            int shard,
            int shards,
            Journal journal,
            ExtentStore extents,
            ReadBudget budget,
            Clock clock,
            SourceReleaser releaser,
            ProducerLimits producers) {
        this(
                shard,
                shards,
                journal,
                extents,
                budget,
                clock,
                releaser,
                producers,
                new ShardFaults(shard, Runnable::run));
    }

    /** The same with {@code faults}, which guard what runs beside the loop too. */
    public ShardStore(
            int shard,
            int shards,
            Journal journal,
            ExtentStore extents,
            ReadBudget budget,
            Clock clock,
            SourceReleaser releaser,
            ProducerLimits producers,
            ShardFaults faults) {
        this.journal = journal;
        this.extents = extents;
        this.releaser = releaser;
        this.faults = faults;
        faults.endsWith(journal);
        this.reader = new ContentReader(extents, budget, splitter);
        this.reads = new StreamReads(reader);
        this.forks = new Forks(reader, new Boundaries(reader, splitter), extents);
        this.commits = new CommitQueue(journal);
        this.state = new ShardState(
                journal, extents, commits, new ShardClock(clock), new Generations(shard, shards), producers, releaser);
        this.upkeep = new Upkeep(state);
        this.start = new ShardStart(state, forks);
        journal.listen(new Journal.Listener() {
            @Override
            public void durable(long lsn) {
                commits.durable(lsn);
            }

            @Override
            public void committed(int records, long bytes, long syncNanos) {
                figures.committed(records, bytes, syncNanos);
            }

            @Override
            public void refused(long firstLsn, Refusal refusal) {
                figures.refused();
                extents.pressed();
                commits.refused(firstLsn, refusal);
            }

            @Override
            public void lost(long firstLsn, Refusal refusal) {
                commits.lost(firstLsn, refusal);
            }

            @Override
            public void failed(StorageFailedException reason) {
                failure = reason;
                figures.failed();
                commits.failed(reason);
            }
        });
    }

    /** Names the receiver of what the shard measures of its own work; before it serves. */
    public void observe(ShardFigures newFigures) {
        figures = newFigures;
        extents.observe(newFigures);
    }

    /** Memory of records that no checkpoint has reached, or that readers hold; may be asked by any thread. */
    public long backlogBytes() {
        return journal.backlogBytes();
    }

    // ---- create ----

    /** Answers a create whose path is taken. Returns false, having answered nothing, if it is free. */
    public boolean answerExisting(Command.Create create, Reply reply) {
        return Creation.answerExisting(state, create, reply);
    }

    /**
     * Creates a stream unless its path is taken. The body is released, and the source given back if no fork came of it.
     *
     * @param source where a fork comes from; present exactly if the command forks
     */
    public void create(Command.Create create, @Nullable ForkSource source, Reply reply) {
        boolean created = false;
        long lsnBefore = journal.lastLsn();
        try {
            created = !answerExisting(create, reply) && Creation.decide(state, create, source, splitter, reply);
        } catch (RuntimeException | Error e) {
            created = journal.lastLsn() != lsnBefore;
            failed(e, lsnBefore, reply);
        } finally {
            create.body().release();
            if (!created && source != null) {
                releaser.release(source.path(), source.generation());
            }
        }
    }

    // ---- append ----

    /** Appends to a stream, closes it, or both. The body is released. */
    public void append(Command.Append append, Reply reply) {
        long lsnBefore = journal.lastLsn();
        try {
            Append.decide(state, append, reply);
        } catch (RuntimeException | Error e) {
            failed(e, lsnBefore, reply);
        } finally {
            append.body().release();
        }
    }

    /** Answers a command that has failed, unless it is answered with what it waits for. */
    private void failed(Throwable fault, long lsnBefore, Reply reply) {
        boolean waits = commits.holds(reply);
        Refusal refusal = faults.inCommand(fault, lsnBefore);
        if (!waits) {
            reply.complete(refusal);
        }
    }

    /** Work of the shard's own has failed: nothing more is acknowledged (I9, I12). */
    public void fail(Throwable fault) {
        faults.fail(fault);
    }

    /** Ends what this shard was to do for a command with what that is to be answered, after a throwable of it. */
    public Refusal faultIn(Throwable fault, long lsnBefore) {
        return faults.inCommand(fault, lsnBefore);
    }

    /** The time of day that the store goes by: milliseconds since 1970 UTC. */
    public long nowMillis() {
        return state.clock().wallMillis();
    }

    /** The place of the record that was staged last. */
    public long lastLsn() {
        return journal.lastLsn();
    }

    // ---- delete ----

    /** Deletes a stream; its bytes stay for as long as forks inherit them. */
    public void delete(Command.Delete delete, Reply reply) {
        delete(delete, reply, true);
    }

    /**
     * The same.
     *
     * @param repeats whether it is decided again, once, where it is refused with other records
     */
    private void delete(Command.Delete delete, Reply reply, boolean repeats) {
        long lsnBefore = journal.lastLsn();
        try {
            Deletion.decide(state, delete, reply, refusal -> {
                if (repeats) {
                    delete(delete, reply, false);
                }
                return repeats;
            });
        } catch (RuntimeException | Error e) {
            failed(e, lsnBefore, reply);
        }
    }

    // ---- forks ----

    /**
     * Finds the stream that a fork asks for and counts the fork, so that the source's bytes stay. Refuses where there is no such
     * stream, place or type; nothing is counted then. That the source is deleted is answered when its deletion is durable, and
     * not if the store refuses that (I1).
     *
     * @param contentType what the fork insists on, or null
     */
    public void pinSource(ForkOrigin origin, @Nullable ContentType contentType, Callback<ForkSource> then) {
        forks.pin(state, origin, contentType, then);
    }

    /**
     * Goes {@code count} messages on from {@code from} within what a fork inherits of a JSON stream of this shard; refused
     * if {@code from} is inside a message.
     */
    public void skipMessages(Lineage run, long from, long count, Callback<Skipped> then) {
        forks.skip(run, from, count, then);
    }

    /**
     * Finds where the append ends that has the byte at {@code position}, within what a fork inherits of a stream of bytes of
     * this shard; a fork that inherits a part of an append ends that append.
     */
    public void appendEnd(Lineage run, long position, Callback<Long> then) {
        forks.appendEnd(run, position, then);
    }

    /**
     * Calls {@code then} when what a fork is to inherit from this shard survives as much as the fork's own record, which
     * another shard may sync: else, after a power cut, the fork would be there and not all of what it inherits.
     */
    public void whenSourceSynced(Journal.Synced then) {
        journal.whenSynced(journal.durableLsn(), then);
    }

    /** Takes one fork off a source's count; the last one releases what was kept for forks. */
    public void releaseSource(long generation) {
        StreamState source = forks.release(generation);
        if (source == null) {
            return;
        }
        if (source.isDurablyDeleted()) {
            state.releaseSourceOf(source);
        }
        Release.decide(state, source);
    }

    /**
     * Reads what a fork inherits of a stream of this shard, from {@code from} on; refused if {@code from} is inside a
     * message.
     *
     * @throws RefusedException if the stream is gone, or has lost what the run says
     */
    public void readInherited(Lineage run, long from, ReadLimit limit, Callback<Inherited> then) {
        forks.read(run, from, limit, then);
    }

    /** The same for about {@code bytesMax} bytes, refused where there is no memory. */
    public void readInherited(Lineage run, long from, int bytesMax, Callback<Inherited> then) {
        readInherited(run, from, ReadLimit.of(bytesMax), then);
    }

    // ---- reads ----

    /** Room for an answer that is read window by window, or null where there is none. */
    public @Nullable ReadShare admit() {
        return reader.admit();
    }

    /**
     * Finds a stream for a reader, and counts the read as use unless it only asks for the description.
     *
     * @throws RefusedException if there is none
     */
    public StreamState open(StreamPath path, boolean use) {
        StreamState stream = state.visible(path);
        if (stream == null || state.isGone(stream)) {
            throw new RefusedException(ShardState.absent(path, stream));
        }
        if (use) {
            Use.of(state, stream);
        }
        return stream;
    }

    /**
     * The position at which a read begins: at the tail where the offset is after it. Whether it is inside a message shows when
     * it is read.
     *
     * @throws RefusedException if the offset is not one of this stream, or retention has let go of it
     */
    public long position(StreamState stream, ReadStart start) {
        return reads.position(stream, start);
    }

    /**
     * Reads what a stream itself wrote, from {@code from} on, and answers with it after {@code inherited}, which was read
     * before and ends at {@code from}. The answer may come at once.
     *
     * @param start where the whole run begins
     * @param inherited owned by the chunk from now on
     * @param limit its bytes none or fewer where {@code inherited} has used up the bound, as a long message may
     */
    public void read(StreamState stream, long start, ByteBuf inherited, long from, ReadLimit limit, Reply reply) {
        reads.read(stream, start, inherited, from, limit, reply);
    }

    /** The same for about {@code bytesMax} bytes, refused where there is no memory. */
    public void read(StreamState stream, long start, ByteBuf inherited, long from, int bytesMax, Reply reply) {
        read(stream, start, inherited, from, ReadLimit.of(bytesMax), reply);
    }

    /**
     * The bytes from {@code from} on that became durable in this turn of the loop, at most about {@code bytesMax}.
     *
     * @throws RefusedException if retention has dropped some of them in the same turn, or there is no memory for them
     */
    public Outcome.Chunk readNew(StreamState stream, long from, int bytesMax) {
        return reads.readNew(stream, from, bytesMax);
    }

    // ---- upkeep ----

    /** Removes streams whose time has come; a bounded step, to be called now and then. */
    public void expire() {
        upkeep.step();
    }

    /** What the shard does by itself: a bounded step, to be called now and then. What it fails with fails the shard. */
    public void keepUp() {
        try {
            expire();
            compact();
        } catch (RuntimeException | Error e) {
            faults.fail(e);
        }
    }

    /** Goes on with what makes room, in memory and on the disk; a bounded step, to be called now and then. */
    public void compact() {
        extents.step();
    }

    /** Whether a write of {@code bytes} should wait until a checkpoint has made room. */
    public boolean isPressed(int bytes) {
        return journal.isPressed(bytes);
    }

    /** Why nothing more is acknowledged, or null while the disk is well (I9); may be asked by any thread. */
    public @Nullable StorageFailedException failure() {
        return failure;
    }

    // ---- start ----

    /** Takes over what recovery has found; before anything else. */
    public ShardStart start() {
        return start;
    }

    /** The start is complete: the forks of all shards are counted, see {@link ShardStart#settle}. On the loop. */
    public void settle() {
        start.settle();
    }

    /**
     * Has what becomes durable together published and answered {@code steps} records at a time, each in a task of {@code
     * executor}, which runs them on the loop in order; before anything else. Without this it is done at once.
     */
    public void publishIn(Executor executor, int steps) {
        commits.publishIn(executor, steps);
    }

    /** From now on the heap that streams take is counted in {@code budget}, and bounded by it; on the loop or before it runs. */
    public void limitHeap(Budget budget) {
        state.limitHeap(budget);
    }

    /** The stream that was staged last at a path, whatever has become of it, or null. */
    @Nullable
    public StreamState streamAt(StreamPath path) {
        return state.latest(path);
    }

    /** All streams by what is staged of them, those included that a staged one is to replace. */
    public void forEachStream(Consumer<StreamState> action) {
        state.forEach(action);
    }

    /** Streams that this shard holds and that go by themselves. */
    public int expiringCount() {
        return state.expiring().size();
    }

    /** Streams of which data expires by its age. */
    public int agedCount() {
        return state.aged().size();
    }

    /** Streams that this shard holds, deleted ones that forks need included. */
    public int streamCount() {
        return state.size();
    }

    @Override
    public void close() {
        commits.close();
        start.close();
        state.forEach(stream -> stream.content().release(extents::left));
        forks.close();
        extents.close();
        journal.close();
    }
}
