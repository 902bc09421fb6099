package io.streamkeeper.server.shard;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.JsonSplitter;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.limit.ShardContent;
import io.streamkeeper.server.metrics.LoopCounters;
import io.streamkeeper.storage.disk.StorageFailedException;
import io.streamkeeper.storage.memory.ReadLimit;
import io.streamkeeper.storage.shard.Callback;
import io.streamkeeper.storage.shard.Reply;
import io.streamkeeper.storage.shard.ShardStore;
import io.streamkeeper.storage.stream.StreamState;
import java.util.Arrays;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One shard: a loop and the streams that only this loop touches (I5). Its public methods may be called by any thread
 * and run on the loop: at once if the caller is on it.
 */
public final class Shard {
    private static final Logger LOG = LoggerFactory.getLogger(Shard.class);

    /** How often the shard checks for streams to expire or trim, and for memory to free. */
    private static final long UPKEEP_PERIOD_MILLIS = 100;

    /** Records that one piece publishes and answers, of those that became durable together. */
    private static final int PIECE_RECORDS = 256;

    private final EventLoop loop;
    private final Shards shards;
    private final ShardStore store;
    private final ParkedWrites parked;
    private final TurnQueue turns;
    private final LoopCounters counters;
    private final JsonSplitter splitter;
    private final ShardStateReports reports;
    private final BusyStreams busy;
    private @Nullable Future<?> upkeep;
    private long nextUpkeepNanos;

    /**
     * Shard {@code number} with the store {@code store}, which belongs to {@code loop} from now on, and so does the
     * splitter.
     */
    Shard(
            int number,
            EventLoop loop,
            TurnQueue turns,
            ShardStore store,
            Shards shards,
            @Nullable ShardContent content,
            JsonSplitter splitter) {
        this.reports = new ShardStateReports(number, store, loop.ticker()::nanoTime);
        this.busy = new BusyStreams(loop.ticker().nanoTime());
        this.loop = loop;
        this.turns = turns;
        this.shards = shards;
        this.store = store;
        this.counters = shards.counters().of(loop);
        store.observe(counters);
        this.splitter = splitter;
        if (content != null) {
            store.countUsage(content);
        }
        store.publishIn(piece -> turns.add(() -> runOwn(piece)), PIECE_RECORDS);
        this.parked = new ParkedWrites(loop, store::isPressed, this::dispatchParked, counters);
    }

    /** The loop that owns this shard. */
    public EventLoop loop() {
        return loop;
    }

    /** The loop's counters. */
    public LoopCounters counters() {
        return counters;
    }

    /** The queue for work that may take long, shared by all shards of the loop. */
    public TurnQueue turns() {
        return turns;
    }

    public ShardStore store() {
        return store;
    }

    Shards shards() {
        return shards;
    }

    /** Splits the bodies of forks, whose type only the shard knows. */
    JsonSplitter splitter() {
        return splitter;
    }

    /**
     * Runs a task of the shard itself on the loop: at once if the caller is on it. A task that throws fails the shard.
     */
    public void run(Runnable task) {
        if (loop.inEventLoop()) {
            runOwn(task);
            return;
        }
        try {
            loop.execute(() -> runOwn(task));
        } catch (RejectedExecutionException e) {
            LOG.debug("the server has stopped: what a connection still requests of its shard is not executed", e);
        }
    }

    private void runOwn(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            store.fail(e);
        }
    }

    /**
     * Runs a step of a command on the loop: at once if the caller is on it. If the step throws, {@code end} receives
     * the refusal, so that each command is answered (I12).
     */
    public void step(Consumer<Refusal> end, Runnable step) {
        if (loop.inEventLoop()) {
            attempt(end, step);
            return;
        }
        try {
            loop.execute(() -> attempt(end, step));
        } catch (RejectedExecutionException e) {
            end.accept(Refusal.of(ErrorCode.OVERLOADED, "the server stops; try again later"));
        }
    }

    private void attempt(Consumer<Refusal> end, Runnable step) {
        long lsnBefore = store.lastLsn();
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            end.accept(store.faultIn(e, lsnBefore));
        }
    }

    /**
     * Executes a command.
     *
     * @param readBytesMax about how many bytes one answer to a read may have
     * @param reply called once, on this shard's loop
     */
    public void execute(Command command, int readBytesMax, Reply reply) {
        boolean isHandedOver = !loop.inEventLoop();
        step(reply::complete, () -> {
            if (isHandedOver) {
                reply.begins(0);
            }
            if (!parked.park(command, reply)) {
                dispatch(command, readBytesMax, reply);
            }
        });
    }

    /**
     * Finds the offsets of positions of a stream.
     *
     * @param positions positions that were read, in ascending order
     * @param last the offset of the last position; if the stream has another one there now, it is not the stream that
     *     was read
     * @param then completed on this shard's loop
     */
    public void offsets(StreamPath path, long[] positions, Offset last, Callback<Offset[]> then) {
        step(then::refuse, () -> {
            StreamState stream = store.open(path, false);
            Offset[] offsets =
                    Arrays.stream(positions).mapToObj(stream::offsetAt).toArray(Offset[]::new);
            if (offsets.length == 0 || offsets[offsets.length - 1].equals(last)) {
                then.complete(offsets);
            } else {
                then.refuse(Refusal.of(
                        ErrorCode.OFFSET_GONE,
                        "stream " + Quoted.of(path.value()) + " was replaced while it was read; start again at -1"));
            }
        });
    }

    private void dispatch(Command command, int readBytesMax, Reply reply) {
        if (command instanceof Command.Append append) {
            busy.append(append.path().value(), append.body().bytes().readableBytes());
            store.append(append, reply);
        } else if (command instanceof Command.Read read) {
            read(read, readBytesMax, reply);
        } else if (command instanceof Command.Create create) {
            create(create, reply);
        } else if (command instanceof Command.Describe describe) {
            reply.complete(
                    new Outcome.Described(store.open(describe.path(), false).info()));
        } else if (command instanceof Command.Change change) {
            store.change(change, reply);
        } else if (command instanceof Command.Delete delete) {
            store.delete(delete, reply);
        } else {
            throw new IllegalArgumentException("a command of the unknown type " + command.getClass());
        }
    }

    private void create(Command.Create create, Reply reply) {
        if (create.fork() == null) {
            store.create(create, null, reply);
        } else if (store.answerExisting(create, reply)) {
            create.body().release();
        } else {
            new ForkCreation(this, create, create.fork(), reply).start();
        }
    }

    private void read(Command.Read read, int readBytesMax, Reply reply) {
        StreamState stream = open(read);
        if (read.isRanged()) {
            readRange(stream, read, readBytesMax, reply);
        } else {
            readWholeText(stream, store.position(stream, read.start()), readBytesMax, reply);
        }
    }

    /**
     * Finds the stream that a request reads, and counts the request.
     *
     * @throws io.streamkeeper.protocol.RefusedException if no such stream exists
     */
    public StreamState open(Command.Read read) {
        StreamState stream = store.open(read.path(), true);
        busy.read(stream.pathText());
        return stream;
    }

    /** The streams that are used most. */
    BusyStreams busy() {
        return busy;
    }

    /** The time on the monotonic clock of the loop. */
    long nowNanos() {
        return loop.ticker().nanoTime();
    }

    /** Reads one run within the limits of {@code read}. */
    public void readRange(StreamState stream, Command.Read read, int bytesMax, Reply reply) {
        findAndRead(stream, read, Math.max(WholeText.BYTES_MIN, bytesMax), reply);
    }

    private void findAndRead(StreamState stream, Command.Read read, int bytesMax, Reply reply) {
        RangeSearch.find(this, stream, read, bytesMax, new Callback<>() {
            @Override
            public void complete(RangeSearch.Range range) {
                step(reply::complete, () -> readRange(stream, read, range, bytesMax, reply));
            }

            @Override
            public void refuse(Refusal refusal) {
                reply.complete(refusal);
            }
        });
    }

    private void readRange(StreamState stream, Command.Read read, RangeSearch.Range range, int bytesMax, Reply reply) {
        if (stream.isDurablyDeleted()) {
            reply.complete(Refusal.of(
                    ErrorCode.STREAM_NOT_FOUND,
                    "stream " + Quoted.of(stream.pathText()) + " was deleted while it was read"));
            return;
        }
        ReadLimit limit = new ReadLimit(range.end(), bytesMax, null);
        if (read.isBackward()) {
            StreamRead.start(
                    this, stream, range.start(), limit, page -> readPage(stream, read, range, bytesMax, page, reply));
        } else {
            readWholeText(stream, range.start(), limit, reply);
        }
    }

    /** Answers with a page that ends where it has to; one for which there is no memory begins later. */
    private void readPage(
            StreamState stream,
            Command.Read read,
            RangeSearch.Range range,
            int bytesMax,
            Outcome outcome,
            Reply reply) {
        if (!(outcome instanceof Outcome.Chunk page) || page.next().position() == range.end()) {
            reply.complete(outcome);
            return;
        }
        int obtained = page.bytes().readableBytes();
        page.bytes().release();
        if (obtained == 0 || obtained >= bytesMax) {
            reply.complete(Refusal.of(ErrorCode.OVERLOADED, "there is no memory for the whole page; try again later"));
            return;
        }
        step(reply::complete, () -> findAndRead(stream, read, obtained, reply));
    }

    /** Reads one run, which ends at the tail or after a whole character. */
    public void readWholeText(StreamState stream, long position, int bytesMax, Reply reply) {
        readWholeText(stream, position, ReadLimit.of(Math.max(WholeText.BYTES_MIN, bytesMax)), reply);
    }

    private void readWholeText(StreamState stream, long position, ReadLimit limit, Reply reply) {
        StreamRead.start(
                this,
                stream,
                position,
                limit,
                outcome ->
                        reply.complete(outcome instanceof Outcome.Chunk chunk ? WholeText.of(chunk, stream) : outcome));
    }

    /** Runs a task of the shard itself on the loop, at the end of this turn. A task that throws fails the shard. */
    public void runLater(Runnable task) {
        turns.add(() -> runOwn(task));
    }

    /**
     * Releases the source of a fork in a separate piece: that release may cause the next one, through a chain of any
     * length. Then calls {@code done}, see {@link ShardStore#releaseSource}.
     */
    void releaseSource(long generation, Runnable done) {
        try {
            loop.execute(() -> turns.add(() -> runOwn(() -> store.releaseSource(generation, done))));
        } catch (RejectedExecutionException e) {
            LOG.debug("the server has stopped: the count of stream {} is derived again at the start", generation, e);
            done.run();
        }
    }

    void start() {
        nextUpkeepNanos = nowNanos() + TimeUnit.MILLISECONDS.toNanos(UPKEEP_PERIOD_MILLIS);
        upkeep = loop.scheduleWithFixedDelay(
                this::keepUp, UPKEEP_PERIOD_MILLIS, UPKEEP_PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void keepUp() {
        counters.late(Math.max(0, nowNanos() - nextUpkeepNanos));
        store.keepUp();
        parked.step();
        reports.step();
        long now = nowNanos();
        busy.step(now);
        nextUpkeepNanos = now + TimeUnit.MILLISECONDS.toNanos(UPKEEP_PERIOD_MILLIS);
    }

    /** Executes a write that was parked. A parked command is never a read, so it has no limit of bytes. */
    private void dispatchParked(Command command, Reply reply) {
        attempt(reply::complete, () -> dispatch(command, 0, reply));
    }

    /** The state of this shard, whose number is {@code number}; on its loop. */
    ShardStatus status(int number) {
        return ShardStatus.of(number, store, parked.count());
    }

    /** The reason why nothing more is acknowledged, or null while the disk works; may be called by any thread. */
    @Nullable
    StorageFailedException failure() {
        return store.failure();
    }

    void close() {
        run(() -> {
            if (upkeep != null) {
                upkeep.cancel(false);
            }
            parked.close();
            store.close();
        });
    }
}
