package io.streamkeeper.cluster;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The state of a member in tests: the numbers of the frames that it has received, and after each a hash over the place
 * and the bytes of all. It survives the restart of its member.
 */
final class HashMachine implements FrameLog.Listener {
    private final NavigableMap<Long, Integer> hashes = new TreeMap<>();
    private final List<Long> numbers = new ArrayList<>();
    private final List<Long> lost = new ArrayList<>();
    private LogPosition last = LogPosition.BEGIN;
    private int hash;
    private long epoch;
    private long leaderlessMillis;
    private int rooms;
    private @Nullable LogFailure failure;
    private @Nullable LogPosition behind;
    private volatile @Nullable Semaphore gate;

    @Override
    public void committed(LogPosition at, ByteBuffer frame) {
        waitForGate();
        synchronized (this) {
            if (at.index() <= last.index() || at.term() < last.term()) {
                throw new IllegalStateException(at + " after " + last);
            }
            last = at;
            hash = 31 * (31 * hash + at.hashCode()) + frame.hashCode();
            hashes.put(at.index(), hash);
            numbers.add(frame.getLong(0));
            notifyAll();
        }
    }

    /** For how long its member had heard of no leader when it began to lead. */
    synchronized long leaderlessMillis() {
        return leaderlessMillis;
    }

    private void waitForGate() {
        Semaphore closed = gate;
        if (closed != null) {
            closed.acquireUninterruptibly();
        }
    }

    /** Holds the thread of the listener at the next frame; each permit of the result lets it receive a frame. */
    Semaphore hold() {
        Semaphore closed = new Semaphore(0);
        gate = closed;
        return closed;
    }

    /** Lets the thread of the listener receive all frames again. */
    void go(Semaphore closed) {
        gate = null;
        closed.release();
    }

    @Override
    public synchronized void leading(long newEpoch, long millis) {
        epoch = newEpoch;
        leaderlessMillis = millis;
    }

    @Override
    public synchronized void lost(long ended) {
        if (ended != epoch) {
            throw new IllegalStateException("lost " + ended + " in " + epoch);
        }
        epoch = 0;
        lost.add(ended);
    }

    @Override
    public synchronized void roomAvailable() {
        rooms++;
    }

    @Override
    public synchronized void tooFarBehind(LogPosition first) {
        behind = first;
    }

    @Override
    public synchronized void failed(LogFailure reason) {
        failure = reason;
    }

    /** Forgets the failure of the member, which starts again. */
    synchronized void recover() {
        failure = null;
    }

    synchronized long epoch() {
        return epoch;
    }

    synchronized List<Long> lost() {
        return List.copyOf(lost);
    }

    synchronized LogPosition last() {
        return last;
    }

    synchronized List<Long> numbers() {
        return List.copyOf(numbers);
    }

    synchronized NavigableMap<Long, Integer> hashes() {
        return new TreeMap<>(hashes);
    }

    synchronized int rooms() {
        return rooms;
    }

    synchronized @Nullable LogFailure failure() {
        return failure;
    }

    synchronized @Nullable LogPosition behind() {
        return behind;
    }
}
