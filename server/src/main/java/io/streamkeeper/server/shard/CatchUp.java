package io.streamkeeper.server.shard;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.storage.Buffers;
import io.streamkeeper.storage.ReadLimit;
import io.streamkeeper.storage.RoomWait;
import io.streamkeeper.storage.StreamState;
import org.jspecify.annotations.Nullable;

/**
 * One catch-up answer (section 5.6), as the shard knows it: from where the command says to the tail as it stands when the
 * answer is opened, read in windows of which the reader asks for one after the other. Between two windows it holds nothing
 * but its position, so the stream may be checkpointed, merged, trimmed and deleted meanwhile; where the next bytes are gone,
 * the next window is refused.
 *
 * <p>Its public methods are called on the reader's loop; its state belongs to the shard's.
 */
public final class CatchUp {
    /** Who takes the answer; called on its own loop, once for each call of the answer's methods but {@link #cancel}. */
    public interface Reader {
        /** The reader's loop. */
        EventLoop loop();

        /**
         * The answer is open.
         *
         * @param outcome a refusal, or a chunk that describes the whole answer and has the first window, perhaps empty, as
         *     its bytes; handed over
         */
        void opened(Outcome outcome);

        /** The next bytes of the answer, one or more; handed over. */
        void window(ByteBuf bytes);

        /** There is no next window. */
        void failed(Refusal refusal);
    }

    private final Shard shard;
    private final Command.Read read;
    private final int bytesMax;
    private final Reader reader;
    private final RoomWait room = new RoomWait();
    private @Nullable StreamState stream;
    private long position;
    private long end;

    /**
     * An answer to {@code read}.
     *
     * @param bytesMax about how many bytes it has at the most, which are then one window; 0 for all up to the tail
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
     * @param wholeOnly whether to read nothing where that is not the whole answer and in memory
     */
    public void open(int windowBytes, boolean wholeOnly) {
        shard.step(this::opened, () -> {
            StreamState opened = shard.store().open(read.path(), true);
            stream = opened;
            position = shard.store().position(opened, read.start());
            end = opened.durableTail();
            begin(opened, windowBytes, wholeOnly);
        });
    }

    private void begin(StreamState opened, int windowBytes, boolean wholeOnly) {
        long start = position;
        if (bytesMax > 0) {
            StreamRead.start(shard, opened, start, ReadLimit.of(bytesMax), outcome -> {
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
        Outcome.Chunk answer = new Outcome.Chunk(
                opened.contentType(),
                opened.expiry(),
                opened.generation(),
                opened.offsetAt(start),
                opened.offsetAt(end),
                true,
                opened.isDurablyClosed(),
                Buffers.NONE);
        boolean skips = wholeOnly && (end - start > windowBytes || !opened.isInMemory(start, end));
        if (start == end || skips) {
            opened(answer);
            return;
        }
        StreamRead.start(shard, opened, start, new ReadLimit(end, windowBytes, null), outcome -> {
            if (outcome instanceof Outcome.Chunk chunk) {
                position = start + chunk.bytes().readableBytes();
                opened(answer.withBytes(chunk.bytes()));
            } else {
                opened(outcome);
            }
        });
    }

    /**
     * Reads on.
     *
     * @param windowBytes about how long the window is
     * @param begun whether a part of the answer is on its way: then it waits for memory where it would be refused
     */
    public void next(int windowBytes, boolean begun) {
        shard.step(this::failed, () -> {
            StreamState opened = stream;
            if (opened == null || shard.store().open(read.path(), true) != opened) {
                failed(gone());
            } else {
                ReadLimit limit = new ReadLimit(end, windowBytes, begun ? room : null);
                StreamRead.start(shard, opened, position, limit, this::windowRead);
            }
        });
    }

    private void windowRead(Outcome outcome) {
        if (outcome instanceof Outcome.Chunk chunk && chunk.bytes().isReadable()) {
            ByteBuf bytes = chunk.bytes();
            position += bytes.readableBytes();
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

    /** Nobody reads on; a window that is being read is still handed over. */
    public void cancel() {
        room.cancel();
    }
}
