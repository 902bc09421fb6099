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
 * The memory for the bodies that arrive on all connections (I7). Safe for use by any thread.
 *
 * <p>A body gets its memory piece by piece, as it arrives, so that a slow client occupies memory for the bytes that it
 * has sent, and not for those that it has announced. A body that finds no more room reserves everything that it still
 * needs in the completion budget, which exists so that bodies can complete; if that has no room either, the body waits
 * in both lines until one of them grants it room. Admitted bodies never wait for each other forever: a body that has
 * all that it needs to complete waits for its client only, and {@link ReadDeadline} bounds that wait; when it ends, the
 * first body in line can reserve all that it needs.
 *
 * <p>A body is admitted if the whole of it would fit now; otherwise it is refused before a byte of it is stored.
 */
public final class BodyRoom {
    /** Bytes of the first piece. Each further piece is as long as the body so far, up to {@link #PIECE_BYTES_MAX}. */
    static final int FIRST_PIECE_BYTES = 16 << 10;

    static final int PIECE_BYTES_MAX = 1 << 20;

    /** The room counts as contested for this time after a refusal. */
    private static final long CONTESTED_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Budget bodies;
    private final Budget completion;
    private final BudgetedBuffers pieces;
    private final BudgetedBuffers lastPieces;
    private final int pieceBytesMax;
    private final AtomicBoolean everRefused = new AtomicBoolean();
    private final AtomicLong refusedNanos = new AtomicLong();

    /**
     * Room in the budgets of {@code memory}.
     *
     * @throws IllegalArgumentException if a body of {@code bodyBytesMax} bytes might never complete in them
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

    /** Bytes of the next piece of a body that has {@code size} bytes and misses at most {@code missing}. */
    int nextPieceBytes(int size, int missing) {
        int piece = Math.min(pieceBytesMax, Math.max(FIRST_PIECE_BYTES, size));
        return Math.min(missing, piece);
    }

    /** Null if a body of {@code length} bytes would fit now, else its refusal; {@code nowNanos} is the loop's time. */
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

    /**
     * Whether a body was refused recently or waits, so that a body which does not arrive holds memory that others need.
     */
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

    /** A reservation for all bytes that a body still needs to complete, or null if there is no room for them. */
    @Nullable
    Reservation tryComplete(int bytes) {
        return completion.reserve(bytes);
    }

    /** A piece, owned by the caller, from the reservation with which a body completes. */
    ByteBuf lastPiece(Reservation reservation, int bytes) {
        return lastPieces.allocate(reservation, bytes);
    }

    /** Waits for a piece: {@code granted} is called when its bytes are reserved, for {@link #grantedPiece}. */
    Budget.Waiter awaitPiece(int bytes, Runnable granted) {
        return bodies.await(bytes, granted);
    }

    /** The piece whose bytes were granted, owned by the caller. */
    ByteBuf grantedPiece(int bytes) {
        return pieces.allocateReserved(bytes);
    }

    /** Releases the bytes of a piece that was granted and is not needed any more. */
    void returnPiece(int bytes) {
        bodies.release(bytes);
    }

    /**
     * Waits for all bytes that a body still needs: {@code granted} is called when they are reserved, for {@link
     * #grantedCompletion}.
     */
    Budget.Waiter awaitCompletion(int bytes, Runnable granted) {
        return completion.await(bytes, granted);
    }

    /** The reservation that was granted. */
    Reservation grantedCompletion(int bytes) {
        return completion.reserved(bytes);
    }
}
