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
 * A body while it arrives. A body that arrives in one run of a read's bytes is a slice of them. Any other is copied
 * once, into pieces of memory that {@link BodyRoom} reserves before they are filled. Used by the connection's event
 * loop only.
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

    /** Whether the only piece is a slice of the buffer of a read. */
    private boolean slice;

    /** The unused part of the reservation for all missing bytes, if the body needed that to complete. */
    private @Nullable Reservation completion;

    /** Bytes of the piece that the body waits for; 0 while it does not wait. */
    private int awaited;

    /** Number of waits, by which a grant that belongs to an earlier wait is recognised. */
    private int waits;

    private Budget.@Nullable Waiter pieceWaiter;
    private Budget.@Nullable Waiter completionWaiter;

    /** A buffer for at most {@code bytesMax} bytes. */
    BodyBuffer(BodyRoom room, int bytesMax) {
        this.room = room;
        this.bytesMax = bytesMax;
    }

    int size() {
        return size;
    }

    /** Whether bytes have arrived for which there is no room. */
    boolean isWaiting() {
        return awaited > 0;
    }

    /**
     * Adds a run of {@code count} bytes, which may be the whole body: as a slice if it is the first run, or as a copy.
     * Returns how many bytes were added.
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

    /** Adds a copy of {@code count} bytes, or of as many as there is room for; returns how many. */
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

    /** Copies a slice, because the body is incomplete: it must not keep the whole buffer of a read in memory. */
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
     * Waits for room; {@code granted} is called on {@code loop} when more bytes can be added, unless the body has ended
     * before.
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

    /** Cancels both waits. If room was granted meanwhile, the task of that grant returns it. */
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

    /** The body; owned by the caller. */
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
