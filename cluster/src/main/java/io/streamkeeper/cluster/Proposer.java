package io.streamkeeper.cluster;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The frames that this member proposes, and the thread that appends them. All state is guarded by one lock, which is
 * never held during a call of another class.
 *
 * <p>One thread appends one entry after another, and each call returns when the entry has its place in the log: so the
 * log has the order of {@link #propose}. An entry that was certainly not appended is tried again while the epoch lasts,
 * before any later one: an epoch has no gap. A frame is in flight from its reservation until it is delivered, lost or
 * released, and the sum of their memory is bounded.
 */
final class Proposer implements AutoCloseable {
    private static final long RETRY_MILLIS = 10;

    /** Appends entries to the log of the leader. */
    interface Appender {
        /**
         * Appends an entry; returns when it has its place, before it is committed.
         *
         * @param entry one buffer or two, one after the other; they do not change any more
         * @return false if it was certainly not appended
         */
        boolean append(List<ByteBuffer> entry);
    }

    private final long bytesInFlightMax;
    private final Appender appender;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** Proposed and not appended. */
    private final Deque<ProposedFrame> waiting = new ArrayDeque<>();
    /** Proposed and not delivered, in the order of the log. */
    private final Deque<ProposedFrame> inFlight = new ArrayDeque<>();

    private long reserved;
    private boolean roomWanted;
    private long epoch;
    private boolean closed;

    Proposer(String member, long bytesInFlightMax, Appender appender) {
        this.bytesInFlightMax = bytesInFlightMax;
        this.appender = appender;
        this.thread = new Thread(this::run, "cluster-propose-" + member);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    // ---- any thread ----

    @Nullable
    ProposedFrame reserve(int bytes) {
        long needed = ProposedFrame.reservedFor(bytes);
        if (bytes < 0 || needed > bytesInFlightMax) {
            throw new IllegalArgumentException("a frame of " + bytes + " bytes never fits into the " + bytesInFlightMax
                    + " bytes of frames in flight");
        }
        lock.lock();
        try {
            if (reserved + needed > bytesInFlightMax) {
                roomWanted = true;
                return null;
            }
            reserved += needed;
        } finally {
            lock.unlock();
        }
        return new ProposedFrame(this, bytes);
    }

    boolean propose(long inEpoch, ProposedFrame frame) {
        lock.lock();
        try {
            frame.markProposed();
            if (inEpoch != epoch || epoch == 0) {
                release(frame);
                return false;
            }
            inFlight.add(frame);
            waiting.add(frame);
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    void releaseUnused(ProposedFrame frame) {
        lock.lock();
        try {
            if (!frame.isProposed()) {
                release(frame);
            }
        } finally {
            lock.unlock();
        }
    }

    private void release(ProposedFrame frame) {
        if (frame.markReleased()) {
            reserved -= frame.reserved();
        }
    }

    long bytesInFlight() {
        lock.lock();
        try {
            return reserved;
        } finally {
            lock.unlock();
        }
    }

    long epoch() {
        lock.lock();
        try {
            return epoch;
        } finally {
            lock.unlock();
        }
    }

    // ---- the thread of the listener ----

    void begin(long newEpoch) {
        setEpoch(newEpoch);
    }

    /** Ends the epoch: nothing is proposed any more, and what is in flight is lost. Any thread may call it. */
    void end() {
        setEpoch(0);
    }

    private void setEpoch(long to) {
        lock.lock();
        try {
            epoch = to;
            inFlight.forEach(this::release);
            inFlight.clear();
            waiting.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** A frame of an epoch is delivered: the first one in flight, if it is that epoch. */
    void delivered(long inEpoch) {
        lock.lock();
        try {
            if (inEpoch == epoch && !inFlight.isEmpty()) {
                release(inFlight.remove());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether a reservation was refused, and a part of the memory has been released since; the answer resets it. */
    boolean takeRoomWanted() {
        lock.lock();
        try {
            boolean room = roomWanted && reserved <= bytesInFlightMax / 2;
            roomWanted &= !room;
            return room;
        } finally {
            lock.unlock();
        }
    }

    // ---- its own thread ----

    private void run() {
        long lastEpoch = 0;
        long number = 0;
        while (true) {
            ProposedFrame frame;
            long frameEpoch;
            lock.lock();
            try {
                while (waiting.isEmpty() && !closed) {
                    changed.awaitUninterruptibly();
                }
                if (closed) {
                    return;
                }
                frame = waiting.remove();
                frameEpoch = epoch;
            } finally {
                lock.unlock();
            }
            number = frameEpoch == lastEpoch ? number + 1 : 0;
            lastEpoch = frameEpoch;
            appendParts(frame, frameEpoch, number);
        }
    }

    private void appendParts(ProposedFrame frame, long frameEpoch, long number) {
        byte[] bytes = frame.entry();
        int length = frame.length();
        if (length <= EntryLayout.PART_BYTES_MAX) {
            EntryLayout.writeHeader(bytes, frameEpoch, number, length, 0);
            append(List.of(ByteBuffer.wrap(bytes)), frameEpoch);
            return;
        }
        boolean appended = true;
        for (int position = 0; position < length && appended; position += EntryLayout.PART_BYTES_MAX) {
            byte[] header = new byte[EntryLayout.HEADER_BYTES];
            EntryLayout.writeHeader(header, frameEpoch, number, length, position);
            int partLength = Math.min(EntryLayout.PART_BYTES_MAX, length - position);
            ByteBuffer part = ByteBuffer.wrap(bytes, EntryLayout.HEADER_BYTES + position, partLength);
            appended = append(List.of(ByteBuffer.wrap(header), part), frameEpoch);
        }
    }

    /** Appends an entry, however often that takes; false if the epoch has ended before. */
    private boolean append(List<ByteBuffer> entry, long frameEpoch) {
        while (!appender.append(entry)) {
            if (!waitForRetry(frameEpoch)) {
                return false;
            }
        }
        return true;
    }

    /** Waits a moment; false if the epoch has ended. */
    private boolean waitForRetry(long frameEpoch) {
        lock.lock();
        try {
            long nanos = TimeUnit.MILLISECONDS.toNanos(RETRY_MILLIS);
            while (nanos > 0 && epoch == frameEpoch && !closed) {
                nanos = changed.awaitNanos(nanos);
            }
            return epoch == frameEpoch && !closed;
        } catch (InterruptedException e) {
            return false;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
