package io.streamkeeper.cluster;

import io.streamkeeper.cluster.EntryLayout.UnreadableEntryException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that calls the listener: everything that happens passes through one queue, so that committed frames, the
 * begin and the end of an epoch and the barriers of reads have one order. Entries wait for room in it, which holds back
 * the thread of Ratis that applies entries; the other events are few, and never wait.
 */
final class Delivery {
    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);
    private static final long BYTES_MAX = 8 << 20;

    /** One event, on the thread of the listener. */
    @FunctionalInterface
    private interface Event {
        void happen() throws UnreadableEntryException;
    }

    private record Queued(Event event, CompletableFuture<Void> done, long bytes) {}

    private final FrameLog.Listener listener;
    private final Proposer proposer;
    private final FrameParts parts;
    private final Consumer<LogFailure> failed;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Queued> queue = new ArrayDeque<>();
    private long queuedBytes;
    private boolean closed;
    private volatile LogPosition delivered;

    // Owned by the thread.
    private long epoch;
    private long endedTerm;
    private boolean hasFailed;

    /** A thread that calls {@code failed} when the listener or an entry ends the member. */
    Delivery(
            ClusterConfig config,
            LogPosition start,
            FrameLog.Listener listener,
            Proposer proposer,
            Consumer<LogFailure> failed) {
        this.listener = listener;
        this.proposer = proposer;
        this.parts = new FrameParts(config.limits().frameBytesMax());
        this.failed = failed;
        this.delivered = start;
        this.thread = new Thread(this::run, "cluster-deliver-" + config.self());
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    LogPosition delivered() {
        return delivered;
    }

    // ---- any thread ----

    /** Queues a committed entry, and waits while too many bytes are queued; completes when it was delivered. */
    CompletableFuture<Void> entry(LogPosition at, ByteBuffer entry) {
        return put(() -> deliver(at, entry), entry.remaining());
    }

    /** An entry without a frame is committed. */
    void passed(LogPosition at) {
        put(() -> pass(at), 0);
    }

    void leading(long term, long leaderlessMillis) {
        put(() -> begin(term, leaderlessMillis), 0);
    }

    /** This member leads in no term up to {@code term} any more. */
    void notLeading(long term) {
        put(() -> end(term), 0);
    }

    void tooFarBehind(LogPosition first) {
        put(() -> listener.tooFarBehind(first), 0);
    }

    /** Completes after everything that is queued now was delivered. */
    CompletableFuture<Void> barrier() {
        return put(() -> {}, 0);
    }

    void roomAvailable() {
        put(this::announceRoom, 0);
    }

    void fail(LogFailure failure) {
        put(() -> endWith(failure), 0);
    }

    private CompletableFuture<Void> put(Event event, long bytes) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        lock.lock();
        try {
            while (bytes > 0 && queuedBytes > 0 && queuedBytes + bytes > BYTES_MAX && !closed) {
                changed.awaitUninterruptibly();
            }
            if (closed) {
                done.completeExceptionally(new IllegalStateException("the log is closed"));
                return done;
            }
            queue.add(new Queued(event, done, bytes));
            queuedBytes += bytes;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        return done;
    }

    /** The listener cannot wait for its own thread. */
    void requireOtherThread() {
        if (Thread.currentThread() == thread) {
            throw new IllegalStateException("the listener called close; expected another thread");
        }
    }

    /** Ends the thread after everything that is queued, and waits for it. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- its own thread ----

    private void run() {
        for (Queued next = take(); next != null; next = take()) {
            if (hasFailed) {
                next.done.completeExceptionally(new IllegalStateException("the log has failed"));
            } else {
                happen(next);
            }
            remove(next);
        }
    }

    private void happen(Queued next) {
        try {
            next.event.happen();
            next.done.complete(null);
        } catch (UnreadableEntryException e) {
            failWith(new LogFailure(
                    LogFailure.Kind.ENTRY,
                    "the entry after " + delivered + " cannot be read: " + e.getMessage()
                            + "; start this member with the version of the leader, and with its limits",
                    e));
        } catch (RuntimeException | Error e) {
            LOG.error("The listener of the log failed after {}", delivered, e);
            failWith(new LogFailure(LogFailure.Kind.LISTENER, "the listener failed after " + delivered + ": " + e, e));
        }
        if (!next.done.isDone()) {
            next.done.completeExceptionally(new IllegalStateException("the log has failed"));
        }
    }

    private void failWith(LogFailure failure) {
        failed.accept(failure);
        endWith(failure);
    }

    private @Nullable Queued take() {
        lock.lock();
        try {
            while (queue.isEmpty()) {
                if (closed) {
                    return null;
                }
                changed.awaitUninterruptibly();
            }
            return queue.peek();
        } finally {
            lock.unlock();
        }
    }

    private void remove(Queued done) {
        lock.lock();
        try {
            queue.remove();
            queuedBytes -= done.bytes;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void deliver(LogPosition at, ByteBuffer entry) throws UnreadableEntryException {
        ByteBuffer frame = parts.add(at, entry);
        if (frame != null) {
            listener.committed(at, frame);
            proposer.delivered(at.term());
            announceRoom();
        }
        advance(at);
    }

    private void pass(LogPosition at) {
        parts.termIs(at.term());
        advance(at);
    }

    /** A start can begin after any place but those within a frame. */
    private void advance(LogPosition at) {
        if (!parts.isJoining()) {
            delivered = at;
        }
    }

    private void begin(long term, long leaderlessMillis) {
        if (term > endedTerm) {
            epoch = term;
            proposer.begin(term);
            listener.leading(term, leaderlessMillis);
        }
    }

    private void end(long term) {
        endedTerm = Math.max(endedTerm, term);
        long ended = epoch;
        if (ended != 0 && ended <= term) {
            epoch = 0;
            proposer.end();
            listener.lost(ended);
            announceRoom();
        }
    }

    private void announceRoom() {
        if (proposer.takeRoomWanted()) {
            listener.roomAvailable();
        }
    }

    private void endWith(LogFailure failure) {
        hasFailed = true;
        proposer.end();
        try {
            if (epoch != 0) {
                listener.lost(epoch);
            }
            listener.failed(failure);
        } catch (RuntimeException e) {
            LOG.error("The listener of the log failed while it ended", e);
        }
    }
}
