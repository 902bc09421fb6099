package io.streamkeeper.storage.shard;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.ForkOrigin;
import io.streamkeeper.protocol.JsonSplitter;
import io.streamkeeper.protocol.ListQuery;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.disk.Obstacle;
import io.streamkeeper.storage.disk.StorageFailedException;
import io.streamkeeper.storage.extent.ExtentStore;
import io.streamkeeper.storage.extent.ExtentUsage;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.journal.LoggedRecords;
import io.streamkeeper.storage.journal.ShardFigures;
import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.memory.ReadBudget;
import io.streamkeeper.storage.memory.ReadLimit;
import io.streamkeeper.storage.memory.ReadShare;
import io.streamkeeper.storage.record.Lineage;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.stream.ForkSource;
import io.streamkeeper.storage.stream.Generations;
import io.streamkeeper.storage.stream.ProducerLimits;
import io.streamkeeper.storage.stream.StreamState;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The streams of one shard: decides commands, logs their changes, and makes each change visible when it is durable.
 * Owned by the shard's loop, which makes every call and gets every reply.
 *
 * <p>Why nothing acknowledged is lost (I1): the reply to a mutation is passed to the {@link CommitQueue} together with
 * the lsn of its record, and so is every reply that depends on staged state: that a stream exists, that an append is a
 * duplicate, that a stream is closed. The queue sends none of them before the journal is durable up to that lsn.
 * Readers see durable state only (I2).
 */
public final class ShardStore implements AutoCloseable {

    /** Reduces the fork count of a source, which may be in another shard, by one. */
    public interface SourceReleaser {
        /**
         * Schedules a call of {@link #releaseSource} in a later turn of the source's loop, never within this call: one
         * release may cause the next, along a chain of forks of any length.
         *
         * @param done runs on the loop of the caller when {@link #releaseSource} has called it
         */
        void release(StreamPath source, long generation, Runnable done);
    }

    /**
     * A run of bytes that a fork inherits.
     *
     * @param bytes owned by the receiver
     * @param end the position after them
     */
    public record Inherited(ByteBuf bytes, long end) {}

    /**
     * The result of skipping messages within a run.
     *
     * @param position the position after the skipped messages
     * @param remaining messages still to be skipped after the end of the run
     */
    public record Skipped(long position, long remaining) {}

    /** The histories of the changes of all shards take at most one part in this many of the heap for streams. */
    private static final int CHANGES_PART = 32;

    private final int shards;
    private final Journal journal;
    private final ExtentStore extents;
    private final ShardState state;
    private final ContentReader reader;
    private final StreamReads reads;
    private final Forks forks;
    private final MessageSearch messages;
    private final Upkeep upkeep;
    private final ReceivedRecords received;
    private final ShardStart start;
    private final CommitQueue commits;
    private final ShardFaults faults;
    private final JsonSplitter splitter = new JsonSplitter();
    private ShardFigures figures = ShardFigures.NONE;
    private volatile @Nullable StorageFailedException failure;

    /**
     * The store of shard {@code shard} of {@code shards}; it closes the journal and the extents when it is closed.
     *
     * @param budget the memory for bytes that are read from files
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

    /** The same with {@code faults}, which also handle the throwables of other threads. */
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
        this.shards = shards;
        this.journal = journal;
        this.extents = extents;
        this.faults = faults;
        faults.endsWith(journal);
        this.reader = new ContentReader(extents, budget, splitter, shards);
        this.reads = new StreamReads(reader);
        Boundaries boundaries = new Boundaries(reader, splitter);
        this.forks = new Forks(reader, boundaries, extents);
        this.messages = new MessageSearch(forks, boundaries);
        this.commits = new CommitQueue(journal);
        this.state = new ShardState(
                journal, extents, commits, new ShardClock(clock), new Generations(shard, shards), producers, releaser);
        this.upkeep = new Upkeep(state);
        this.received = new ReceivedRecords(state, forks);
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
                state.releases().failed(reason);
            }

            @Override
            public void received(LoggedRecords records, List<Lineage> inherited) {
                received.apply(records, inherited);
                commits.durable(records.lastLsn());
            }

            @Override
            public void leads(long leaderlessMillis) {
                received.lead(leaderlessMillis);
            }

            @Override
            public void pressed() {
                extents.pressed();
            }
        });
    }

    /** From now on {@code observer} is called for changes of streams, in place of the one before; on the loop. */
    public void observeStreams(StreamObserver observer) {
        state.observe(observer);
    }

    /** Sets the receiver of the shard's measurements; called before the shard serves. */
    public void observe(ShardFigures newFigures) {
        figures = newFigures;
        extents.observe(newFigures);
        state.observe(newFigures);
    }

    /** The memory of records that no checkpoint has written yet, or that readers hold; may be called by any thread. */
    public long backlogBytes() {
        return journal.backlogBytes();
    }

    // ---- create ----

    /** Answers a create whose path is taken. Returns false, without an answer, if the path is free. */
    public boolean answerExisting(Command.Create create, Reply reply) {
        return state.refusesToDecide(reply) || Creation.answerExisting(state, create, reply);
    }

    /**
     * Creates a stream unless its path is taken. Releases the body, which is split if the stream is one of JSON. If a
     * fork is not created, reduces the fork count of its source before it answers.
     *
     * @param source the source of a fork, or null if the command does not fork
     */
    public void create(Command.Create create, @Nullable ForkSource source, Reply reply) {
        String path = create.path().value();
        SourceReleases releases = state.releases();
        Reply answer = source == null ? releases.before(create.path(), reply) : releases.ofFork(create.path(), reply);
        if (source != null) {
            releases.begin(path);
        }
        boolean created = false;
        long lsnBefore = journal.lastLsn();
        try {
            created = !answerExisting(create, answer) && Creation.decide(state, create, source, answer);
        } catch (RuntimeException | Error e) {
            created = journal.lastLsn() != lsnBefore;
            failed(e, lsnBefore, answer);
        } finally {
            create.body().release();
            if (source != null) {
                ended(path, created, source);
            }
        }
    }

    private void ended(String path, boolean created, ForkSource source) {
        if (created) {
            state.releases().end(path);
        } else {
            state.giveBack(
                    source.path(), source.generation(), () -> state.releases().end(path));
        }
    }

    // ---- append ----

    /** Appends to a stream, closes it, or both. The body is released. */
    public void append(Command.Append append, Reply reply) {
        long lsnBefore = journal.lastLsn();
        try {
            if (!state.refusesToDecide(reply)) {
                Append.decide(state, append, reply);
            }
        } catch (RuntimeException | Error e) {
            failed(e, lsnBefore, reply);
        } finally {
            append.body().release();
        }
    }

    /** Answers a command that has failed, unless its reply waits in the commit queue and is sent from there. */
    private void failed(Throwable fault, long lsnBefore, Reply reply) {
        boolean waits = commits.holds(reply);
        Refusal refusal = faults.inCommand(fault, lsnBefore);
        if (!waits) {
            reply.complete(refusal);
        }
    }

    /** The shard's own work has failed: nothing more is acknowledged (I9, I12). */
    public void fail(Throwable fault) {
        faults.fail(fault);
    }

    /** The answer to a command whose step in this shard has thrown {@code fault}. */
    public Refusal faultIn(Throwable fault, long lsnBefore) {
        return faults.inCommand(fault, lsnBefore);
    }

    /** The wall clock of the store: milliseconds since 1970 UTC. */
    public long nowMillis() {
        return state.clock().wallMillis();
    }

    /**
     * Whether only the owner of the log knows if the stream at a path has expired: it has a sliding time to live, and no
     * deletion is known here.
     */
    public boolean hasSlidingLife(StreamPath path) {
        StreamState stream = state.latest(path);
        return stream != null && stream.lifetime().isSliding() && !stream.isDurablyDeleted();
    }

    /** Whether this process leads, so that the shard owns its log: only then does it accept commands that change it. */
    public boolean leads() {
        return state.leads();
    }

    /**
     * Calls {@code then} on the loop when readers see everything that is durable now. What is staged meanwhile may
     * delay that, and so may the end of an epoch; it is called in any case, unless the shard is closed first.
     */
    public void whenPublished(Runnable then) {
        commits.add(journal.durableLsn(), CommitQueue.Step.NONE, new Outcome.Deleted(), outcome -> then.run());
    }

    /** The lsn of the record that was staged last. */
    public long lastLsn() {
        return journal.lastLsn();
    }

    // ---- change ----

    /** Changes the properties of a stream. */
    public void change(Command.Change change, Reply reply) {
        if (state.refusesToDecide(reply)) {
            return;
        }
        long lsnBefore = journal.lastLsn();
        try {
            Change.decide(state, change, reply);
        } catch (RuntimeException | Error e) {
            failed(e, lsnBefore, reply);
        }
    }

    // ---- trim ----

    /**
     * Drops the data of a stream before {@code position}, or a little less: no message is cut. For the server itself, of
     * streams with reserved paths.
     *
     * @param reply receives {@link Outcome.Described} with the stream as it was before, when the trim is durable; or a
     *     refusal
     */
    public void trimBefore(StreamPath path, long position, Reply reply) {
        if (state.refusesToDecide(reply)) {
            return;
        }
        long lsnBefore = journal.lastLsn();
        try {
            Trim.decide(state, path, position, reply);
        } catch (RuntimeException | Error e) {
            failed(e, lsnBefore, reply);
        }
    }

    // ---- delete ----

    /** Deletes a stream; its bytes are kept as long as forks inherit them. */
    public void delete(Command.Delete delete, Reply reply) {
        delete(delete, reply, true);
    }

    /**
     * Deletes a stream.
     *
     * @param repeats whether the command is decided once more if its record is refused together with others
     */
    private void delete(Command.Delete delete, Reply reply, boolean repeats) {
        if (state.refusesToDecide(reply)) {
            return;
        }
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
     * Finds the source of a fork and counts the fork, so that the source's bytes are kept. If the stream or the
     * position does not exist, or the content type differs, it refuses and counts nothing. The refusal of a deleted
     * source is sent when the deletion is durable, and not sent if the deletion is refused (I1).
     *
     * @param contentType the content type that the request names, or null
     */
    public void pinSource(ForkOrigin origin, @Nullable ContentType contentType, Callback<ForkSource> then) {
        forks.pin(state, origin, contentType, then);
    }

    /**
     * Skips {@code count} messages from {@code from} on, within the part of a JSON stream of this shard that a fork
     * inherits; refused if {@code from} is inside a message.
     */
    public void skipMessages(Lineage run, long from, long count, Callback<Skipped> then) {
        forks.skip(run, from, count, then);
    }

    /**
     * Finds the end of the append that contains the byte at {@code position}, within the part of a stream of bytes of
     * this shard that a fork inherits; a fork that inherits a part of an append ends that append.
     */
    public void appendEnd(Lineage run, long position, Callback<Long> then) {
        forks.appendEnd(run, position, then);
    }

    /**
     * Calls {@code then} when the data that a fork inherits from this shard is synced. The record of the fork may be
     * synced by another shard: without this, a power failure could leave the fork without a part of the data that it
     * inherits.
     */
    public void whenSourceSynced(Journal.Synced then) {
        journal.whenSynced(journal.durableLsn(), then);
    }

    /**
     * Counts a fork of a stream of this shard that another process has decided to create; called before the records
     * that create it are applied, see {@link Journal.Listener#received}, and in the order of the log.
     *
     * @return what the fork inherits
     * @throws IllegalArgumentException if the stream is not known
     */
    public Lineage countFork(LogRecord.Fork fork) {
        return received.countFork(fork);
    }

    /**
     * Reduces the fork count of a source by one; at zero, releases the bytes that were kept for forks.
     *
     * @param done runs once, on this shard's loop, perhaps within this call: when every request finds the source, and
     *     the ancestors that are released with it, without the fork
     */
    public void releaseSource(long generation, Runnable done) {
        boolean continues = false;
        try {
            StreamState source = forks.release(generation);
            if (source != null) {
                state.heap().count(source);
                if (state.leads() && source.isDurablyDeleted()) {
                    continues = true;
                    state.releaseSourceOf(source, done);
                }
                Release.decide(state, source);
            }
        } finally {
            if (!continues) {
                done.run();
            }
        }
    }

    /**
     * Reads the part of a stream of this shard that a fork inherits, from {@code from} on; refused if {@code from} is
     * inside a message.
     *
     * @throws RefusedException if the stream does not exist any more, or has lost a part of the run
     */
    public void readInherited(Lineage run, long from, ReadLimit limit, Callback<Inherited> then) {
        forks.read(run, from, limit, then);
    }

    /** The same for about {@code bytesMax} bytes; refused if no memory is available. */
    public void readInherited(Lineage run, long from, int bytesMax, Callback<Inherited> then) {
        readInherited(run, from, ReadLimit.of(bytesMax), then);
    }

    // ---- reads ----

    /** Reserves memory for a response that is read window by window; null if none is available. */
    public @Nullable ReadShare admit() {
        return reader.admit();
    }

    /**
     * Finds a stream for a reader.
     *
     * @param use whether the read counts as use of the stream
     *
     * @throws RefusedException if no such stream exists
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
     * The position at which a read begins: the tail if the offset is after it. Whether the position is inside a message
     * is checked when it is read.
     *
     * @throws RefusedException if the offset is not one of this stream, or retention has trimmed it
     */
    public long position(StreamState stream, ReadStart start) {
        return reads.position(stream, start);
    }

    /**
     * The position of an offset.
     *
     * @return after the tail if the offset is of this stream and after its tail
     * @throws RefusedException if the offset is not one of this stream, or retention has trimmed it
     */
    public long position(StreamState stream, Offset offset) {
        return StreamReads.readable(stream, stream.positionOf(offset));
    }

    /** Finds positions between messages. */
    public MessageSearch messages() {
        return messages;
    }

    /**
     * Reads the bytes that a stream itself wrote, from {@code from} on, and answers with {@code inherited}, which was
     * read before and ends at {@code from}, followed by them. The answer may be immediate.
     *
     * @param start the position at which the response begins
     * @param inherited owned by the chunk from now on
     * @param limit of zero or negative bytes if {@code inherited} has used up the limit, which a long message may do
     */
    public void read(StreamState stream, long start, ByteBuf inherited, long from, ReadLimit limit, Reply reply) {
        reads.read(stream, start, inherited, from, limit, reply);
    }

    /** The same for about {@code bytesMax} bytes; refused if no memory is available. */
    public void read(StreamState stream, long start, ByteBuf inherited, long from, int bytesMax, Reply reply) {
        read(stream, start, inherited, from, ReadLimit.of(bytesMax), reply);
    }

    /**
     * The bytes from {@code from} on that became durable in this turn of the loop, at most about {@code bytesMax}.
     *
     * @throws RefusedException if retention has dropped some of them in the same turn, or no memory is available for
     *     them
     */
    public Outcome.Chunk readNew(StreamState stream, long from, int bytesMax) {
        return reads.readNew(stream, from, bytesMax);
    }

    // ---- listing ----

    /**
     * Lists some of the streams that readers see, in the order of their paths; a bounded step.
     *
     * @param from where the step before has ended; null for the first step
     * @param itemsMax the most items that are listed
     * @param allowed whether the stream at a path may be listed
     */
    public ListedPage list(ListQuery query, @Nullable String from, int itemsMax, Predicate<String> allowed) {
        return Listing.step(state, query, from, itemsMax, allowed);
    }

    /**
     * Looks at some of the streams that readers see, in the order of their paths; a bounded step.
     *
     * @param from where the step before has ended; empty for the first step
     * @param most how many are looked at, at most
     * @param look must not change anything
     * @return where the next step begins; null if all were looked at
     */
    public @Nullable String visit(String from, int most, Consumer<StreamState> look) {
        return Listing.visit(state, "", from, most, look);
    }

    /**
     * The same as {@link #visit} for streams whose paths begin with {@code prefix}.
     *
     * @param from where the step before has ended; the prefix for the first step
     */
    public @Nullable String visitBelow(String prefix, String from, int most, Consumer<StreamState> look) {
        return Listing.visit(state, prefix, from, most, look);
    }

    /** The stream that readers see at a path; null if there is none. */
    public @Nullable StreamState listed(String path) {
        StreamState stream = state.visible(new StreamPath(path));
        return stream == null || state.isGone(stream) ? null : stream;
    }

    /**
     * The same as {@link #visit} for streams with reserved paths, which only the server itself uses, see {@link
     * StreamPath#isReserved}.
     */
    public @Nullable String visitReserved(String from, int most, Consumer<StreamState> look) {
        return Listing.visitReserved(state, from, most, look);
    }

    /** The last creations, closures and deletions that became durable. */
    public ChangeHistory changes() {
        return state.changes();
    }

    // ---- upkeep ----

    /** Deletes expired streams and trims others; a bounded step, to be called periodically. */
    public void expire() {
        upkeep.step();
    }

    /** The shard's own work: a bounded step, to be called periodically. If it throws, the shard fails. */
    public void keepUp() {
        try {
            reader.releaseUnused();
            expire();
            checkpointAndCompact();
        } catch (RuntimeException | Error e) {
            faults.fail(e);
        }
    }

    /** Continues the work that releases memory and disk space; a bounded step, to be called periodically. */
    public void checkpointAndCompact() {
        extents.step();
    }

    /** See {@link ExtentStore#checkpointNow}. */
    public void checkpointNow(Runnable done) {
        extents.checkpointNow(done);
    }

    /** See {@link ExtentStore#compactNow}. */
    public void compactNow(Runnable done) {
        extents.compactNow(done);
    }

    /** What the files of the shard take, except those of the journal. */
    public ExtentUsage extentUsage() {
        return extents.usage();
    }

    /** Why writes are refused for now; null if they are not. */
    public @Nullable Obstacle obstacle() {
        return journal.obstacle();
    }

    /** Whether a write of {@code bytes} should wait until a checkpoint has made room, which is possible. */
    public boolean isPressed(int bytes) {
        return journal.isPressed(bytes) && !extents.isStuck();
    }

    /** Why nothing more is acknowledged, or null while the shard works (I9); may be called by any thread. */
    public @Nullable StorageFailedException failure() {
        return failure;
    }

    // ---- start ----

    /** Adds the streams that recovery has found; called before anything else. */
    public ShardStart start() {
        return start;
    }

    /** The start is complete: the forks of all shards are counted, see {@link ShardStart#settle}. On the loop. */
    public void settle() {
        start.settle();
    }

    /**
     * Has records that become durable together published and answered in pieces of {@code steps}, each in a task of
     * {@code executor}, which runs the tasks on the loop in order. Called before anything else; without it, all are
     * published and answered at once.
     */
    public void publishIn(Executor executor, int steps) {
        commits.publishIn(executor, steps);
    }

    /**
     * From now on {@code budget} counts and bounds the heap that streams and the history of their changes take; called
     * on the loop or before it runs.
     */
    public void limitHeap(Budget budget) {
        state.limitHeap(budget, budget.bytesMax() / CHANGES_PART / shards);
    }

    /**
     * From now on {@code usage} receives the changes of what streams use; first, what they use already. Called on the
     * loop or before it runs.
     */
    public void countUsage(StreamUsage usage) {
        state.countUsage(usage);
    }

    /** The stream that was staged last at a path, deleted or not, or null. */
    @Nullable
    public StreamState streamAt(StreamPath path) {
        return state.latest(path);
    }

    /** Passes each staged stream to {@code action}, and each stream that it replaces once it is durable. */
    public void forEachStream(Consumer<StreamState> action) {
        state.forEach(action);
    }

    /** The number of streams that expire. */
    public int expiringCount() {
        return state.expiring().size();
    }

    /** The number of streams that are closed; without reserved ones. */
    public int closedCount() {
        return state.closedCount();
    }

    /** The number of streams with retention by age. */
    public int agedCount() {
        return state.aged().size();
    }

    /** The number of streams, including deleted ones that forks keep; without reserved ones. */
    public int streamCount() {
        return state.size();
    }

    @Override
    public void close() {
        commits.close();
        start.close();
        reader.close();
        state.forEach(stream -> stream.content().release(extents::released));
        forks.close();
        extents.close();
        journal.close();
    }
}
