package io.streamkeeper.storage.shard;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.JsonSplitter;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.storage.extent.ColdRead;
import io.streamkeeper.storage.extent.ExtentStore;
import io.streamkeeper.storage.extent.ExtentUnavailableException;
import io.streamkeeper.storage.extent.Received;
import io.streamkeeper.storage.memory.Buffers;
import io.streamkeeper.storage.memory.PinnedBytes;
import io.streamkeeper.storage.memory.ReadBudget;
import io.streamkeeper.storage.memory.ReadLimit;
import io.streamkeeper.storage.memory.ReadMemory;
import io.streamkeeper.storage.memory.ReadShare;
import io.streamkeeper.storage.memory.Reservation;
import io.streamkeeper.storage.stream.HeldBytes;
import io.streamkeeper.storage.stream.StreamContent;
import io.streamkeeper.storage.stream.StreamState;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one shard's streams, whether the bytes are in memory or in files. Owned by the shard's loop, which it never
 * blocks: bytes in memory are returned at once; other bytes are read by another thread and then returned on the loop.
 */
public final class ContentReader {
    private static final Logger LOG = LoggerFactory.getLogger(ContentReader.class);

    /** Readers do not hold on to reads of at most this size: they copy or encode such bytes at once. */
    private static final int BYTES_KEPT_MIN = 4 << 10;

    private final ExtentStore extents;
    private final ReadBudget budget;
    private final JsonSplitter splitter;
    private final JoinedChunks joined;

    /** The reader of one of {@code shards}, which share {@code budget}. */
    public ContentReader(ExtentStore extents, ReadBudget budget, JsonSplitter splitter, int shards) {
        this.extents = extents;
        this.budget = budget;
        this.splitter = splitter;
        this.joined = new JoinedChunks(budget, shards);
    }

    /** Reserves memory for a response; null if none is available. */
    @Nullable
    ReadShare admit() {
        ReadShare share = budget.admit();
        if (share != null) {
            return share;
        }
        joined.releaseAll();
        return budget.admit();
    }

    /** Releases memory that was kept for further reads, and was not used since the last call; called periodically. */
    void releaseUnused() {
        joined.releaseUnused();
    }

    /** Releases the memory that is kept for further reads. */
    void close() {
        joined.releaseAll();
    }

    /**
     * Reads from {@code from} on, at most to {@code end}, within {@code bounds}. Refused if {@code from} is inside a
     * message, or before the first position that is kept.
     */
    void read(StreamState stream, long from, long end, ReadLimit bounds, Callback<ByteBuf> then) {
        long limit = Math.min(end, bounds.end());
        int bytesMax = bounds.bytesMax();
        StreamContent content = stream.content();
        if (from < content.start()) {
            Offset earliest = stream.offsetAt(stream.durableEarliest());
            then.refuse(Refusal.retained(
                    "offset " + stream.offsetAt(from) + " is before the earliest that is kept, " + earliest, earliest));
            return;
        }
        if (from >= limit) {
            then.complete(Buffers.NONE);
            return;
        }
        if (bounds.share() != null) {
            long windowLimit = content.alikeEnd(from, Math.min(limit, from + bytesMax));
            readWindow(stream, from, windowLimit, bounds.share(), then);
            return;
        }
        boolean atEdge = isAtEdge(content, from);
        int run = content.runAt(from);
        if (!atEdge && content.isOneMessage(run)) {
            then.refuse(insideMessage(stream, from));
            return;
        }
        long begin = atEdge ? from : content.runStart(run);
        long windowEnd = content.readEnd(from, limit, bytesMax);
        if (!content.isInMemory(begin, windowEnd)) {
            windowEnd = content.readEnd(from, limit, budget.windowWithoutShare(bytesMax));
        }
        int checked = atEdge ? 0 : (int) (Math.min(content.runEnd(run), windowEnd) - begin);
        fetch(content, begin, windowEnd, fromInside(stream, begin, checked, from, windowEnd, then));
    }

    private static boolean isAtEdge(StreamContent content, long from) {
        return !content.isJson() || content.messagesBeforeEdge(from) >= 0;
    }

    /**
     * Receives bytes from {@code begin} on, of which the first {@code checked} show whether {@code from} is inside a
     * message, and passes on those from {@code from} to {@code to}.
     */
    private Callback<ByteBuf> fromInside(
            StreamState stream, long begin, int checked, long from, long to, Callback<ByteBuf> then) {
        return Callbacks.then(then, bytes -> {
            int skipped = (int) (from - begin);
            if (checked > 0 && isInsideMessage(bytes, checked, skipped)) {
                bytes.release();
                then.refuse(insideMessage(stream, from));
            } else {
                bytes.writerIndex(bytes.readerIndex() + (int) (to - begin));
                then.complete(bytes.skipBytes(skipped));
            }
        });
    }

    // ---- windows of an answer ----

    /**
     * Reads a window of a response: as much as memory is available for, but at least one byte. The bytes of a window
     * are all in memory, or all in files.
     */
    private void readWindow(StreamState stream, long from, long limit, ReadShare share, Callback<ByteBuf> then) {
        if (!share.isWhole()) {
            throw new IllegalStateException("a window is read before the last was released");
        }
        StreamContent content = stream.content();
        int run = content.runAt(from);
        boolean isKnown = share.hasReached(from) || isAtEdge(content, from);
        if (!isKnown && content.isOneMessage(run)) {
            then.refuse(insideMessage(stream, from));
        } else if (content.isInMemory(from, limit)) {
            if (isKnown || content.messagesBefore(from, splitter) >= 0) {
                then.complete(held(stream, from, limit, share));
            } else {
                then.refuse(insideMessage(stream, from));
            }
        } else {
            readFiles(stream, from, limit, isKnown, share, then);
        }
    }

    /**
     * Slices of blocks; or, if readers already keep too many of these or the runs are short, slices of joined chunks; or
     * a copy. The latter two may be shorter.
     */
    private ByteBuf held(StreamState stream, long from, long to, ReadShare share) {
        StreamContent content = stream.content();
        if (budget.isUncounted()) {
            return HeldBytes.read(content, from, to, budget);
        }
        ByteBuf slices = to - from <= ReadShare.BYTES / 4 ? null : pinned(content, from, to);
        if (slices == null && joined.suit(to - from)) {
            long end = joined.readEnd(from, to);
            slices = budget.window((int) (end - from)) < end - from ? null : joined.read(stream, from, end);
            if (slices == null) {
                joined.releaseAll();
            }
        }
        if (slices != null) {
            return slices;
        }
        int copied = (int) Math.min(to - from, ReadShare.BYTES);
        return HeldBytes.copyInto(share.lend(copied), content, from, from + copied);
    }

    /** Slices, whose blocks are counted; null if readers keep too many blocks already, or the runs are short. */
    private @Nullable ByteBuf pinned(StreamContent content, long from, long to) {
        int runs = content.runAt(to - 1) - content.runAt(from) + 1;
        boolean areShort = (to - from) / runs < HeldBytes.COPY_BYTES_MAX;
        Reservation pin = areShort ? null : budget.pin(HeldBytes.blockBytes(content, from, to));
        if (pin == null) {
            return null;
        }
        PinnedBytes slices = null;
        try {
            slices = new PinnedBytes(runs, pin);
            HeldBytes.slices(content, from, to, slices);
            return slices;
        } catch (RuntimeException | Error e) {
            if (slices == null) {
                pin.close();
            } else {
                slices.release();
            }
            throw e;
        }
    }

    /**
     * Bytes in memory, for a reader that has no share: slices, or a copy if readers already keep too many blocks; null
     * if no memory is available for the copy. A few bytes are always slices, because readers do not keep them.
     */
    private @Nullable ByteBuf heldAlone(StreamContent content, long from, long to) {
        if (budget.isUncounted() || to - from <= BYTES_KEPT_MIN) {
            return HeldBytes.read(content, from, to, budget);
        }
        ByteBuf slices = pinned(content, from, to);
        if (slices != null) {
            return slices;
        }
        ByteBuf copy = budget.tryAllocate((int) (to - from));
        return copy == null ? null : HeldBytes.copyInto(copy, content, from, to);
    }

    /**
     * The bytes from {@code from} to {@code to}, all of which are in memory.
     *
     * @throws RefusedException if no memory is available for them
     */
    ByteBuf readHeld(StreamContent content, long from, long to) {
        ByteBuf bytes = heldAlone(content, from, to);
        if (bytes == null) {
            throw new RefusedException(noRoom());
        }
        return bytes;
    }

    /** Reads as many whole runs as memory is available for; if the first run does not fit, a part of it. */
    private void readFiles(
            StreamState stream, long from, long limit, boolean isKnown, ReadShare share, Callback<ByteBuf> then) {
        StreamContent content = stream.content();
        int run = content.runAt(from);
        long begin = content.runStart(run);
        long runEnd = content.runEnd(run);
        int room = budget.window((int) (content.runsEnd(limit) - begin));
        Reservation more = room <= ReadShare.BYTES ? null : budget.reserve(room);
        int roomBytes = more == null ? ReadShare.BYTES : (int) more.bytes();
        ReadMemory memory = more == null ? ReadMemory.of(budget, share) : ReadMemory.of(budget, more);
        ColdRead read;
        try {
            if (runEnd - begin <= roomBytes) {
                long to = Math.min(limit, content.lastEnd(begin + roomBytes));
                if (isKnown) {
                    read(ColdRead.of(content, from, to), memory, then);
                } else {
                    read = ColdRead.of(content, begin, Math.max(to, runEnd));
                    read(read, memory, fromInside(stream, begin, (int) (runEnd - begin), from, to, then));
                }
            } else if (!isKnown) {
                memory.close();
                int checked = (int) (runEnd - begin);
                long to = Math.min(limit, runEnd);
                fetch(content, begin, runEnd, fromInside(stream, begin, checked, from, to, then));
            } else {
                long to = Math.min(Math.min(limit, runEnd), from + roomBytes);
                read = ColdRead.ofPart(content, from, to, !share.isChecked(runEnd));
                read(read, memory, Callbacks.then(then, bytes -> {
                    share.checked(runEnd);
                    then.complete(bytes);
                }));
            }
        } catch (RuntimeException | Error e) {
            memory.close();
            throw e;
        }
    }

    private boolean isInsideMessage(ByteBuf bytes, int checked, int skipped) {
        try {
            return splitter.messagesBefore(bytes.slice(bytes.readerIndex(), checked), skipped) < 0;
        } catch (RuntimeException | Error e) {
            bytes.release();
            throw e;
        }
    }

    private static Refusal insideMessage(StreamState stream, long position) {
        return Refusal.of(
                ErrorCode.INVALID_OFFSET,
                "offset " + stream.offsetAt(position) + " is inside a message; expected one that this server issued");
    }

    private @Nullable Reservation reserve(ColdRead read) {
        try {
            return budget.reserve(read.fileBytes());
        } catch (RuntimeException | Error e) {
            read.release();
            throw e;
        }
    }

    /**
     * Reads the bytes from {@code from} to {@code to}, from memory or files; refused if no memory is available for
     * them.
     */
    void fetch(StreamContent content, long from, long to, Callback<ByteBuf> then) {
        if (content.isInMemory(from, to)) {
            ByteBuf bytes = heldAlone(content, from, to);
            if (bytes == null) {
                then.refuse(noRoom());
            } else {
                then.complete(bytes);
            }
            return;
        }
        fetch(ColdRead.of(content, from, to), then);
    }

    /** Reads the lengths of the appends of a run that is in a file. */
    void fetchLengths(StreamContent content, int run, Callback<ByteBuf> then) {
        fetch(ColdRead.ofLengths(content, run), then);
    }

    private void fetch(ColdRead read, Callback<ByteBuf> then) {
        Reservation reservation = reserve(read);
        if (reservation == null) {
            read.release();
            then.refuse(noRoom());
        } else {
            read(read, ReadMemory.of(budget, reservation), then);
        }
    }

    private Refusal noRoom() {
        return Refusal.of(
                ErrorCode.OVERLOADED,
                "readers hold " + budget.usedBytes()
                        + " bytes that they have not received yet, which is the limit; try again later");
    }

    private void read(ColdRead read, ReadMemory memory, Callback<ByteBuf> then) {
        extents.read(read, memory, new Received() {
            @Override
            public void bytes(ByteBuf bytes) {
                try {
                    then.complete(bytes);
                } catch (RuntimeException | Error e) {
                    then.refuse(ShardFaults.ofStep(e));
                }
            }

            @Override
            public void failed(Throwable reason) {
                then.refuse(refusal(reason));
            }
        });
    }

    /** The refusal of a read that has failed, which does not affect others. */
    private static Refusal refusal(Throwable reason) {
        if (!(reason instanceof IOException)) {
            return ShardFaults.ofStep(reason);
        }
        if (reason instanceof ExtentUnavailableException) {
            return Refusal.of(
                    ErrorCode.TIER_UNAVAILABLE,
                    "the data is in the object store, which does not return it now, see the server's log; try again later");
        }
        LOG.error("stored data cannot be read: {}", reason.getMessage());
        return Refusal.of(
                ErrorCode.STORAGE_FAILED, "the stream's stored data cannot be read; the server's log says why");
    }
}
