package io.streamkeeper.storage.journal;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.storage.disk.DiskFile;
import io.streamkeeper.storage.disk.Obstacle;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The group commit of one journal: it writes all frames that arrived since the previous commit with one write per
 * memory block, makes them durable with one sync, and reports that. Frames are submitted by the shard's loop;
 * everything else happens on the journal's thread, one {@link #step} at a time.
 *
 * <p>Why nothing acknowledged is lost here: {@link Events#durable} is called after the sync that covers the frame has
 * returned. A segment is begun only when the previous one is durable to its end. A sync of records that fails is final
 * (I9): the kernel may have dropped the pages, and another sync would not report it. A failure before the sync is not
 * final, such as a write to a full disk or a segment that cannot be opened: nothing of the group has been acknowledged.
 * The group is made unreadable, durably, before any client gets a response; otherwise a crash could bring back records
 * that were refused.
 */
public final class LogWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogWriter.class);

    /** The most bytes that one group writes, so that its first frame does not wait for too many others. */
    private static final int GROUP_BYTES_MAX = 8 << 20;

    /**
     * The room that a segment reserves for deletions: at most this many bytes, and at most one part in {@link
     * #KEPT_PARTS} of the segment.
     */
    private static final long KEPT_BYTES_MAX = 32 << 10;

    private static final int KEPT_PARTS = 16;

    /** Receives the outcome of frames; called on the journal's thread. */
    public interface Events {
        /**
         * Every record up to {@code lsn} is durable, because a group of {@code records} is.
         *
         * @param bytes the number of bytes written
         * @param syncNanos the duration of the sync, or -1 if there was none
         */
        void durable(long lsn, int records, long bytes, long syncNanos);

        /**
         * Nothing can be written for now, and no record from {@code firstLsn} on was kept. Frames are dropped until
         * those of a later epoch arrive.
         */
        void refused(long firstLsn, Obstacle obstacle);

        /** The disk has failed: nothing more will become durable (I9). */
        void failed(Throwable reason);
    }

    /**
     * A frame on its way to the disk: {@code memory} contains its records, after room for a header. It owns a reference
     * to the memory, which the writer releases.
     *
     * @param start a multiple of {@link FrameLayout#ALIGNMENT}
     * @param length with the header, without padding; the padding after it exists and is zero
     * @param epoch the submitter's epoch, which grows with each refusal that it has seen
     * @param makesRoom whether its records only delete, trim and release, and so may use the room that a segment
     *     reserves for them
     */
    public record Frame(
            ByteBuf memory, int start, int length, int count, long firstLsn, long epoch, boolean makesRoom) {
        int end() {
            return start + FrameLayout.paddedBytes(length);
        }

        long lastLsn() {
            return firstLsn + count - 1;
        }
    }

    private final Segments segments;
    private final UUID store;
    private final int shard;
    private final boolean syncs;
    private final Executor thread;
    private final Events events;
    private final Queue<Frame> submitted = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();

    private @Nullable DiskFile file;

    /** Whether the segment is a short one, which only deletions are written to. */
    private boolean isShort;

    private long number;
    private long salt;
    private long position;
    private long durablePosition;
    private long previous;
    private long previousEnd;
    private long lastLsn;
    private long epoch;
    private boolean failed;

    /**
     * A writer that continues a recovered log; it begins a new segment.
     *
     * @param previous the number of the last existing segment, or 0
     * @param previousEnd the position at which its frames end
     * @param lastLsn the last log sequence number in use, or 0
     * @param syncs whether frames are synced; if not, they are durable when the kernel has them
     * @param thread runs one task at a time, in order
     */
    public LogWriter(
            Segments segments,
            UUID store,
            int shard,
            long previous,
            long previousEnd,
            long lastLsn,
            boolean syncs,
            Executor thread,
            Events events) {
        this.segments = segments;
        this.store = store;
        this.shard = shard;
        this.previous = previous;
        this.previousEnd = previousEnd;
        this.lastLsn = lastLsn;
        this.syncs = syncs;
        this.thread = thread;
        this.events = events;
    }

    /** Takes ownership of a frame; frames are submitted in the order of their log sequence numbers. */
    public void submit(Frame frame) {
        submitted.add(frame);
        if (!scheduled.getAndSet(true)) {
            thread.execute(this::step);
        }
    }

    /** Commits submitted frames; a bounded step. */
    private void step() {
        commitNext();
        scheduled.set(false);
        if (!submitted.isEmpty() && !scheduled.getAndSet(true)) {
            again();
        }
    }

    private void again() {
        try {
            thread.execute(this::step);
        } catch (RejectedExecutionException e) {
            LOG.debug("the journal's thread ends; closing commits what was submitted");
        }
    }

    private void commitNext() {
        List<Frame> group = nextGroup();
        try {
            if (!group.isEmpty() && !failed) {
                commit(group);
            }
        } catch (IOException | RuntimeException | Error e) {
            fail(e);
        } finally {
            group.forEach(frame -> frame.memory().release());
        }
    }

    private List<Frame> nextGroup() {
        List<Frame> group = new ArrayList<>();
        long bytes = 0;
        while (bytes < GROUP_BYTES_MAX) {
            Frame frame = submitted.poll();
            if (frame == null) {
                break;
            }
            if (frame.epoch() < epoch || failed) {
                frame.memory().release();
            } else {
                group.add(frame);
                bytes += frame.length();
            }
        }
        return group;
    }

    private void commit(List<Frame> group) throws IOException {
        long bytes =
                group.stream().mapToLong(frame -> frame.end() - frame.start()).sum();
        long firstLsn = group.get(0).firstLsn();
        int leading = fits(bytes) ? 0 : leadingThatMakeRoom(group);
        if (leading > 0 && leading < group.size()) {
            commitInTwo(group, leading);
            return;
        }
        if (!hasSegmentFor(bytes, firstLsn, group.stream().allMatch(Frame::makesRoom))) {
            return;
        }
        long groupStart = position;
        try {
            write(file(), group);
        } catch (IOException e) {
            takeBack(groupStart);
            refuse(firstLsn, bytes, e);
            return;
        }
        long syncNanos = -1;
        if (syncs) {
            long begunNanos = System.nanoTime();
            file().sync();
            syncNanos = System.nanoTime() - begunNanos;
            durablePosition = position;
        }
        lastLsn = group.get(group.size() - 1).lastLsn();
        events.durable(lastLsn, (int) (lastLsn - firstLsn + 1), bytes, syncNanos);
    }

    /** The number of frames at the beginning of a group whose records make room, and so may use the reserved room. */
    private static int leadingThatMakeRoom(List<Frame> group) {
        int count = 0;
        while (count < group.size() && group.get(count).makesRoom()) {
            count++;
        }
        return count;
    }

    /** Commits the frames that make room by themselves, so that they are not refused because of those after them. */
    private void commitInTwo(List<Frame> group, int leading) throws IOException {
        long epochBefore = epoch;
        commit(group.subList(0, leading));
        if (epoch == epochBefore) {
            commit(group.subList(leading, group.size()));
        }
    }

    private DiskFile file() {
        if (file == null) {
            throw new IllegalStateException("no segment was begun");
        }
        return file;
    }

    /**
     * Provides a segment for a group: the current one, or the next if the current one would grow too long. Refuses the
     * group and returns false if no segment is available for now. The end of each segment is reserved for deletions, so
     * that a full disk can be emptied.
     */
    private boolean hasSegmentFor(long bytes, long firstLsn, boolean makesRoom) throws IOException {
        if (!fits(bytes)) {
            long nextNumber = segments.nextNumber();
            DiskFile next;
            boolean nextIsShort = false;
            try {
                next = segments.take();
            } catch (IOException | OutOfMemoryError e) {
                if (makesRoom && file != null && position + bytes <= bytesMax()) {
                    return true;
                }
                DiskFile small = makesRoom ? segments.takeShort(e) : null;
                if (small == null) {
                    refuse(firstLsn, 0, e);
                    return false;
                }
                next = small;
                nextIsShort = true;
            }
            if (file != null) {
                finish(file, next);
            }
            file = next;
            isShort = nextIsShort;
            number = nextNumber;
            position = 0;
        }
        if (position == 0) {
            try {
                if (SegmentLayout.HEADER_BYTES + bytes > bytesMax()) {
                    segments.lengthen(file(), number, bytesMax(), SegmentLayout.HEADER_BYTES + bytes);
                }
                begin(file());
            } catch (IOException | OutOfMemoryError e) {
                refuse(firstLsn, bytes, e);
                return false;
            }
        }
        return true;
    }

    /**
     * Whether any group may be written to the current segment. A segment that was taken but could not be begun accepts
     * every group: no segment may follow one without a header.
     */
    private boolean fits(long bytes) {
        if (file == null || position == 0) {
            return file != null;
        }
        return !isShort
                && (position + bytes <= segments.segmentBytes() - keptBytes()
                        || position <= SegmentLayout.HEADER_BYTES);
    }

    private long bytesMax() {
        return isShort ? segments.shortBytes() : segments.segmentBytes();
    }

    private long keptBytes() {
        return Math.min(KEPT_BYTES_MAX, segments.segmentBytes() / KEPT_PARTS);
    }

    /**
     * Writes a segment's header, durably: only then may those before it be released, because a journal always has a
     * segment. If this fails, the segment is still empty, and the next group writes the whole header again before it
     * syncs.
     */
    private void begin(DiskFile segment) throws IOException {
        salt = segments.salt();
        ByteBuffer header = SegmentLayout.write(new SegmentLayout.Header(
                SegmentLayout.VERSION, shard, store, number, previous, previousEnd, lastLsn, salt));
        segment.writeFully(0, header);
        segment.sync();
        segments.begun(number, lastLsn);
        position = SegmentLayout.HEADER_BYTES;
        durablePosition = position;
    }

    /**
     * Closes a full segment. Without syncs it may not be durable yet, and no later record may become durable before it,
     * so it is synced first. If that sync fails, {@code next} is closed too, because no other object refers to it.
     */
    private void finish(DiskFile full, DiskFile next) throws IOException {
        if (!syncs) {
            try {
                full.sync();
            } catch (IOException | RuntimeException | Error e) {
                next.close();
                throw e;
            }
        }
        try {
            full.close();
        } catch (IOException e) {
            LOG.warn("a journal segment is durable, but cannot be closed: {}", e.getMessage());
        }
        previous = number;
        previousEnd = position;
    }

    private void write(DiskFile segment, List<Frame> group) throws IOException {
        int first = 0;
        while (first < group.size()) {
            int last = lastAdjacent(group, first);
            ByteBuf memory = group.get(first).memory();
            int start = group.get(first).start();
            for (int i = first; i <= last; i++) {
                seal(group.get(i), position + group.get(i).start() - start);
            }
            int bytes = group.get(last).end() - start;
            // One piece, or those of the memory of a long payload.
            for (ByteBuffer piece : memory.nioBuffers(start, bytes)) {
                int pieceBytes = piece.remaining();
                segment.writeFully(position, piece);
                position += pieceBytes;
            }
            first = last + 1;
        }
    }

    /**
     * The index of the last frame that is adjacent in memory to the others from {@code first} on; one write covers them
     * all.
     */
    @SuppressWarnings("ReferenceEquality")
    private static int lastAdjacent(List<Frame> group, int first) {
        int last = first;
        while (last + 1 < group.size()
                && group.get(last + 1).memory() == group.get(first).memory()
                && group.get(last + 1).start() == group.get(last).end()) {
            last++;
        }
        return last;
    }

    private void seal(Frame frame, long at) {
        FrameLayout.writeHeader(
                frame.memory(),
                frame.start(),
                new FrameLayout.Header(frame.length(), frame.count(), number, frame.firstLsn(), durablePosition),
                salt,
                at);
    }

    /**
     * Undoes a partly written group: overwrites its first bytes, durably, so that it is unreadable. This needs no room,
     * because these bytes exist in the file. If it fails, the state of the file is not known, and the failure is final.
     */
    private void takeBack(long groupStart) throws IOException {
        int there = headerBytesAt(groupStart);
        if (there > 0) {
            file().writeFully(groupStart, ByteBuffer.allocateDirect(there));
            file().sync();
        }
        position = groupStart;
    }

    /**
     * The number of bytes of a frame's header that the file may contain: all of them if its size cannot be read, which
     * is no reason to fail.
     */
    private int headerBytesAt(long groupStart) {
        try {
            return (int) Math.min(FrameLayout.HEADER_BYTES, file().size() - groupStart);
        } catch (IOException e) {
            return FrameLayout.HEADER_BYTES;
        }
    }

    private void refuse(long firstLsn, long bytes, Throwable cause) {
        epoch++;
        events.refused(firstLsn, segments.obstacle(bytes, cause));
    }

    /**
     * Makes all written frames durable if frames are not synced, because a durable file is about to rely on them; runs
     * on the journal's thread.
     */
    public void syncWritten() throws IOException {
        if (failed) {
            throw new IOException("the journal has failed");
        }
        if (!syncs && file != null) {
            try {
                file.sync();
            } catch (IOException e) {
                fail(e);
                throw e;
            }
        }
    }

    /** Bytes that a failed sync has not written may never be written, so nothing may rely on them (I9). */
    private void fail(Throwable reason) {
        failed = true;
        events.failed(reason);
    }

    /**
     * Commits the submitted frames and closes the files; runs on the journal's thread, after the last frame was
     * submitted.
     */
    @Override
    public void close() throws IOException {
        while (!submitted.isEmpty()) {
            commitNext();
        }
        try (DiskFile last = file) {
            if (last != null && !failed) {
                last.sync();
            }
        } finally {
            segments.close();
        }
    }
}
