package io.streamkeeper.server.shard;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.ReadRange;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.storage.memory.Buffers;
import io.streamkeeper.storage.memory.ReadLimit;
import io.streamkeeper.storage.memory.ReadShare;
import io.streamkeeper.storage.shard.Callback;
import io.streamkeeper.storage.shard.Reply;
import io.streamkeeper.storage.stream.StreamState;
import org.jspecify.annotations.Nullable;

/**
 * The shard's side of one catch-up answer (section 5.6). The answer extends from the start that the command names to
 * the tail at the time when it is opened. The reader requests its windows one after the other, each after it has
 * released the previous one. Between two windows the answer holds its position and a {@link ReadShare}, which is room
 * for the next window, so that it never waits for readers that do not read. The stream may be checkpointed, compacted,
 * trimmed and deleted meanwhile; if the next bytes no longer exist, the next window is refused.
 *
 * <p>Its public methods are called on the reader's loop; its state belongs to the shard's.
 */
public final class CatchUp implements AutoCloseable {
    /** An answer in memory that is not longer needs no reservation: it is copied when it is written. */
    public static final int SMALL_BYTES_MAX = 4 << 10;

    /**
     * Receives the answer; called on its own loop, once for each call of the answer's methods except {@link #close}.
     */
    public interface Reader {
        /** The reader's loop. */
        EventLoop loop();

        /**
         * The answer is open.
         *
         * @param outcome a refusal, or a chunk that describes the whole answer and contains the first window, which may
         *     be empty; owned by the reader
         */
        void opened(Outcome outcome);

        /** The next bytes of the answer, at least one; owned by the reader. */
        void window(ByteBuf bytes);

        /** The next window cannot be read. */
        void failed(Refusal refusal);
    }

    private final Shard shard;
    private final Command.Read read;
    private final int bytesMax;
    private final Reader reader;
    private @Nullable StreamState stream;
    private long position;
    private long end;
    private volatile @Nullable ReadShare share;
    private volatile boolean closed;

    /**
     * An answer to {@code read}.
     *
     * @param bytesMax about how many bytes the answer has at most, in a single window; 0 for everything up to the tail
     */
    public CatchUp(Shard shard, Command.Read read, int bytesMax, Reader reader) {
        this.shard = shard;
        this.read = read;
        this.bytesMax = bytesMax;
        this.reader = reader;
    }

    /**
     * Opens the answer.
     *
     * @param windowBytes about how long the first window is
     * @param wholeOnly whether to read nothing unless the first window would be the whole answer, and in memory
     */
    public void open(int windowBytes, boolean wholeOnly) {
        shard.step(this::opened, () -> {
            StreamState opened = shard.open(read);
            stream = opened;
            if (read.isRanged()) {
                search(opened, windowBytes, wholeOnly);
                return;
            }
            position = shard.store().position(opened, read.start());
            end = opened.durableTail();
            begin(opened, windowBytes, wholeOnly);
        });
    }

    private void search(StreamState opened, int windowBytes, boolean wholeOnly) {
        long limit = bytesMax > 0 ? bytesMax : ReadRange.NONE;
        RangeSearch.find(shard, opened, read, limit, new Callback<>() {
            @Override
            public void complete(RangeSearch.Range range) {
                shard.step(this::refuse, () -> {
                    if (opened.isDurablyDeleted()) {
                        opened(gone());
                        return;
                    }
                    position = range.start();
                    end = range.end();
                    begin(opened, windowBytes, wholeOnly);
                });
            }

            @Override
            public void refuse(Refusal refusal) {
                opened(refusal);
            }
        });
    }

    private void begin(StreamState opened, int windowBytes, boolean wholeOnly) {
        long start = position;
        if (bytesMax > 0 && !read.isBackward()) {
            StreamRead.start(shard, opened, start, new ReadLimit(end, bytesMax, null), outcome -> {
                if (outcome instanceof Outcome.Chunk chunk) {
                    Outcome.Chunk whole = WholeText.of(chunk, opened);
                    position = whole.next().position();
                    end = position;
                    opened(whole);
                } else {
                    opened(outcome);
                }
            });
            return;
        }
        boolean isSmall = start < end && end - start <= SMALL_BYTES_MAX && opened.isInMemory(start, end);
        if (isSmall && end - start <= windowBytes) {
            StreamRead.start(shard, opened, start, new ReadLimit(end, windowBytes, null), this::openedWhole);
            return;
        }
        boolean upToDate = end == opened.durableTail();
        Outcome.Chunk answer = new Outcome.Chunk(
                opened.contentType(),
                opened.expiry(),
                opened.generation(),
                opened.offsetAt(start),
                opened.offsetAt(end),
                upToDate,
                upToDate && opened.isDurablyClosed(),
                start == opened.durableEarliest(),
                Buffers.NONE);
        if (start == end || (wholeOnly && skips(opened, windowBytes))) {
            opened(answer);
            return;
        }
        if (!isSmall && !admitted()) {
            opened(noRoom());
            return;
        }
        read(opened, windowBytes, outcome -> {
            if (outcome instanceof Outcome.Chunk chunk) {
                movedTo(start + chunk.bytes().readableBytes());
                opened(answer.withBytes(chunk.bytes()));
            } else {
                opened(outcome);
            }
        });
    }

    /** Passes on a small answer, which was read in one step: its end is that of the read. */
    private void openedWhole(Outcome outcome) {
        if (outcome instanceof Outcome.Chunk chunk) {
            position = chunk.next().position();
        }
        opened(outcome);
    }

    private boolean skips(StreamState opened, int windowBytes) {
        return end - position > windowBytes || !opened.isInMemory(position, end);
    }

    /**
     * Reads the next window. The previous one has been released.
     *
     * @param windowBytes the length of the window at most
     */
    public void next(int windowBytes) {
        shard.step(this::failed, () -> {
            StreamState opened = stream;
            if (opened == null || shard.store().open(read.path(), true) != opened) {
                failed(gone());
            } else if (!admitted()) {
                failed(noRoom());
            } else {
                read(opened, windowBytes, this::windowRead);
            }
        });
    }

    private void windowRead(Outcome outcome) {
        if (outcome instanceof Outcome.Chunk chunk && chunk.bytes().isReadable()) {
            ByteBuf bytes = chunk.bytes();
            movedTo(position + bytes.readableBytes());
            onReaderLoop(() -> reader.window(bytes));
        } else if (outcome instanceof Outcome.Chunk chunk) {
            chunk.bytes().release();
            failed(gone());
        } else if (outcome instanceof Refusal refusal) {
            failed(refusal);
        } else {
            throw new IllegalStateException("a read came to " + outcome);
        }
    }

    private void read(StreamState opened, int windowBytes, Reply reply) {
        ReadShare held = share;
        ReadLimit limit = new ReadLimit(end, windowBytes, held);
        if (held == null) {
            StreamRead.start(shard, opened, position, limit, reply);
        } else if (held.begin()) {
            try {
                StreamRead.start(shard, opened, position, limit, outcome -> {
                    held.end();
                    reply.complete(outcome);
                });
            } catch (RuntimeException | Error e) {
                held.end();
                throw e;
            }
        } else {
            reply.complete(Refusal.of(ErrorCode.OVERLOADED, "the answer is not received any more"));
        }
    }

    private void movedTo(long next) {
        position = next;
        ReadShare held = share;
        if (held != null) {
            held.next(next);
        }
    }

    /** Whether there is room for the answer; it is reserved until the answer ends. */
    private boolean admitted() {
        if (share == null) {
            share = shard.store().admit();
            if (closed) {
                close();
            }
        }
        return share != null;
    }

    private static Refusal noRoom() {
        return Refusal.of(
                ErrorCode.OVERLOADED,
                "responses that other clients have not received yet use all the memory for reads; try again later");
    }

    private Refusal gone() {
        return Refusal.of(
                ErrorCode.STREAM_NOT_FOUND,
                "stream " + Quoted.of(read.path().value()) + " was deleted while it was read");
    }

    private void opened(Outcome outcome) {
        onReaderLoop(() -> reader.opened(outcome));
    }

    private void failed(Refusal refusal) {
        onReaderLoop(() -> reader.failed(refusal));
    }

    private void onReaderLoop(Runnable task) {
        LoopTasks.run(reader.loop(), task);
    }

    /** Ends the answer; a window whose read is under way is still passed to the reader. May be called by any thread. */
    @Override
    public void close() {
        closed = true;
        ReadShare held = share;
        if (held != null) {
            held.close();
        }
    }
}
