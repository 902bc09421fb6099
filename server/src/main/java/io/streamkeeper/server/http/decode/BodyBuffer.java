package io.streamkeeper.server.http.decode;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.memory.GatheredBytes;
import io.streamkeeper.storage.memory.Reservation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A body while it comes in. One that comes in a single run of a read's bytes is a slice of them; any other is copied
 * once, into pieces of memory that {@link BodyRoom} gives before they are filled. Used by the connection's event loop
 * only.
 *
 * <pre>
 *   TAKES ──no room──▶ WAITS ──granted──▶ TAKES
 *     └──── detach, release ────┴──▶ OVER
 * </pre>
 */
final class BodyBuffer {
    private final BodyRoom room;
    private final int bytesMax;
    private final List<ByteBuf> pieces = new ArrayList<>(2);
    private int size;

    /** Whether the one piece is a slice of what a read came in. */
    private boolean slice;

    /** What is left of all that it needs to complete, if it had to take that. */
    private @Nullable Reservation completion;

    /** The piece that it waits for; 0 while it does not. */
    private int awaited;

    /** Counts the waits, so that a grant which comes late is known as one. */
    private int waits;

    private Budget.@Nullable Waiter pieceWaiter;
    private Budget.@Nullable Waiter completionWaiter;

    /** A buffer that never has to hold more than {@code bytesMax}. */
    BodyBuffer(BodyRoom room, int bytesMax) {
        this.room = room;
        this.bytesMax = bytesMax;
    }

    int size() {
        return size;
    }

    /** Whether bytes have arrived for which no room is free. */
    boolean isWaiting() {
        return awaited > 0;
    }

    /**
     * Adds a run of {@code count} bytes that may be all there is: a slice if it is the first. Returns how many it took.
     */
    int takeRun(ByteBuf in, int count) {
        if (size > 0) {
            return take(in, count);
        }
        pieces.add(in.readRetainedSlice(count));
        slice = true;
        size = count;
        return count;
    }

    /** Adds {@code count} bytes by copying them, or as many as there is room for; returns how many. */
    int take(ByteBuf in, int count) {
        int taken = 0;
        while (taken < count) {
            ByteBuf piece = writablePiece();
            if (piece == null) {
                break;
            }
            int bytes = Math.min(count - taken, piece.writableBytes());
            piece.writeBytes(in, bytes);
            taken += bytes;
            size += bytes;
        }
        return taken;
    }

    /** The body is not whole yet: it holds nothing but its own memory from now on, and not what a read came in. */
    void keep() {
        if (!slice) {
            return;
        }
        ByteBuf foreign = pieces.get(0);
        int bytes = foreign.readableBytes();
        ByteBuf own = room.tryPiece(
                pieces.size() > 1 ? bytes : Math.min(bytesMax, Math.max(bytes, BodyRoom.FIRST_PIECE_BYTES)));
        if (own != null) {
            own.writeBytes(foreign);
            foreign.release();
            pieces.set(0, own);
            slice = false;
        }
    }

    private @Nullable ByteBuf writablePiece() {
        if (!pieces.isEmpty() && pieces.get(pieces.size() - 1).isWritable()) {
            return pieces.get(pieces.size() - 1);
        }
        int bytes = room.nextPieceBytes(size, bytesMax - size);
        ByteBuf piece = nextPiece(bytes);
        if (piece == null) {
            awaited = bytes;
        } else {
            pieces.add(piece);
        }
        return piece;
    }

    private @Nullable ByteBuf nextPiece(int bytes) {
        if (completion == null) {
            ByteBuf piece = room.tryPiece(bytes);
            if (piece != null) {
                return piece;
            }
            completion = room.tryComplete(bytesMax - size);
        }
        return completion == null ? null : room.lastPiece(completion, bytes);
    }

    // ---- waiting ----

    /**
     * Waits for room; {@code granted} is called on {@code loop} when more can be taken, unless the body is over then.
     */
    void awaitRoom(Executor loop, Runnable granted) {
        if (awaited == 0 || pieceWaiter != null) {
            return;
        }
        waits++;
        int wait = waits;
        int piece = awaited;
        int rest = bytesMax - size;
        pieceWaiter = room.awaitPiece(piece, () -> loop.execute(() -> grantPiece(wait, piece, granted)));
        completionWaiter = room.awaitCompletion(rest, () -> loop.execute(() -> grantCompletion(wait, rest, granted)));
    }

    private void grantPiece(int wait, int bytes, Runnable granted) {
        if (awaited == 0 || wait != waits) {
            room.returnPiece(bytes);
            return;
        }
        endWait();
        pieces.add(room.grantedPiece(bytes));
        granted.run();
    }

    private void grantCompletion(int wait, int bytes, Runnable granted) {
        Reservation all = room.grantedCompletion(bytes);
        if (awaited == 0 || wait != waits) {
            all.close();
            return;
        }
        endWait();
        completion = all;
        granted.run();
    }

    /** Leaves the lines; what was granted in one of them meanwhile is given back when its task comes. */
    private void endWait() {
        awaited = 0;
        if (pieceWaiter != null) {
            pieceWaiter.cancel();
            pieceWaiter = null;
        }
        if (completionWaiter != null) {
            completionWaiter.cancel();
            completionWaiter = null;
        }
    }

    // ---- the end ----

    /** The body, now the caller's. */
    ByteBuf detach() {
        endWait();
        if (completion != null) {
            completion.close();
            completion = null;
        }
        ByteBuf whole = joined();
        pieces.clear();
        slice = false;
        size = 0;
        return whole;
    }

    private ByteBuf joined() {
        if (pieces.isEmpty()) {
            return Unpooled.EMPTY_BUFFER;
        }
        if (pieces.size() == 1) {
            return pieces.get(0);
        }
        if (size >= GatheredBytes.BODY_BYTES_MIN) {
            return new GatheredBytes(pieces);
        }
        CompositeByteBuf whole = Unpooled.compositeBuffer(pieces.size());
        pieces.forEach(piece -> whole.addComponent(true, piece));
        return whole;
    }

    void release() {
        detach().release();
    }
}
