package io.streamkeeper.cluster;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A log of frames that is the same on all members. Safe for use by any thread; no method but {@link #close} blocks.
 *
 * <p>One member at a time is the leader and proposes frames. A frame is <em>committed</em> when a majority, with the
 * leader, has synced it; it then stays in the log whatever happens to a minority of the members. Every member receives
 * all committed frames in the order of the log, see {@link Listener}.
 *
 * <p>Frames are proposed in an <em>epoch</em>, which is the term of the leader. The frames of an epoch are committed in
 * the order in which they were proposed, without a gap: some of the first ones, or all. After the epoch has ended, those
 * that were not delivered are <em>lost</em>: some may still be delivered, to all members and before any frame of a later
 * epoch, the others never will be.
 *
 * <pre>
 *   reserve ──▶ propose ──┬──▶ committed
 *                         └──▶ lost ──┬──▶ committed
 *                                     └──▶ never in the log
 * </pre>
 */
public interface FrameLog extends AutoCloseable {
    /**
     * Receives what happens, one call at a time, on a thread of the log. A call may block: then the member falls behind,
     * and the memory of the log stays bounded. An exception ends the member as {@link #failed} says.
     */
    interface Listener {
        /**
         * A frame is committed.
         *
         * @param at the place of the frame, which is that of its last part
         * @param frame the bytes, read-only; they do not change, and may be kept
         */
        void committed(LogPosition at, ByteBuffer frame);

        /**
         * This member leads, and has delivered every frame that was committed before: it may propose in that epoch.
         *
         * @param leaderlessMillis for how long this member has heard of no leader before
         */
        void leading(long epoch, long leaderlessMillis);

        /** This member no longer leads in that epoch; what it proposed and was not delivered is lost. */
        void lost(long epoch);

        /** Room for a reservation may be left again, after {@link #reserve} has returned null. */
        void roomAvailable();

        /**
         * The log of the other members begins after the end of this one's: it needs the state that another member has at
         * {@code first} or later, and receives no frames until it restarts with it.
         */
        void tooFarBehind(LogPosition first);

        /** The log has failed; the member takes part in nothing any more. The last call. */
        void failed(LogFailure failure);
    }

    /**
     * Reserves memory for a frame and allocates it.
     *
     * @param bytes the length of the frame
     * @return null if the frames in flight leave no room; {@link Listener#roomAvailable} is called later
     * @throws IllegalArgumentException if a frame of that length can never fit
     */
    @Nullable
    ProposedFrame reserve(int bytes);

    /**
     * Proposes a frame, which now belongs to the log: after those that were proposed before.
     *
     * @return false if this member does not lead in that epoch; the frame was released, and is not in the log
     */
    boolean propose(long epoch, ProposedFrame frame);

    /**
     * Completes on a thread of the log, when the listener has received all frames that were committed on any member
     * before this call. Callers at the same time share a message to the other members. It fails with a {@link
     * NoLeaderException} if no leader answers.
     */
    CompletableFuture<Void> readBarrier();

    /**
     * Releases the log up to an entry: the listener keeps all frames up to there durably, and a start passes that place
     * or a later one. What other members may need is kept, see {@link LogLimits#keptBytes}.
     */
    void release(long upToIndex);

    /**
     * Asks another member, the one that has most of the log, to lead; completes with whether another member leads. Until
     * then, or until it is given up, frames wait.
     */
    CompletableFuture<Boolean> transferLeadership();

    /** The name of the leader, or null if none is known. */
    @Nullable
    String leader();

    /** What this member knows of itself and the others. */
    LogStatus status();

    /** Hands the leadership over if this member leads, ends it, and waits for the listener. */
    @Override
    void close();
}
