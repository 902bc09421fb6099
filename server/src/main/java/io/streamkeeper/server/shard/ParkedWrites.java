package io.streamkeeper.server.shard;

import io.netty.util.concurrent.EventExecutor;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.storage.Reply;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;

/**
 * Writes of one shard that wait because the journal's backlog is past its first bound: a writer that waits for its answers is
 * slowed down, and refused only if the backlog does not shrink (I7). First come, first served; while one waits, every later
 * write waits too, so that those of a connection keep their order. Owned by the shard's loop.
 */
final class ParkedWrites {
    /** So many may wait; more go on, and are refused where there is no room. */
    static final int COUNT_MAX = 128;

    /** After this time a write goes on, whatever comes of it. */
    static final long WAIT_MILLIS_MAX = 10_000;

    /** Carries a command out. */
    interface Dispatch {
        void run(Command command, Reply reply);
    }

    private record Parked(Command command, Reply reply, long sinceNanos) {}

    private final EventExecutor loop;
    private final IntPredicate isPressed;
    private final Dispatch dispatch;
    private final Deque<Parked> parked = new ArrayDeque<>();

    /**
     * No writes yet.
     *
     * @param isPressed whether the backlog is past its first bound if so many bytes come
     * @param dispatch carries out what has waited
     */
    ParkedWrites(EventExecutor loop, IntPredicate isPressed, Dispatch dispatch) {
        this.loop = loop;
        this.isPressed = isPressed;
        this.dispatch = dispatch;
    }

    /** Takes a command over that has to wait. Returns false for one that is carried out now. */
    boolean park(Command command, Reply reply) {
        if (!isWrite(command) || parked.size() >= COUNT_MAX) {
            return false;
        }
        if (parked.isEmpty() && !isHeldUp(command)) {
            return false;
        }
        parked.add(new Parked(command, reply, loop.ticker().nanoTime()));
        return true;
    }

    private static boolean isWrite(Command command) {
        return command instanceof Command.Append
                || command instanceof Command.Create
                || command instanceof Command.Delete;
    }

    /** What brings no bytes makes room, or takes none. */
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

    /** Drops what nobody waits for any more, and goes on with what there is room for, or with what has waited too long. */
    void step() {
        if (parked.isEmpty()) {
            return;
        }
        parked.removeIf(ParkedWrites::dropAbandoned);
        long latestNanos = loop.ticker().nanoTime() - TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS_MAX);
        Parked first = parked.peek();
        while (first != null && (first.sinceNanos() - latestNanos <= 0 || !isHeldUp(first.command()))) {
            parked.remove();
            dispatch.run(first.command(), first.reply());
            first = parked.peek();
        }
    }

    private static boolean dropAbandoned(Parked write) {
        if (!write.reply().isAbandoned()) {
            return false;
        }
        release(write.command());
        return true;
    }

    private static void release(Command command) {
        if (command instanceof Command.Append append) {
            append.body().release();
        } else if (command instanceof Command.Create create) {
            create.body().release();
        }
    }

    /** The shard is closed: nothing was done of what waits. */
    void close() {
        for (Parked write = parked.poll(); write != null; write = parked.poll()) {
            release(write.command());
            write.reply().complete(Refusal.of(ErrorCode.OVERLOADED, "the server stops; try again later"));
        }
    }
}
