package io.streamkeeper.server.http.decode;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.memory.BudgetedBuffers;
import io.streamkeeper.storage.memory.MemoryLedger;
import io.streamkeeper.storage.memory.Reservation;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The memory for bodies that arrive, of all connections together (I7). Safe for use by any thread.
 *
 * <p>A body gets its memory piece by piece, as it arrives, so that a slow client holds what it has sent and not what it
 * has announced. A body that finds no more room takes all that it still needs of the part that lets bodies complete, or
 * waits in line for either. Why bodies that were admitted never wait for each other for ever: one that has what it
 * needs to complete waits for its client only, which {@link ReadDeadline} bounds; when it ends, the first in line has
 * the same.
 *
 * <p>A body is admitted if the whole of it would fit now; else it is refused before a byte of it is kept.
 */
public final class BodyRoom {
    /** What a body gets first; it gets as much again as it has, then, up to {@link #PIECE_BYTES_MAX}. */
    static final int FIRST_PIECE_BYTES = 16 << 10;

    static final int PIECE_BYTES_MAX = 1 << 20;

    /** How long after a refusal the room counts as contested. */
    private static final long CONTESTED_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Budget bodies;
    private final Budget completion;
    private final BudgetedBuffers pieces;
    private final BudgetedBuffers lastPieces;
    private final int pieceBytesMax;
    private final AtomicBoolean everRefused = new AtomicBoolean();
    private final AtomicLong refusedNanos = new AtomicLong();

    /**
     * The room that {@code memory} gives.
     *
     * @throws IllegalArgumentException if a body of {@code bodyBytesMax} bytes may never complete in it
     */
    public BodyRoom(MemoryLedger memory, int bodyBytesMax) {
        this.bodies = memory.bodies();
        this.completion = memory.completion();
        this.pieces = new BudgetedBuffers(bodies);
        this.lastPieces = new BudgetedBuffers(completion);
        this.pieceBytesMax = (int) Math.max(1, Math.min(PIECE_BYTES_MAX, bodies.bytesMax() / 4));
        if (bodyBytesMax > completion.bytesMax()) {
            throw new IllegalArgumentException("max-body is " + bodyBytesMax + ", but the memory lets bodies of "
                    + completion.bytesMax() + " bytes complete; expected at most that");
        }
    }

    /** The bytes of the next piece of a body that has {@code size} bytes and at most {@code missing} more to come. */
    int nextPieceBytes(int size, int missing) {
        int piece = Math.min(pieceBytesMax, Math.max(FIRST_PIECE_BYTES, size));
        return Math.min(missing, piece);
    }

    /**
     * Null if a body of {@code length} bytes would fit now, or why it is refused; {@code nowNanos} is the loop's time.
     */
    @Nullable
    Refusal admit(long length, long nowNanos) {
        if (length <= bodies.leftBytes() || length <= completion.leftBytes()) {
            return null;
        }
        refusedNanos.set(nowNanos);
        everRefused.set(true);
        return Refusal.of(
                ErrorCode.OVERLOADED,
                "bodies that arrive hold " + (bodies.usedBytes() + completion.usedBytes()) + " of "
                        + (bodies.bytesMax() + completion.bytesMax()) + " bytes; " + length
                        + " more do not fit now; try again later");
    }

    /** Whether somebody is refused or waits, so that a body which does not arrive is at others' cost. */
    boolean isContested(long nowNanos) {
        return bodies.isAwaited()
                || completion.isAwaited()
                || (everRefused.get() && nowNanos - refusedNanos.get() < CONTESTED_NANOS);
    }

    /** A piece, owned by the caller, or null if there is no room. */
    @Nullable
    ByteBuf tryPiece(int bytes) {
        return pieces.tryAllocate(bytes);
    }

    /** All that a body still needs to complete, or null if others have it. */
    @Nullable
    Reservation tryComplete(int bytes) {
        return completion.reserve(bytes);
    }

    /** A piece, owned by the caller, of what lets a body complete. */
    ByteBuf lastPiece(Reservation reservation, int bytes) {
        return lastPieces.allocate(reservation, bytes);
    }

    /** Waits for a piece: {@code granted} is called when its bytes are reserved, for {@link #grantedPiece}. */
    Budget.Waiter awaitPiece(int bytes, Runnable granted) {
        return bodies.await(bytes, granted);
    }

    /** The piece that was waited for, owned by the caller. */
    ByteBuf grantedPiece(int bytes) {
        return pieces.allocateReserved(bytes);
    }

    /** A piece that was granted and is not wanted any more. */
    void returnPiece(int bytes) {
        bodies.release(bytes);
    }

    /**
     * Waits for all that a body still needs: {@code granted} is called when it is reserved, for {@link
     * #grantedCompletion}.
     */
    Budget.Waiter awaitCompletion(int bytes, Runnable granted) {
        return completion.await(bytes, granted);
    }

    /** What was waited for. */
    Reservation grantedCompletion(int bytes) {
        return completion.reserved(bytes);
    }
}
