package io.streamkeeper.cluster.store;

import io.streamkeeper.cluster.FrameLog;
import io.streamkeeper.cluster.ProposedFrame;
import io.streamkeeper.storage.journal.RecordBatches.Batch;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records of all shards that wait for a frame, and the thread that proposes frames: a few are under way, and what
 * arrives meanwhile goes into the next one, see {@link FramePace}. So a frame is full when there is much to write, and not
 * late when there is little.
 *
 * <p>Everything that happens passes through one queue, to which loops and the thread of the log add without a lock. The
 * memory of the waiting records is bounded by the budgets of their shards.
 */
final class FrameQueue implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FrameQueue.class);

    /** A frame gets no further section beyond this length; one section may be longer. */
    static final int FRAME_BYTES = 256 << 10;

    /** How often a full disk is looked at. */
    private static final int LOOK_MILLIS = 100;

    /** One event, on the own thread. */
    private interface Event {
        void happen();
    }

    private record Waiting(int shard, Batch batch) {
        void release() {
            batch.memory().release();
        }
    }

    private final LinkedTransferQueue<Event> events = new LinkedTransferQueue<>();
    private final String member;
    private final LogSpace space;
    private final LongAdder frames = new LongAdder();
    private final LongAdder records = new LongAdder();
    private @Nullable Thread thread;

    // Owned by the thread.
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private final FramePace pace = new FramePace();
    private long waitingRecords;
    private long waitingBytes;
    /** Whether the next frame waits for {@link #roomAvailable}. */
    private boolean isLogFull;

    private long term;
    private byte @Nullable [] notice;
    private boolean isNoticeDue;
    private boolean closed;

    FrameQueue(String member, LogSpace space) {
        this.member = member;
        this.space = space;
    }

    /** Proposes frames to {@code log} from now on; what has happened before waits for that. */
    void start(FrameLog log) {
        Thread started = new Thread(() -> run(log), "cluster-frames-" + member);
        started.setDaemon(true);
        started.start();
        thread = started;
    }

    // ---- any thread ----

    /** Records of a shard, staged in {@code inTerm}; their memory belongs to the queue from now on. */
    void add(long inTerm, int shard, Batch batch) {
        events.put(() -> {
            Waiting added = new Waiting(shard, batch);
            if (inTerm == term && !closed) {
                waiting.add(added);
                waitingRecords += batch.count();
                waitingBytes += RecordFrame.bytesOf(batch);
            } else {
                added.release();
            }
        });
    }

    /** What this member logs in each of its epochs before anything else; in the present one, as soon as possible. */
    void notice(byte[] text) {
        events.put(() -> {
            notice = text;
            isNoticeDue = true;
        });
    }

    /** The member leads in {@code newTerm}. */
    void begin(long newTerm) {
        events.put(() -> {
            reset(newTerm);
            isNoticeDue = true;
        });
    }

    /** The epoch has ended. */
    void end(long ended) {
        events.put(() -> {
            if (ended == term) {
                reset(0);
            }
        });
    }

    /** A frame of {@code ofTerm} is delivered. */
    void delivered(long ofTerm) {
        events.put(() -> {
            if (ofTerm == term) {
                pace.delivered(System.nanoTime());
            }
        });
    }

    /** There may be room again in the log. */
    void roomAvailable() {
        events.put(() -> {});
    }

    /** How many frames of records were proposed. */
    long frames() {
        return frames.sum();
    }

    /** How many records were in these frames. */
    long records() {
        return records.sum();
    }

    /** Ends the thread, and releases what waits. */
    @Override
    public void close() {
        events.put(() -> {
            reset(0);
            closed = true;
        });
        Thread ends = thread;
        if (ends == null) {
            return;
        }
        try {
            ends.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- its own thread ----

    private void reset(long newTerm) {
        term = newTerm;
        pace.reset();
        waiting.forEach(Waiting::release);
        waiting.clear();
        waitingRecords = 0;
        waitingBytes = 0;
    }

    private void run(FrameLog log) {
        while (!closed) {
            try {
                for (Event next = await(); next != null; next = events.poll()) {
                    next.happen();
                }
                proposeAll(log);
            } catch (InterruptedException e) {
                LOG.debug("the thread of the frames is never interrupted", e);
            } catch (RuntimeException | Error e) {
                // The epoch ends with that, because what was staged in it cannot be proposed without a gap.
                LOG.error("a frame could not be proposed; another member shall lead", e);
                reset(0);
                log.transferLeadership();
            }
        }
    }

    /** The next event; null after a while if a frame is due then, or the disk is to be looked at again. */
    private @Nullable Event await() throws InterruptedException {
        long nanos = isLogFull ? Long.MAX_VALUE : nanosToWait();
        if (space.obstacle() != null) {
            nanos = Math.min(nanos, TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS));
        }
        return nanos == Long.MAX_VALUE ? events.take() : events.poll(Math.max(1, nanos), TimeUnit.NANOSECONDS);
    }

    private long nanosToWait() {
        return waitingBytes >= FRAME_BYTES && pace.hasRoom() ? 0 : pace.nanosToWait(waitingRecords, System.nanoTime());
    }

    private void proposeAll(FrameLog log) {
        space.look();
        byte[] due = isNoticeDue ? notice : null;
        if (term != 0 && due != null && pace.hasRoom()) {
            isNoticeDue = !proposeNotice(log, due);
        }
        isLogFull = false;
        while (!isLogFull && nanosToWait() == 0) {
            isLogFull = !proposeRecords(log);
        }
    }

    private boolean proposeNotice(FrameLog log, byte[] text) {
        ProposedFrame frame = log.reserve(RecordFrame.HEADER_BYTES + text.length);
        if (frame == null) {
            return false;
        }
        RecordFrame.putLeader(frame.bytes(), text);
        propose(log, frame, 0);
        return true;
    }

    /** Proposes one frame of the first records that wait; false if there is no room for it. */
    private boolean proposeRecords(FrameLog log) {
        int count = 0;
        int bytes = RecordFrame.HEADER_BYTES;
        for (Waiting each : waiting) {
            int more = RecordFrame.bytesOf(each.batch());
            if (count > 0 && bytes + more > FRAME_BYTES) {
                break;
            }
            bytes += more;
            count++;
        }
        ProposedFrame frame = log.reserve(bytes);
        if (frame == null) {
            return false;
        }
        ByteBuffer content = frame.bytes();
        RecordFrame.beginRecords(content);
        long taken = 0;
        for (int each = 0; each < count; each++) {
            Waiting next = waiting.remove();
            RecordFrame.put(content, next.shard(), next.batch());
            taken += next.batch().count();
            waitingBytes -= RecordFrame.bytesOf(next.batch());
            next.release();
        }
        RecordFrame.end(content);
        waitingRecords -= taken;
        records.add(taken);
        frames.increment();
        propose(log, frame, taken);
        space.look();
        return true;
    }

    private void propose(FrameLog log, ProposedFrame frame, long count) {
        if (log.propose(term, frame)) {
            pace.proposed(count, System.nanoTime());
        } else {
            // The thread of the log reports the end of the epoch to the shards.
            reset(0);
        }
    }
}
