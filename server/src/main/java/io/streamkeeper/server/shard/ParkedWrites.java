package io.streamkeeper.server.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.EventExecutor;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.metrics.LoopCounters;
import io.streamkeeper.storage.shard.Reply;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;

/**
 * The writes of one shard that wait because the journal's backlog exceeds its first bound: this slows down a writer
 * that waits for its answers, and the write is refused only if the backlog does not shrink (I7). Writes execute in the
 * order of their arrival; while one waits, every later write waits too, so that the writes of a connection keep their
 * order. Owned by the shard's loop.
 */
final class ParkedWrites {
    /** At most this number of writes wait; others execute at once, and are refused if there is no room. */
    static final int COUNT_MAX = 128;

    /**
     * A longer body has a separate buffer. A body up to this length may be a slice that keeps the whole buffer of a
     * read in memory, so it is copied before it waits.
     */
    static final int COPIED_BODY_BYTES_MAX = 64 << 10;

    /** Limit for all such copies together; a write beyond it executes at once, and is refused if there is no room. */
    static final int COPIES_BYTES_MAX = 1 << 20;

    /** A write executes after this time, even if it is then refused. */
    static final long WAIT_MILLIS_MAX = 10_000;

    /** Executes a command. */
    interface Dispatch {
        void run(Command command, Reply reply);
    }

    private record Parked(Command command, Reply reply, long sinceNanos, int copiedBytes) {}

    private final EventExecutor loop;
    private final IntPredicate isPressed;
    private final Dispatch dispatch;
    private final LoopCounters counters;
    private final Deque<Parked> parked = new ArrayDeque<>();
    private int copiedBytes;

    /**
     * No writes yet.
     *
     * @param isPressed whether the backlog exceeds its first bound if the given number of bytes is added
     * @param dispatch executes the writes that have waited
     */
    ParkedWrites(EventExecutor loop, IntPredicate isPressed, Dispatch dispatch, LoopCounters counters) {
        this.loop = loop;
        this.isPressed = isPressed;
        this.dispatch = dispatch;
        this.counters = counters;
    }

    /** Takes a command that has to wait, and owns it from then on. Returns false for one that is to execute now. */
    boolean park(Command command, Reply reply) {
        if (!isWrite(command) || parked.size() >= COUNT_MAX) {
            return false;
        }
        if (parked.isEmpty() && !isHeldUp(command)) {
            return false;
        }
        int bytes = bytes(command);
        int copied = bytes <= COPIED_BODY_BYTES_MAX ? bytes : 0;
        if (copiedBytes + copied > COPIES_BYTES_MAX) {
            return false;
        }
        copiedBytes += copied;
        Command kept = copied == 0 ? command : withOwnBody(command);
        parked.add(new Parked(kept, reply, loop.ticker().nanoTime(), copied));
        counters.parkedWrites(1);
        return true;
    }

    private static Command withOwnBody(Command command) {
        if (command instanceof Command.Append append) {
            return append.withBody(own(append.body()));
        }
        return command instanceof Command.Create create ? create.withBody(own(create.body())) : command;
    }

    private static Body own(Body body) {
        ByteBuf copy = Unpooled.copiedBuffer(body.bytes());
        body.bytes().release();
        return new Body(copy, body.messages(), body.problem(), body.onRelease());
    }

    private static boolean isWrite(Command command) {
        return command instanceof Command.Append
                || command instanceof Command.Create
                || command instanceof Command.Change
                || command instanceof Command.Delete;
    }

    /** Whether there is no room for a command. One without bytes needs none, or makes some. */
    private boolean isHeldUp(Command command) {
        int bytes = bytes(command);
        return bytes > 0 && isPressed.test(bytes);
    }

    private static int bytes(Command command) {
        if (command instanceof Command.Append append) {
            return append.body().bytes().readableBytes();
        }
        return command instanceof Command.Create create ? create.body().bytes().readableBytes() : 0;
    }

    int count() {
        return parked.size();
    }

    /**
     * Drops the writes whose clients are no longer connected; executes those for which there is room and those that
     * have waited too long.
     */
    void step() {
        if (parked.isEmpty()) {
            return;
        }
        parked.removeIf(this::dropAbandoned);
        long latestNanos = loop.ticker().nanoTime() - TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS_MAX);
        Parked first = parked.peek();
        while (first != null && (first.sinceNanos() - latestNanos <= 0 || !isHeldUp(first.command()))) {
            parked.remove();
            left(first);
            first.reply().begins(loop.ticker().nanoTime() - first.sinceNanos());
            dispatch.run(first.command(), first.reply());
            first = parked.peek();
        }
    }

    private boolean dropAbandoned(Parked write) {
        if (!write.reply().isAbandoned()) {
            return false;
        }
        left(write);
        release(write.command());
        return true;
    }

    private void left(Parked write) {
        copiedBytes -= write.copiedBytes();
        counters.parkedWrites(-1);
    }

    private static void release(Command command) {
        if (command instanceof Command.Append append) {
            append.body().release();
        } else if (command instanceof Command.Create create) {
            create.body().release();
        }
    }

    /** Ends the wait, because the shard is closed: no waiting write was executed. */
    void close() {
        for (Parked write = parked.poll(); write != null; write = parked.poll()) {
            left(write);
            release(write.command());
            write.reply().complete(Refusal.of(ErrorCode.OVERLOADED, "the server stops; try again later"));
        }
    }
}
